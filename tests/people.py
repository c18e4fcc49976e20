"""Made-up people for tests, and a quick way to have them signed in."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from msewa.accounts import factors
from msewa.accounts.operations import opening, visits
from msewa.accounts.queries import get_subject
from msewa.extensions import db, writing
from msewa.ledger.rules import Actor, Kind, SubjectKey
from msewa.profile.operations import keep

PASSWORD = "kanak di roti 47"
DISTRICT_OFFICE = "bdpo"
# Ten digits beginning with 7 and 0: of the right shape, and no two alike in one run.
_numbers = itertools.count(7_000_000_001)

# A profile with something in every section, each value in its kept form and like no other text on a page.
PROFILE = {
    "father_name": "Gurbachan Singh Planted",
    "mother_name": "Surjit Kaur Planted",
    "gender": "female",
    "date_of_birth": "1988-08-12",
    "address": "House 112-P, Bhathlan",
    "district": "barnala",
    "tehsil": "tehsil-tapa",
    "pincode": "148102",
    "occupation": "farmer",
    "income_annual": "184250",
    "bank_account": "918273645546 SBIN0009182",
    "aadhaar_last4": "8431",
    "ration_card_number": "RC-PLANTED-5519",
}


@dataclass(frozen=True)
class Somebody:
    """A person of a test: who she is and what she knows."""

    id: str
    role: str
    office: str | None
    full_name: str
    mobile: str
    password: str
    totp_secret: str
    app: Flask = field(repr=False)
    email: str | None = None

    @property
    def actor(self) -> Actor:
        """Who acts, for operations."""
        return Actor(Kind(self.role), self.id, self.office or "")

    def subject(self) -> SubjectKey:
        """Her id and opened key; needs an application context."""
        return get_subject(self.id)

    def code(self) -> str:
        """What her authenticator app shows at the application's present."""
        return pyotp.TOTP(self.totp_secret).at(self.app.extensions["clock"].now())


def somebody(
    app: Flask,
    *,
    role: str = "citizen",
    office: str | None = None,
    profile: Mapping[str, str] | None = None,
    full_name: str = "Harjinder Kaur",
    language: str = "en",
    email: str | None = None,
    mobile: str | None = None,
) -> Somebody:
    """Open an account without its owner's steps; `profile` in kept forms."""
    mobile, secret = mobile or f"+91{next(_numbers)}", factors.new_secret()
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        subject = opening.create_account(
            full_name=full_name,
            mobile=mobile,
            password=PASSWORD,
            totp_secret=secret,
            role=role,
            office=office,
            language=language,
            email=email,
            now=now,
        )
        person = Somebody(subject.id, role, office, full_name, mobile, PASSWORD, secret, app, email)
        keep(subject, profile or {}, actor=person.actor, now=now)
        db.session.commit()
    return person


def sign_in(client: FlaskClient, person: Somebody) -> None:
    """Begin a signed-in visit in this browser, proven now, without the pages."""
    with person.app.app_context(), writing():
        token = visits.enter(person.id, now=person.app.extensions["clock"].now())
        db.session.commit()
    client.set_cookie("session", token)


def signed_in(
    client: FlaskClient,
    *,
    app: Flask,
    role: str = "citizen",
    office: str | None = None,
    profile: Mapping[str, str] | None = None,
    full_name: str = "Harjinder Kaur",
    language: str = "en",
    email: str | None = None,
) -> Somebody:
    """Open an account and sign this browser in to it; its pages come in `language`."""
    person = somebody(app, role=role, office=office, profile=profile, full_name=full_name, language=language, email=email)
    sign_in(client, person)
    client.set_cookie("lang", language)
    return person
