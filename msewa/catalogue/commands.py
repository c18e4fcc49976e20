"""flask catalogue: check the files, load them."""

from collections.abc import Iterable, Iterator

import click
from flask import Blueprint

from msewa.catalogue import checking
from msewa.catalogue.operations import is_up_to_date, load_catalogue
from msewa.catalogue.sources import Sources, read_sources
from msewa.extensions import db, writing
from msewa.web.clock import now

bp = Blueprint("catalogue_commands", __name__, cli_group="catalogue")


@bp.cli.command("check")
def check() -> None:
    """Check every file of the catalogue against its schema and its references."""
    _refuse_faults(read_sources())
    click.echo("The catalogue is in order.")


@bp.cli.command("load")
@click.option("--if-changed", is_flag=True, help="Do nothing when the files are what was loaded last.")
def load(if_changed: bool) -> None:
    """Load the catalogue; applications keep the definitions they were made under."""
    with writing():
        if if_changed and is_up_to_date():
            click.echo("The catalogue is up to date.")
            return
        sources = read_sources()
        _refuse_faults(sources)
        made = load_catalogue(now=now(), sources=sources, track=_show_progress)
        db.session.commit()
    click.echo(f"{made} new definitions.")


def _refuse_faults(sources: Sources) -> None:
    problems = checking.find_problems(sources)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} faults; nothing was loaded.")


def _show_progress(rows: Iterable[object]) -> Iterator[object]:
    with click.progressbar(list(rows), label="Services") as bar:
        yield from bar
