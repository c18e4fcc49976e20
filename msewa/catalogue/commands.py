"""flask catalogue: check the files, load them."""

import sys

import click
from flask import Blueprint

from msewa.catalogue import checking
from msewa.catalogue.operations import is_up_to_date, load_catalogue
from msewa.extensions import db, writing
from msewa.web.clock import now

bp = Blueprint("catalogue_commands", __name__, cli_group="catalogue")


@bp.cli.command("check")
def check() -> None:
    """Check every file of the catalogue against its schema and its references; fail on the first fault found in each."""
    problems = checking.find_problems()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo("The catalogue is in order.")


@bp.cli.command("load")
@click.option("--if-changed", is_flag=True, help="Do nothing when the files are what was loaded last.")
def load(if_changed: bool) -> None:
    """Load the catalogue; applications keep the definitions they were made under."""
    with writing():
        if if_changed and is_up_to_date():
            click.echo("The catalogue is up to date.")
            return
        with click.progressbar(length=0, label="Services") as bar:

            def track(rows):  # noqa: ANN001, ANN202
                bar.length = len(rows)
                for row in rows:
                    yield row
                    bar.update(1)

            made = load_catalogue(now=now(), track=track)
        db.session.commit()
    click.echo(f"{made} new definitions.")
