"""flask keys: make, list and rotate the keys of an installation. No secret is ever shown."""

from collections.abc import Iterator
from pathlib import Path

import click
from flask import Blueprint, Flask

from msewa.config import Settings
from msewa.crypto.keyring import KeyRing, KeyRingError, Purpose
from msewa.extensions import db, writing
from msewa.upkeep import operations
from msewa.upkeep.rules import FOLLOWS, find_objection
from msewa.web.clock import SystemClock, now
from msewa.web.keys import key_ring

bp = Blueprint("keys", __name__, cli_group="keys")
bp.cli.help = "Make, list and rotate keys."


def app_without_keys(settings: Settings) -> Flask:
    """Return what `flask keys create` runs in: everything else needs the key ring that it makes."""
    app = Flask("msewa", static_folder=None)
    group = click.Group("keys", help="Make the key ring.")
    group.add_command(_create_command(settings.key_ring_path))
    app.cli.add_command(group)
    return app


@bp.cli.command("list")
def list_keys() -> None:
    """List every key: its id, purpose, state and when it was made."""
    for entry in key_ring().entries:
        click.echo(f"{entry.key.id}  {entry.key.purpose:<9} {entry.state:<13} {entry.created_at.isoformat(timespec='seconds')}")


@bp.cli.command()
@click.argument("purpose")
def rotate(purpose: str) -> None:
    """Make a new key for PURPOSE (any of `keys list`) and move to it what can be moved."""
    objection = find_objection(purpose)
    if objection:
        raise click.ClickException(objection)
    try:
        made = key_ring().rotate(Purpose(purpose), now=now())
    except KeyRingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made.id} is the key for {purpose} now. {FOLLOWS[made.purpose]}")
    # Only these two can be followed by us alone: a password moves when it is typed, and what is signed keeps its signature.
    if made.purpose is Purpose.WRAP:
        _rewrap()
    if made.purpose is Purpose.INDEX:
        _work_through(operations.reindex_all(), label="Accounts indexed anew")


@bp.cli.command()
def rewrap() -> None:
    """Go on with what a rotation began: wrap data keys and compute indexes that still stand under an earlier key."""
    _rewrap()
    _work_through(operations.reindex_all(), label="Accounts indexed anew")


@bp.cli.command()
def create() -> None:
    """Make the key ring of a new installation; refuses where there is one."""
    # Reached only where there is one: without any, `app_without_keys` answers to this name.
    raise click.ClickException(f"There is already a key ring at {key_ring().path}.")


def _create_command(path: Path) -> click.Command:
    @click.command("create")
    def create() -> None:
        """Make the key ring of a new installation; refuses where there is one."""
        try:
            ring = KeyRing.create(path, now=SystemClock().now(), mode_demo=False)
        except (KeyRingError, OSError) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{len(ring.entries)} keys made in {path}. Keep a copy apart from the database: without it nothing opens.")

    return create


def _rewrap() -> None:
    # Whoever took the old key just before the rotation may write under it just after our pass.
    while True:
        _work_through(operations.rewrap_all(), label="Data keys wrapped anew")
        left = operations.count_outdated()
        db.session.rollback()
        if not left:
            return


def _work_through(batches: Iterator[int], *, label: str) -> None:
    """Commit after each batch, so that nobody waits for long and a broken run has kept what it did."""
    done = 0
    with writing():
        for changed in batches:
            db.session.commit()
            done += changed
    click.echo(f"{label}: {done}")
