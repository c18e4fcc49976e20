"""What the console's pages share: the blueprint, the officer, and leaving a form."""

from typing import cast

from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.people import Person
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.access import blueprint
from msewa.web.pages import see_other

bp = blueprint("dpo", __name__)


def officer() -> Person:
    """Return who is signed in."""
    return cast(Person, current_user)


def done(location: str) -> AnyResponse:
    """Keep what was done, and lead on."""
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
