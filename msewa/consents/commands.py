"""flask messages: sending news to those who asked for it, and what the operators register of each SMS."""

import click
from flask import Blueprint, current_app

from msewa.config import Settings
from msewa.consents.announcing import announce as announce_to_all
from msewa.extensions import db, writing
from msewa.notifications.registering import list_sheets
from msewa.notifications.rules import TOPICS, is_shaped, registry
from msewa.web.clock import now

bp = Blueprint("messages", __name__, cli_group="messages")
bp.cli.help = "Send news to those who allow it; print what is registered with the operators."


@bp.cli.command()
@click.argument("topic", type=click.Choice(TOPICS[:-1]))
@click.option("--page", required=True, help="The page that the message leads to; it carries no words of its own.")
def announce(topic: str, page: str) -> None:
    """Tell everybody who allows TOPIC of a page, over each channel that is allowed too."""
    variable = next(one for one in registry().templates["news"].variables if one.name == "page")
    if not page.startswith("https://") or not is_shaped(variable, page):
        raise click.ClickException(f"The page's address must begin with https:// and have at most {len(variable.longest)} characters.")
    settings: Settings = current_app.extensions["settings"]
    # A demonstration's address is set for each process: this one may not be told what the server was.
    click.echo(f"The links to stop lead to {settings.site} (by MSEWA_PUBLIC_URL; else by MSEWA_HOST and MSEWA_PORT).", err=True)
    sent = 0
    with writing():
        for count in announce_to_all("news", topic=topic, page=page, now=now()):
            db.session.commit()
            sent += count
            click.echo(f"{sent} queued ...", err=True)
    click.echo(f"Messages queued: {sent}.")


@bp.cli.command()
def templates() -> None:
    """Print every SMS as the operators register it: name, language, kind, segments at most, words with tagged variables."""
    for sheet in list_sheets():
        click.echo("\t".join(map(str, sheet)))
