"""The settings that this process runs with."""

from flask import current_app

from msewa.config import Settings


def current_settings() -> Settings:
    """Return the application's settings."""
    return current_app.extensions["settings"]
