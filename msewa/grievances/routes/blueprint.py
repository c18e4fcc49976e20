"""What the pages of complaints share."""

from typing import cast

from flask import current_app, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.people import Person
from msewa.config import NamedContact, Settings
from msewa.extensions import db
from msewa.grievances.queries import Complaint
from msewa.web import form_keys
from msewa.web.access import blueprint
from msewa.web.pages import see_other

bp = blueprint("grievances", __name__)


def person() -> Person:
    """Return who is signed in."""
    return cast(Person, current_user)


def contact() -> NamedContact:
    """Return who answers complaints, as the settings name them."""
    settings: Settings = current_app.extensions["settings"]
    return settings.grievance_contact


def address(complaint: Complaint) -> str:
    """Return the address of a complaint's page."""
    return url_for("grievances.show", ref=complaint.ref)


def done(complaint: Complaint) -> AnyResponse:
    """Keep what was done, and lead to the complaint."""
    location = address(complaint)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
