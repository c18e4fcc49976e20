"""flask ledger: sign a checkpoint, verify everything, and give the application's role its rights."""

from collections.abc import Callable
from typing import TextIO

import click
from flask import Blueprint

from msewa.extensions import db, writing
from msewa.ledger import granting, operations
from msewa.ledger.kept import find_kept
from msewa.ledger.queries import find_checkpoint
from msewa.ledger.verifying import faults_of
from msewa.web.clock import now

bp = Blueprint("ledger_commands", __name__, cli_group="ledger")
bp.cli.help = "Sign, verify and guard the ledger."


@bp.cli.command("checkpoint")
def checkpoint() -> None:
    """Place what is new in the tree and print the signed checkpoint; keep a copy of it elsewhere."""
    with writing():
        try:
            made = operations.checkpoint(now())
        except operations.LedgerDamagedError as error:
            raise click.ClickException(f"{error} See flask ledger verify.") from error
        db.session.commit()
    if made is None:
        raise click.ClickException("The ledger is empty.")
    click.echo(made.note, nl=False)


@bp.cli.command("verify")
@click.option(
    "--against", type=click.File(errors="replace"), multiple=True, help="A checkpoint that was kept elsewhere; may be given again."
)
def verify(against: tuple[TextIO, ...]) -> None:
    """Check every row, node and checkpoint; a line for each fault, and a non-zero exit when there is one."""
    # Read before the database: what is kept meanwhile would be newer than what we look at.
    kept = find_kept()
    _hold_still()
    count, notes = 0, [*(file.read() for file in against), *([kept] if kept else [])]
    for fault in faults_of(notes, now=now(), track=_progress()):
        click.echo(fault)
        count += 1
    if count:
        raise click.ClickException("1 fault." if count == 1 else f"{count} faults.")
    newest = find_checkpoint()
    click.echo(
        f"The ledger is whole: {newest.splitlines()[1]} rows, as signed." if newest else "The ledger is whole: nothing is signed yet."
    )


@bp.cli.command("grants")
@click.argument("role")
def grants(role: str) -> None:
    """Give ROLE, under which the product serves on PostgreSQL, what it needs and no more; run it as the owner after each migration."""
    try:
        for line in granting.grant(role):
            click.echo(line)
    except granting.GrantError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()


def _hold_still() -> None:
    """See one state of the ledger throughout, while others go on writing; SQLite's readers do so anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _progress() -> Callable[[int, int], None]:
    """Say on stderr how far the check is, once for each tenth of a long ledger."""
    told = 0

    def track(done: int, whole: int) -> None:
        nonlocal told
        if whole >= 100_000 and done * 10 // whole > told:
            told = done * 10 // whole
            click.echo(f"{told * 10} % of {whole} rows", err=True)

    return track
