"""The blueprint that the dashboard's pages hang in, and who is behind them."""

from typing import cast

from flask_login import current_user

from msewa.accounts.people import Person
from msewa.web.access import blueprint

bp = blueprint("privacy", __name__)


def person() -> Person:
    """Return who is signed in, herself: every look through Flask-Login's proxy costs. For pages that only citizens reach."""
    return cast(Person, current_user._get_current_object())  # pyright: ignore[reportPrivateUsage] - as in the frame of every page
