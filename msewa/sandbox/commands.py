"""flask seed: the demonstration's people and departments."""

import click
from flask import Blueprint

from msewa.extensions import db, writing
from msewa.sandbox import seeding
from msewa.web.clock import now

bp = Blueprint("sandbox_commands", __name__, cli_group=None)


@bp.cli.command("seed")
def seed() -> None:
    """Make the demonstration's people and pretend departments; run again it makes only departments that are missing."""

    def track(steps: seeding.Steps) -> seeding.Steps:
        with click.progressbar(list(steps), label="People and departments") as bar:
            yield from bar

    with writing():
        made = seeding.seed(now=now(), track=track)
        db.session.commit()
    click.echo(f"{made} made.")
