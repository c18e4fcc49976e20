"""P28: what goes to an office goes for a service that was asked for; nothing else in the program can send."""

import ast
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from msewa.applications.models import Application
from msewa.delivery.models import Package
from msewa.delivery.operations import ORPHAN
from msewa.extensions import db, writing
from msewa.promises.figures import count_without_basis
from tests.installation import ROOT
from tests.people import somebody

pytestmark = pytest.mark.promise("P28")


def test_only_sending_an_application_correcting_or_withdrawing_it_hands_anything_to_an_office() -> None:
    callers = set()
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in {"dispatch", "follow_up"}:
                callers.add(path.relative_to(ROOT / "msewa").as_posix())

    assert callers == {"applications/operations/sending.py", "applications/operations/following.py", "grievances/correcting.py"}


@pytest.mark.parametrize("concerns", [None, "c" * 32])
@pytest.mark.parametrize(("submitted", "expected"), [(True, 0), (False, 1)])
def test_a_package_counts_as_baseless_until_the_application_it_is_about_was_sent(
    app: Flask, concerns: str | None, submitted: bool, expected: int
) -> None:
    person, now = somebody(app), app.extensions["clock"].now()
    facts = {"service_id": "birth-certificate", "service_version": 1, "provider_id": "health", "language": "en"}
    times = {"created_at": now, "updated_at": now, "submitted_at": now if submitted else None}
    application = Application(id="c" * 32, reference="K7M4TXQ9", account_id=person.id, state="draft", data_key=b"\x01", **facts, **times)

    counted = count_with(app, application, package("d" * 32 if concerns else "c" * 32, concerns=concerns))

    assert counted == expected


@pytest.mark.parametrize(("digest", "expected"), [("0" * 64, 1), (ORPHAN, 0)])
def test_what_stands_alone_is_baseless_but_for_what_she_left_to_be_finished(app: Flask, digest: str, expected: int) -> None:
    assert count_with(app, package("c" * 32, digest=digest)) == expected


def package(package_id: str, *, concerns: str | None = None, digest: str = "0" * 64) -> Package:
    moment = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    return Package(application_id=package_id, concerns=concerns, provider_id="health", jwe=None, digest=digest, created_at=moment)


def count_with(app: Flask, *rows: Any) -> int:
    with app.app_context(), writing():
        db.session.add_all(rows)
        db.session.flush()
        counted = count_without_basis(app.extensions["clock"].now())
        db.session.rollback()
    return counted
