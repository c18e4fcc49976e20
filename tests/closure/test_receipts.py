"""A deletion receipt stands or falls as a whole: whatever is changed, added or said twice in it is refused with a clear word."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from msewa.closure.operations import closing
from msewa.closure.receipts import Verdict, verify
from msewa.extensions import db, writing
from tests.people import somebody
from tests.strict_client import StrictClient

pytestmark = [pytest.mark.parametrize("backend", ["sqlite"]), pytest.mark.promise("P52")]


@pytest.fixture
def receipt(app: Flask) -> dict[str, Any]:
    person = somebody(app)
    with app.app_context(), writing():
        made = closing.close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()
    return made


def altered(value: Any) -> Iterator[Any]:
    """Yield a value with each thing in it changed, one at a time."""
    if isinstance(value, dict):
        yield {**value, "added": 1}
        for name, inner in value.items():
            yield {key: kept for key, kept in value.items() if key != name}
            yield from ({**value, name: other} for other in altered(inner))
    elif isinstance(value, list):
        yield [*value, "added"]
    else:
        yield f"{value}1" if isinstance(value, str) else value + 1


def test_every_single_change_is_seen(app: Flask, receipt: dict[str, Any]) -> None:
    changed = list(altered(receipt))

    with app.app_context():
        verdicts = {verify(json.dumps(one)).verdict for one in changed}
        genuine = verify(json.dumps(receipt)).verdict

    assert len(changed) > 30
    assert genuine is Verdict.VALID
    assert Verdict.VALID not in verdicts


def test_a_name_said_twice_makes_it_none_of_ours(app: Flask, receipt: dict[str, Any]) -> None:
    text = json.dumps(receipt)
    twice = text.replace('"reason"', '"reason": "terminated", "reason"', 1)

    with app.app_context():
        assert (verify(text).verdict, verify(twice).verdict) == (Verdict.VALID, Verdict.NOT_OURS)


@pytest.mark.parametrize("depth", [200, 400, 900, 30_000])
def test_a_receipt_of_many_levels_is_answered_as_any_other(app: Flask, client: StrictClient, receipt: dict[str, Any], depth: int) -> None:
    deep = json.dumps(receipt)[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}"

    answer = client.submit("/account/deleted/verify", "verify", receipt=deep)

    assert answer.status_code == 422


def test_what_nobody_of_ours_signed_is_never_called_changed(app: Flask, receipt: dict[str, Any]) -> None:
    with app.app_context():
        assert verify(json.dumps({**receipt, "share": 0.5, "signature": "e30..AAAA"})).verdict is Verdict.NOT_OURS
        assert verify(json.dumps({**receipt, "share": 0.5})).verdict is Verdict.ALTERED
