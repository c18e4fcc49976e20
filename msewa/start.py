"""Making an installation ready: migrations, catalogue, and in demo mode the made-up people; and saying so where it is not."""

import errno
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Blueprint, Flask, current_app
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from msewa import schema
from msewa.catalogue.operations import is_up_to_date, load_catalogue
from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.outbox import daily
from msewa.sandbox import operations, seeding
from msewa.web.clock import now

NOT_READY = "The database is not ready yet: flask --app app prepare makes it so."
# By PostgreSQL's own states: undefined_table, undefined_column, insufficient_privilege and lock_not_available.
FAULTS = {
    "42P01": NOT_READY,
    "42703": NOT_READY,
    "42501": "The database role of this command may not do that: README.md says which role is for what (“Running it for real”).",
    "55P03": "Somebody else is at work there at this moment. Try again.",
}
# The embedded database's words for the first two.
MISSING = ("no such table", "no such column")
bp = Blueprint("start", __name__, cli_group=None)


def prepare(app: Flask) -> None:
    """Bring database and catalogue up to this version of the product; run again it changes nothing."""
    settings: Settings = app.extensions["settings"]
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        with schema.alone():
            schema.bring_up()
            _fill(settings)
        db.engine.dispose()


def _fill(settings: Settings) -> None:
    with writing():
        if not is_up_to_date():
            click.echo("Loading the catalogue ...")
            load_catalogue(now=now())
            db.session.commit()
        if settings.is_demo and not seeding.is_seeded():
            click.echo("Making the demonstration's people and pretend offices ...")
            seeding.seed(now=now())
            db.session.commit()
        if settings.is_demo:
            operations.begin(settings, now=now())
        else:
            daily.start(now=now())
        db.session.commit()


@bp.cli.command("prepare")
def prepare_command() -> None:
    """Migrate the database and load the catalogue; in demo mode also make the demonstration's people."""
    prepare(current_app._get_current_object())  # pyright: ignore
    click.echo("Ready.")


def say_why(app: Flask) -> None:
    """Let every command end with one line rather than a trace where a path is no good, the database is away, or was never made ready."""
    waiting: list[click.Command] = [app.cli]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        if command.callback is not None:
            command.callback = in_one_line(command.callback)


def in_one_line(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let what the person at the terminal can mend come out of `act` as a ClickException."""

    @wraps(act)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except (IntegrityError, DataError):
            raise  # a fault of the program and not of its surroundings: its trace is wanted
        except DatabaseError as error:
            raise click.ClickException(_why(error)) from error
        except OSError as error:
            # click's own: whoever reads our output has gone away.
            if error.errno in (None, errno.EPIPE):
                raise
            raise click.ClickException(": ".join(str(part) for part in (error.filename, error.strerror) if part)) from error

    return told


def _why(error: DatabaseError) -> str:
    """Return what to do about it, else what the driver says: its first line, in which no driver names a password."""
    said = str(error.orig).partition("\n")[0].rstrip(".")
    if said.startswith(MISSING):
        return NOT_READY
    if not hasattr(error.orig, "sqlstate"):
        return f"The database in MSEWA_DATA can not be used: {said}."
    # Only a connection that stands gives a state: what fails before it does (host, role, password, database) is told in words alone.
    return FAULTS.get(str(getattr(error.orig, "sqlstate", "")), f"The database of MSEWA_DATABASE_URL can not be used: {said}.")
