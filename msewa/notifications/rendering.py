"""Putting a message into words, in the language of whom it is for."""

from collections.abc import Mapping

from flask import current_app
from flask_babel import force_locale

from msewa.notifications.rules import FOLDERS
from msewa.web.locale import BABEL_NAMES


def render(template: str, *, channel: str, language: str, values: Mapping[str, str]) -> str:
    """Return the words of a message; the first line of a mail is its subject."""
    # Not flask.render_template: its context asks for a request, and the worker has none.
    with force_locale(BABEL_NAMES[language]):
        return current_app.jinja_env.get_template(f"{FOLDERS[channel]}/{template}.txt").render(values).strip()
