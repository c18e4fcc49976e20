"""flask vault: how the months stand, exports for the offline machine, and the end of a month."""

import os
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click
from flask import Blueprint, current_app

from msewa.closure.commands import offline
from msewa.closure.exports import write_export
from msewa.closure.granting import grant_archivist
from msewa.closure.operations.ending import Word, destroy_month, enter_export, leave_use, record_opening
from msewa.closure.queries import list_months
from msewa.closure.rules import ClosureError, MonthState, month_of, state_of
from msewa.closure.vault import find_key, is_key_there
from msewa.config import Settings
from msewa.crypto.custody import MONTH
from msewa.extensions import db, writing
from msewa.ledger.granting import GrantError
from msewa.web.clock import now

bp = Blueprint("vault", __name__, cli_group="vault")
bp.cli.help = "Keep and end what was sealed when people left."
bp.cli.add_command(offline.new)
bp.cli.add_command(offline.opening)


def _month(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if MONTH.fullmatch(value) is None:
        raise click.BadParameter(f"A month reads like 2026-11, not {value}.")
    return value


A_MONTH = click.option("--month", required=True, callback=_month, help="Such as 2026-11.")


@bp.cli.command("status")
def status() -> None:
    """List every month: its key, how many are sealed, when it may and must end; non-zero exit when one is overdue or no key is there."""
    settings: Settings = current_app.extensions["settings"]
    moment, faults = now(), list[str]()
    for row in list_months():
        state = state_of(row.span, destroyed_at=row.destroyed_at, now=moment)
        dates = f"{row.not_before:%Y-%m-%d} .. {row.not_after:%Y-%m-%d}"
        click.echo(f"{row.month}  {row.key_id}  {row.sealed:>6} sealed  {dates}  {state}")
        if state is MonthState.OVERDUE:
            faults.append(f"{row.month} must be destroyed now: burn its shares, then flask --app app vault destroy --month {row.month}")
    if is_key_there(now=moment):
        click.echo(f"Whoever leaves now is sealed to the key of {month_of(moment)}.")
    else:
        faults.append(f"There is no key for {month_of(moment)}: nobody can leave.")
    upcoming = month_of(moment.replace(day=1) + timedelta(days=31))
    if not settings.is_demo and find_key(settings, upcoming) is None:
        click.echo(f"There is no key for {upcoming} yet. Without it nobody can leave from its first day on.")
    if faults:
        raise click.ClickException(" ".join(faults))


@bp.cli.command("export")
@A_MONTH
@click.option("--out", "path", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(month: str, path: Path) -> None:
    """Write a month's sealed bundles for the offline machine; on PostgreSQL as the archivist's role."""
    settings: Settings = current_app.extensions["settings"]
    key = find_key(settings, month)
    if key is None:
        raise click.ClickException(f"There is no key for {month}, or it was destroyed.")
    if path.exists():
        raise click.ClickException(f"{path} is there already.")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with writing(), ExitStack() as undo, os.fdopen(handle, "w", encoding="ascii") as file:
        # Half an export is taken away again: it must not lie there like a whole one.
        undo.callback(path.unlink)
        export_id = enter_export(month, now=now())
        count = write_export(key, file, export_id=export_id)
        db.session.commit()
        undo.pop_all()
    click.echo(f"{count} sealed bundles of {month} in {path}: export {export_id}, asked for when the month ends.")


@bp.cli.command("destroy")
@A_MONTH
@click.option("--burnt", type=click.IntRange(min=0), help="How many shares of this month the custodians burnt.")
@click.option("--record", default="", help="The number of the record that the custodians and their witness signed; it is published.")
@click.option("--erased", multiple=True, help="An export of this month that the custodians erased; once for each.")
@click.option("--exports-left", is_flag=True, help="Go on although exports are lost; the public log says how many.")
@click.option("--clock-is-right", is_flag=True, help="Go on although the ledger has a hole of 30 days.")
def destroy(month: str, burnt: int | None, record: str, erased: tuple[str, ...], exports_left: bool, clock_is_right: bool) -> None:
    """End a month, once its years are over and its shares burnt: bundles and public half go, and the public log says on whose word."""
    word = None if burnt is None else Word(burnt, record, erased, exports_left)
    with writing():
        try:
            ended = destroy_month(month, word=word, now=now(), is_clock_right=clock_is_right)
        except ClosureError as error:
            raise click.ClickException(str(error)) from None
        db.session.commit()
    # After the commit: had that failed, the bundles would still be there and their key not.
    leave_use(month)
    click.echo(f"{month} has ended: {ended.sealed} sealed bundles are erased here.")
    if ended.custodians is not None:
        click.echo(
            f"{burnt} of {ended.custodians} shares were burnt on the custodians' word ({record}), and so it stands in the public log."
        )


@bp.cli.command("record-opening")
@click.argument("path", type=offline.A_FILE)
def record(path: Path) -> None:
    """Enter an opening of the offline machine (its opening.json) into the public count."""
    with writing():
        try:
            record_opening(path.read_text(encoding="utf-8", errors="replace"))
        except ClosureError as error:
            raise click.ClickException(str(error)) from None
        db.session.commit()
    click.echo("Counted.")


@bp.cli.command("grants")
@click.argument("role")
def grants(role: str) -> None:
    """Give ROLE the archivist's rights on PostgreSQL; the serving role gets its own by flask ledger grants."""
    try:
        for line in grant_archivist(role):
            click.echo(line)
    except (ClosureError, GrantError) as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
