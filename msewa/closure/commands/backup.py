"""flask backup and flask restore."""

from pathlib import Path

import click
from flask import Blueprint

from msewa import schema
from msewa.closure import erasures
from msewa.closure.backups import write_backup
from msewa.closure.restoring import restore
from msewa.closure.rules import ClosureError
from msewa.extensions import db, writing
from msewa.ledger.kept import forget_kept
from msewa.outbox import worker
from msewa.web.clock import now

bp = Blueprint("backup", __name__, cli_group=None)


@bp.cli.command("backup")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path) -> None:
    """Write everything to the new encrypted file PATH. Keep it apart from the key ring, the newest erasures.log and .head beside it."""
    if path.exists():
        raise click.ClickException(f"{path} is there already.")
    try:
        made = write_backup(path, now=now())
    except ClosureError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{sum(count for count, _ in made.tables.values())} rows of {len(made.tables)} tables in {path}.")


@bp.cli.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without-log", is_flag=True, help="Go on though nothing vouches for erasures.log: nobody has left since, or it is lost.")
def restore_command(path: Path, without_log: bool) -> None:
    """Load the backup PATH into this empty installation; whoever has left since is erased again before anything is served."""
    schema.bring_up()
    try:
        with writing():
            restored = restore(path, now=now(), is_log_lost=without_log)
            db.session.commit()
        forget_kept()
    except ClosureError as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from None
    # The marks of those just erased go into the file now, and not when the worker first runs here.
    while worker.run_next(now=now(), topic=erasures.TOPIC):
        pass
    if restored.fault:
        unknown = f"Unknown is who left after {restored.made_at} and stands in no line that can be read: whoever did is back."
        click.echo(f"{restored.fault} {unknown}", err=True)
    click.echo(f"{restored.rows} rows restored, as they were. {restored.erased} accounts that had left were erased again.")
