"""flask terminate: end an account for the operator, or take that back."""

from collections.abc import Callable
from typing import TextIO

import click
from flask import Blueprint

from msewa.accounts.operations.numbers import is_reached
from msewa.accounts.queries import find_account_id
from msewa.closure.commands.offline import WORDS
from msewa.closure.operations import terminating
from msewa.closure.rules import ClosureError
from msewa.crypto.blind_index import normalise_mobile
from msewa.extensions import db, writing
from msewa.ledger.rules import SYSTEM
from msewa.web.clock import now

bp = Blueprint("terminate", __name__, cli_group="terminate")
bp.cli.help = "End an account for the operator: its owner is told why and has 30 days to object."
WHOSE = click.argument("file", type=WORDS)


@bp.cli.command("begin")
@WHOSE
@click.option("--why", required=True, help="The reason, as its owner will read it.")
def begin(file: TextIO, why: str) -> None:
    """Shut the account whose number stands in FILE (-: is typed, ended with Ctrl-D), tell its owner why, and erase it after 30 days."""

    def act(account_id: str) -> str:
        closes_at = terminating.terminate(account_id, why=why, actor=SYSTEM, now=now())
        told = "its owner told" if is_reached(account_id) else "NOBODY TOLD: her number was given up; write her a letter"
        return f"The account is shut and {told}. It is sealed and erased on {closes_at:%Y-%m-%d}."

    _for(file, act)


@bp.cli.command("take-back")
@WHOSE
def take_back(file: TextIO) -> None:
    """Open the account whose number stands in FILE (-: is typed, ended with Ctrl-D) again."""

    def act(account_id: str) -> str:
        terminating.take_back(account_id, actor=SYSTEM, now=now())
        return "The account is open again."

    _for(file, act)


def _for(file: TextIO, act: Callable[[str], str]) -> None:
    with writing():
        try:
            account_id = find_account_id(mobile=normalise_mobile(file.read()))
            if account_id is None:
                raise click.ClickException("Nobody has this number.")
            said = act(account_id)
        except ClosureError as error:
            raise click.ClickException(str(error)) from None
        except ValueError:
            raise click.ClickException("This is no mobile number.") from None
        db.session.commit()
    click.echo(said)
