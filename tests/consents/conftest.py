"""What tests of choices share: somebody who chooses, and many presses at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from msewa.consents import queries
from msewa.consents.operations import choose
from msewa.consents.rules import Event
from msewa.extensions import db, writing
from tests.people import Somebody, signed_in
from tests.strict_client import StrictClient


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    """Do all of these at the same moment; return their answers."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [answer.result() for answer in [pool.submit(act) for act in acts]]


def sender(her: Somebody, path: str, values: dict[str, str], client: StrictClient) -> Callable[[], int]:
    """Return what sends a form once more, from a browser of its own with the same sign-in."""
    twin = her.app.test_client()
    for name in ("session", "seed"):
        cookie = client.get_cookie(name)
        assert cookie is not None
        twin.set_cookie(name, cookie.value)
    return lambda: twin.post(path, data=values).status_code


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app, full_name="Harbhajan Kaur Planted", email="planted@example.in")


def given(her: Somebody, event: Event = Event.GIVEN, *, purpose_id: str = "promo.own", language: str = "pa") -> dict[str, Any]:
    """Let somebody choose; return the receipt."""
    with her.app.app_context(), writing():
        now = her.app.extensions["clock"].now()
        receipt_id = choose(her.subject(), purpose_id, event, language=language, actor=her.actor, now=now)
        db.session.commit()
        return queries.get_receipt(her.subject(), receipt_id).record
