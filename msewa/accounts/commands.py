"""flask accounts: what the regulator's lists ask of the people who run the server."""

from pathlib import Path

import click
from flask import Blueprint

from msewa.accounts.operations.numbers import revoke_numbers
from msewa.extensions import db, writing
from msewa.web.clock import now

bp = Blueprint("accounts_cli", __name__, cli_group="accounts")
bp.cli.help = "Look after accounts."
EVERY = 500


@bp.cli.command("revoked-numbers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def revoked_numbers(file: Path) -> None:
    """Read the regulator's list of permanently disconnected numbers, one in each line: nothing is sent to them any more."""
    counts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    with writing(), file.open(encoding="utf-8", errors="replace") as lines:
        for outcome in revoke_numbers(lines, now=now()):
            counts[outcome] += 1
            if sum(counts.values()) % EVERY == 0:
                db.session.commit()
                click.echo(f"{sum(counts.values())} lines ...", err=True)
        db.session.commit()
    click.echo(f"Numbers of ours noted: {counts[True]}; of nobody here: {counts[False]}; lines that are no mobile number: {counts[None]}.")
