"""flask security open: sealed addresses, for a case. Their key is made offline (`closure.commands.offline`)."""

from pathlib import Path

import click
from flask import Blueprint

from msewa.crypto.custody import CustodyError
from msewa.crypto.sealing import SealError
from msewa.extensions import db, writing
from msewa.visits.opening import NoCaseError, open_month
from msewa.visits.security import month_of
from msewa.web.clock import now

bp = Blueprint("visits_commands", __name__, cli_group="security")
MONTH = click.option("--month", help="The month of the key, such as 2026-11; left out: this one.")
SHARE = click.option("--share", "shares", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))


@bp.cli.command("open")
@click.option("--case", "case_number", required=True, help="The number of an open case of the console.")
@MONTH
@SHARE
def open_addresses(case_number: str, month: str | None, shares: tuple[Path, ...]) -> None:
    """Show the sealed addresses of a month's key: needs the files of two custodians (--share twice) and an open case."""
    words = [path.read_text(encoding="utf-8", errors="replace") for path in shares]
    try:
        with writing():
            opened = open_month(month or month_of(now()), case_number=case_number, shares=words, now=now())
            # Counted before it is shown: an opening that nobody knows of must not exist.
            db.session.commit()
    except NoCaseError:
        raise click.ClickException("There is no open case of this number. One is opened in the console, at /dpo/cases.") from None
    except (CustodyError, SealError) as error:
        raise click.ClickException(str(error)) from None
    for event in opened:
        click.echo(f"{event.hour:%Y-%m-%d %H}:00 UTC  {event.kind}  {event.address or '(not kept)'}  {event.tries}")
    click.echo(f"{len(opened)} events opened for case {case_number}; this is counted in public.")
