"""flask accounts: what the regulator's lists ask of the people who run the server, and who has which role at work."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Blueprint

from msewa.accounts.operations.appointing import AppointmentError, appoint, dismiss
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


@bp.cli.command("appoint")
@click.argument("role")
@click.option("--office", help="At which office an officer works: the last part of its address under /providers.")
def give_role(role: str, office: str | None) -> None:
    """Make an account an officer's, a dpo's or an operator's: its owner registered it herself, and has put nothing into it yet."""
    _for_number(lambda mobile: appoint(mobile, role=role, office=office, now=now()))
    click.echo(f"The account has the role {role} now{f' at {office}' if office else ''}. Its owner signs in anew.")


@bp.cli.command("dismiss")
def take_role() -> None:
    """Take the role back: the account is a citizen's again."""
    _for_number(lambda mobile: dismiss(mobile, now=now()))
    click.echo("The account is a citizen's again. Its owner signs in anew.")


def _for_number(act: Callable[[str], None]) -> None:
    # Read here and not from the command line, which every process of the machine and the shell's history can see.
    mobile = click.prompt("Mobile number", err=True)
    with writing():
        try:
            act(mobile)
        except AppointmentError as error:
            raise click.ClickException(str(error)) from None
        db.session.commit()
