"""flask providers: which offices receive applications here."""

from collections.abc import Callable
from typing import TextIO

import click
from flask import Blueprint, current_app

from msewa.catalogue.queries import catalogue, is_registered, list_stops
from msewa.delivery import registering
from msewa.delivery.queries import list_reachable
from msewa.extensions import db, writing
from msewa.web.clock import now

bp = Blueprint("providers_commands", __name__, cli_group="providers")
bp.cli.help = "Say which offices receive applications here."
OFFICE = click.argument("provider")


@bp.cli.command("register")
@OFFICE
@click.option("--endpoint", required=True, help="Where its system takes packages: https, on a public host.")
@click.option(
    "--key", required=True, type=click.File(encoding="utf-8", errors="replace"), help="Its public key, a JWK on P-256 with a kid."
)
@click.option("--agreement", required=True, help="Which agreement it accepted, such as a number.")
@click.option("--old-key-opens", is_flag=True, help="Its system still opens what waits, closed to its earlier key.")
def register(provider: str, endpoint: str, key: TextIO, agreement: str, old_key_opens: bool) -> None:
    """Let PROVIDER receive applications; done again, it moves to the new endpoint and key."""
    text, is_demo = key.read(), current_app.extensions["settings"].is_demo

    def act() -> None:
        registering.open_gateway(
            provider, endpoint=endpoint, key=text, agreement=agreement, now=now(), is_demo=is_demo, old_key_opens=old_key_opens
        )

    _carry_out(act)
    click.echo(f"{provider} receives applications at {endpoint} now." + _but(provider))


@bp.cli.command("suspend")
@OFFICE
@click.option("--why", required=True, help="The reason, kept with the register.")
def suspend(provider: str, why: str) -> None:
    """Let nothing more go to PROVIDER; its page says so, and what waits for it goes on waiting."""
    _carry_out(lambda: registering.stop(provider, why=why))
    click.echo(f"Nothing goes to {provider} any more.")


@bp.cli.command("reinstate")
@OFFICE
def reinstate(provider: str) -> None:
    """Let PROVIDER receive again, first what has waited for it."""
    _carry_out(lambda: registering.resume(provider, now=now()))
    click.echo(f"{provider} may receive again." + _but(provider))


@bp.cli.command("list")
def list_all() -> None:
    """List the offices that are registered or stopped."""
    reachable, stops = list_reachable(), list_stops()
    for provider in sorted(reachable | stops.keys() & catalogue().providers.keys()):
        state = "receives" if provider in reachable else "has no gateway"
        but = f"stopped: {stops[provider]}" if provider in stops else _find_hindrance(provider)
        click.echo(f"{provider}  {state}" + (f"  {but}" if but else ""))


def _but(provider: str) -> str:
    hindrance = _find_hindrance(provider)
    return f" But it is {hindrance}." if hindrance else ""


def _find_hindrance(provider: str) -> str | None:
    if provider in list_stops():
        return "stopped"
    return None if is_registered(provider) else "off the register"


def _carry_out(act: Callable[[], None]) -> None:
    with writing():
        try:
            act()
        except registering.RegisterError as error:
            raise click.ClickException(str(error)) from None
        db.session.commit()
