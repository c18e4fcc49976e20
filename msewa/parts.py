"""Which features there are, and what each hangs into the application."""

from flask import Flask

from msewa.accounts import presence
from msewa.config import Settings
from msewa.outbox import commands as outbox_commands
from msewa.web import routes as web_routes


def register(app: Flask, *, settings: Settings) -> None:
    """Register every feature's routes, commands and outbox handlers; the sandbox only in demo mode."""
    for blueprint in (web_routes.bp, outbox_commands.bp):
        app.register_blueprint(blueprint)
    presence.init_app(app)
