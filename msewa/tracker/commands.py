"""flask tracker: say which portals may ask citizens for their code."""

import click
from flask import Blueprint

from msewa.extensions import db, writing
from msewa.tracker import operations
from msewa.tracker.queries import list_clients
from msewa.web.clock import now

bp = Blueprint("tracker_commands", __name__, cli_group="tracker")
bp.cli.help = "Register the portals that may speak with the data tracker."


@bp.cli.command("register")
@click.argument("client")
@click.argument("name")
def register(client: str, name: str) -> None:
    """Register the system with the X-Road client id CLIENT, called NAME on citizens' pages."""
    with writing():
        try:
            operations.register(client, name=name, now=now())
        except operations.ClientError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
    click.echo(f"{client} may ask now, for citizens who give it a code.")


@bp.cli.command("end")
@click.argument("client")
def end(client: str) -> None:
    """End the registration of CLIENT, and every code that citizens gave it."""
    with writing():
        try:
            count = operations.end(client, now=now())
        except operations.ClientError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
    click.echo(f"{client} may not ask any more; {count} codes ended.")


@bp.cli.command("list")
def list_registered() -> None:
    """List the registered portals."""
    for client in list_clients():
        click.echo(f"{client.address}  {client.name}")
