"""The custodians' machine, and what a test of the vault does again and again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from msewa.closure.models import Archive, ArchivePart
from msewa.closure.operations import closing
from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.ledger.checkpointing import checkpoint
from tests.closure.conftest import run, shares_of
from tests.conftest import ClockHandle
from tests.installation import CHEAPEST, ROOT, Installation
from tests.people import Somebody, somebody

RECORD = "VLT-1/2029"
NOWHERE = {"MSEWA_DATA": "/nonexistent/data", "MSEWA_MODE": "production"}


def leave(app: Flask, person: Somebody) -> dict[str, Any]:
    """Close somebody's account; return the receipt."""
    with app.app_context(), writing():
        receipt = closing.close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()
    return receipt


def offline(*arguments: str, group: str = "vault", settings: dict[str, str] = NOWHERE, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine that has the program and nothing else: no data folder, no settings, no key ring."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    command = [sys.executable, "-m", "flask", "--app", "app", group, *arguments]
    known = environment | settings
    return subprocess.run(command, cwd=ROOT, env=known, input=typed, capture_output=True, text=True, timeout=120, check=False)


def destroy(app: Flask, month: str, *more: str, burnt: str = "2") -> Any:
    """End a month on the custodians' word."""
    return run(app, "vault", "destroy", "--month", month, "--burnt", burnt, "--record", RECORD, *more)


def count_sealed(app: Flask) -> tuple[int, int]:
    """Count the bundles and their stretches."""
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Archive, ArchivePart))


def share_files(installation: Installation, month: str, folder: Path) -> list[str]:
    """Return --share options for every custodian."""
    arguments = []
    for number, words in enumerate(shares_of(installation, month)):
        path = folder / f"{month}-{number}.txt"
        path.write_text(words)
        arguments += ["--share", str(path)]
    return arguments


def exported(app: Flask, month: str, folder: Path) -> Path:
    """Export a month for the custodians' machine."""
    path = folder / f"{month}.jsonl"
    made = run(app, "vault", "export", "--month", month, "--out", str(path))
    assert made.exit_code == 0, made.output
    return path


@contextmanager
def in_production(app: Flask) -> Iterator[None]:
    """Let the application take itself for one that serves real people."""
    usual = app.extensions["settings"]
    app.extensions["settings"] = Settings(mode="production", data=usual.data, password_cost=CHEAPEST)
    try:
        yield
    finally:
        app.extensions["settings"] = usual


def live_through(app: Flask, clock: ClockHandle, *, days: int, step: int = 10) -> None:
    """Let a time pass in which people use the product, and the ledger is signed."""
    for _ in range(days // step):
        clock.advance(days=step)
        somebody(app)
        with app.app_context(), writing():
            checkpoint(clock.now())
            db.session.commit()
