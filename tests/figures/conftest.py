"""Many made-up people who applied, put straight into the tables: a thousand sign-ups would take an hour."""

import secrets
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask

from msewa.accounts.models import Account
from msewa.applications.models import Application
from msewa.consents.models import ChoiceEvent
from msewa.consents.purposes import purposes
from msewa.extensions import db, writing
from msewa.figures.operations import release_due
from tests.conftest import ClockHandle

SERVICE, ANOTHER = "birth-certificate", "marriage-compulsory"
_references = count(1)


class Applicants:
    """Adds people who applied for a service this month, then lets months pass."""

    def __init__(self, app: Flask, clock: ClockHandle) -> None:
        self.app, self.clock = app, clock

    def add(
        self, people: int, *, service: str = SERVICE, times: int = 1, allow: str | None = "given", account_id: str | None = None
    ) -> list[str]:
        """Add people with so many applications each, and what they last chose about statistics (None: never asked)."""
        now = self.clock.now()
        ids = [account_id] if account_id else [secrets.token_hex(16) for _ in range(people)]
        with self.app.app_context(), writing():
            for one in ids:
                if account_id is None:
                    db.session.add(_account(one, now=now))
                    db.session.flush()
                    if allow:
                        self._choose(one, allow, now=now)
                db.session.add_all(_application(one, service, now=now) for _ in range(times))
            db.session.commit()
        return ids

    def choose(self, account_id: str, event: str, *, number: int) -> None:
        """Add an event to somebody's choice."""
        with self.app.app_context(), writing():
            self._choose(account_id, event, now=self.clock.now(), number=number)
            db.session.commit()

    def _choose(self, account_id: str, event: str, *, now: datetime, number: int = 1) -> None:
        version = purposes()["statistics"].version
        row = {"account_id": account_id, "purpose_id": "statistics", "number": number, "state": event, "version": version}
        db.session.add(ChoiceEvent(**row, at=now, sealed=b"x"))

    def publish(self) -> None:
        """Let the month end, and its figures be published."""
        self.clock.advance(days=35)
        with self.app.app_context(), writing():
            release_due(now=self.clock.now())
            db.session.commit()


@pytest.fixture
def applicants(app: Flask, clock: ClockHandle) -> Applicants:
    return Applicants(app, clock)


def _account(account_id: str, *, now: datetime) -> Account:
    closed = {"data_key": b"x", "identity": b"x", "contact": b"x", "password": b"x", "mobile_index": secrets.token_bytes(32)}
    return Account(id=account_id, role="citizen", state="active", language="pa", created_at=now, signed_in_at=now, **closed)


def _application(account_id: str, service: str, *, now: datetime) -> Application:
    row = {"state": "submitted", "language": "pa", "data_key": b"x", "service_version": 1, "provider_id": "lg", "digest": "0" * 64}
    moments = {"created_at": now, "updated_at": now, "submitted_at": now, "due_on": now.date() + timedelta(days=9)}
    reference = f"{next(_references):08d}"
    return Application(id=secrets.token_hex(16), reference=reference, account_id=account_id, service_id=service, **row, **moments)
