"""People who complain, and somebody who answers."""

import json
from dataclasses import dataclass

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.grievances import operations
from msewa.grievances.operations import Draft
from msewa.grievances.queries import Complaint, find_by_id, get_complaint
from msewa.grievances.rules import About, Topic
from msewa.outbox.worker import run_due
from tests.people import Somebody, signed_in, somebody
from tests.strict_client import StrictClient

TEXT = "Somebody read my address on Diwali and nobody told me why."


@dataclass
class Complainant:
    """A citizen in her browser, with the moves of complaining."""

    client: StrictClient
    app: Flask
    person: Somebody

    def complain(self, about: str = "general", text: str = TEXT) -> str:
        """Write a complaint by the page; return its number."""
        answer = self.client.submit(f"/grievances/new?about={about}", "grievance", text=text)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"].rpartition("/")[2]

    def complaint(self, ref: str) -> Complaint:
        """Return a complaint as the console knows it."""
        with self.app.app_context():
            return get_complaint(ref)

    def messages(self) -> list[str]:
        """Return the names of the messages that went to her, the oldest first."""
        with self.app.app_context():
            run_due(now=self.app.extensions["clock"].now())
        sent = json.loads(self.client.get(f"/sandbox/outbox.json?to={self.person.mobile.removeprefix('+91')}").get_data())
        return [one["template"] for one in sent][::-1]


@pytest.fixture
def harjinder(app: Flask, client: StrictClient) -> Complainant:
    return Complainant(client, app, signed_in(client, app=app))


@pytest.fixture
def stranger(app: Flask, another_client: StrictClient) -> Complainant:
    return Complainant(another_client, app, signed_in(another_client, app=app, full_name="Stranger Kaur"))


@pytest.fixture
def anita(app: Flask) -> Somebody:
    return somebody(app, role="dpo", full_name="Anita Officer")


def filed(person: Somebody, *, text: str = TEXT) -> Complaint:
    """Have a complaint without the pages."""
    with person.app.app_context(), writing():
        now = person.app.extensions["clock"].now()
        made = operations.file(Draft(About(Topic.GENERAL), text), subject=person.subject(), actor=person.actor, now=now)
        db.session.commit()
        found = find_by_id(made)
    assert found is not None
    return found


def answered(complaint: Complaint, *, by: Somebody, text: str = "We looked into it: a clerk checked your application.") -> None:
    """Answer a complaint without the pages."""
    with by.app.app_context(), writing():
        operations.answer(complaint, text=text, actor=by.actor, now=by.app.extensions["clock"].now())
        db.session.commit()
