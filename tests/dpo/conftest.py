"""Two data protection officers at their browsers, and a citizen at hers."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from msewa.ledger.queries import list_entries
from msewa.outbox.worker import run_due
from tests.people import PROFILE, Somebody, sign_in, signed_in
from tests.strict_client import StrictClient


@dataclass
class Seat:
    """Somebody signed in at a browser of her own."""

    client: StrictClient
    app: Flask
    person: Somebody

    def ledger(self) -> list[dict[str, Any]]:
        """Return what her ledger says, the newest first."""
        with self.app.app_context():
            return list_entries(self.person.subject())

    def acts(self) -> list[str]:
        """Return what was done, the newest first."""
        return [entry["act"] for entry in self.ledger()]

    def work(self) -> None:
        """Let the worker do what is due."""
        with self.app.app_context():
            run_due(now=self.app.extensions["clock"].now())

    def messages(self) -> list[str]:
        """Return the names of the messages that went to her, the oldest first."""
        self.work()
        sent = json.loads(self.client.get(f"/sandbox/outbox.json?to={self.person.mobile.removeprefix('+91')}").get_data())
        return [one["template"] for one in sent][::-1]

    def again(self) -> "Seat":
        """Sign in again, after the clock was moved."""
        sign_in(self.client, self.person)
        return self


def seat(app: Flask, **facts: Any) -> Seat:
    """Sign somebody in at a new browser."""
    client = StrictClient.of(app)
    return Seat(client, app, signed_in(client, app=app, **facts))


@pytest.fixture
def anita(app: Flask) -> Seat:
    return seat(app, role="dpo", full_name="Anita Officer")


@pytest.fixture
def jaspreet(app: Flask) -> Seat:
    return seat(app, role="dpo", full_name="Jaspreet Officer")


@pytest.fixture
def harjinder(app: Flask) -> Seat:
    return seat(app, profile=PROFILE)


@pytest.fixture
def stranger(app: Flask) -> Seat:
    return seat(app, full_name="Stranger Kaur")


def open_case(officer: Seat, kind: str = "terms") -> str:
    """Open a case by the page; return its number."""
    assert officer.client.submit("/dpo/cases", "case", kind=kind).status_code == 303
    return officer.client.page("/dpo/cases").all("case-row")[0].get("data-id")
