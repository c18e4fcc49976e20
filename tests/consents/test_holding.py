"""What consents hold about her: gathered whole, erased whole."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.consents import receipts
from msewa.consents.changes import note_seen
from msewa.consents.holding import HOLDING, OWN
from msewa.consents.operations import choose
from msewa.consents.rules import Event
from msewa.extensions import db, writing
from tests.people import Somebody, somebody


def choosing(her: Somebody) -> None:
    with her.app.app_context(), writing():
        now = her.app.extensions["clock"].now()
        choose(her.subject(), "promo.own", Event.GIVEN, language="hi", actor=her.actor, now=now)
        choose(her.subject(), "promo.own", Event.WITHDRAWN, language="hi", actor=her.actor, now=now + timedelta(seconds=1))
        note_seen(her.subject(), "1.0", language="hi", actor=her.actor, now=now)
        db.session.commit()


@pytest.mark.promise("P2")
def test_her_choices_receipts_and_notices_are_gathered(app: Flask) -> None:
    her = somebody(app)
    choosing(her)

    with app.app_context():
        held = HOLDING.gather(her.subject())
        files = dict(HOLDING.files(her.subject()))
        verdicts = {str(receipts.verify(content.decode()).verdict) for content in files.values()}

    assert [event["event"] for event in held["choices"]] == ["given", "withdrawn"]
    assert [receipt["id"] for receipt in held["receipts"]] == [event["receipt"] for event in held["choices"]]
    assert [(notice["name"], notice["version"], notice["language"]) for notice in held["notices"]] == [("policy", "1.0", "hi")]
    assert set(files) == {f"receipts/{receipt['id']}.json" for receipt in held["receipts"]}
    assert verdicts == {"valid"}
    assert json.loads(json.dumps(held)) == held


@pytest.mark.promise("P53")
def test_all_of_it_is_erased_and_nobody_elses(app: Flask) -> None:
    her, other = somebody(app), somebody(app, full_name="Other Kaur")
    choosing(her)
    choosing(other)

    with app.app_context(), writing():
        HOLDING.erase(her.id)
        db.session.commit()
        left = {model.__tablename__: list(db.session.scalars(select(model.account_id).distinct())) for model in OWN}
        counted = [db.session.scalar(select(func.count()).select_from(model)) for model in OWN]

    assert left == {table: [other.id] for table in HOLDING.tables}
    assert counted == [2, 2, 1]
