"""The tables' versions. Flask-Migrate is loaded only where tables change: it brings six megabytes along, which no serving process needs."""

from pathlib import Path

from flask import Flask, current_app

from msewa.extensions import db

MIGRATIONS = str(Path(__file__).resolve().parent.parent / "migrations")
NEWEST = "head"


def bind(app: Flask) -> None:
    """Let `flask db` and the migrations themselves know the application's database."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True)


def bring_up(*, revision: str = NEWEST) -> None:
    """Bring the current application's tables up to a revision; what is there already stays as it is."""
    from flask_migrate import upgrade

    bind(current_app)
    upgrade(revision=revision)
