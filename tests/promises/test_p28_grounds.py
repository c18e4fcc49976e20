"""P28: what goes to an office goes for a service that was asked for; nothing else in the program can send."""

import ast

import pytest
from flask import Flask

from msewa.applications.models import Application
from msewa.delivery.models import Package
from msewa.delivery.operations import ORPHAN
from msewa.extensions import db, writing
from msewa.grievances.models import Grievance
from msewa.promises.figures import count_without_basis
from tests.installation import ROOT
from tests.people import somebody

pytestmark = pytest.mark.promise("P28")


def test_only_sending_an_application_or_a_correction_of_one_hands_anything_to_an_office() -> None:
    callers = set()
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == "dispatch":
                callers.add(path.relative_to(ROOT / "msewa").as_posix())

    assert callers <= {"applications/operations/sending.py", "grievances/correcting.py"}


@pytest.mark.parametrize(("submitted", "expected"), [(True, 0), (False, 1)])
def test_a_package_counts_as_baseless_until_its_application_was_sent(app: Flask, submitted: bool, expected: int) -> None:
    person, now = somebody(app), app.extensions["clock"].now()
    facts = {"service_id": "birth-certificate", "service_version": 1, "provider_id": "health", "language": "en"}
    times = {"created_at": now, "updated_at": now, "submitted_at": now if submitted else None}
    application = Application(id="c" * 32, reference="K7M4TXQ9", account_id=person.id, state="draft", data_key=b"\x01", **facts, **times)
    package = Package(application_id="c" * 32, provider_id="health", jwe=None, digest="0" * 64, created_at=now)

    with app.app_context(), writing():
        db.session.add_all([application, package])
        db.session.flush()
        counted = count_without_basis(now)
        db.session.rollback()

    assert counted == expected


@pytest.mark.parametrize(("topic", "digest", "expected"), [("correction", "0" * 64, 0), ("look", "0" * 64, 1), (None, ORPHAN, 0)])
def test_a_correction_and_what_she_left_to_be_finished_were_asked_for(app: Flask, topic: str | None, digest: str, expected: int) -> None:
    person, now = somebody(app), app.extensions["clock"].now()
    times = {"filed_at": now, "due_at": now}

    with app.app_context(), writing():
        if topic:
            db.session.add(
                Grievance(id="c" * 32, reference="K7M4TXQ9", account_id=person.id, topic=topic, state="received", sealed=b"\x01", **times)
            )
        db.session.add(Package(application_id="c" * 32, provider_id="health", jwe=None, digest=digest, created_at=now))
        db.session.flush()
        counted = count_without_basis(now)
        db.session.rollback()

    assert counted == expected
