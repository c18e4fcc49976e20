"""P12: what registration asks serves the account and the services she asks for, and nothing else is ever done with it."""

import ast

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.catalogue.queries import catalogue
from msewa.extensions import db
from msewa.notifications.models import Message
from tests.installation import ROOT
from tests.people import somebody
from tests.strict_client import StrictClient

READERS_OF_CONTACT = {"accounts", "profile", "applications", "sandbox", "upkeep"}


@pytest.mark.promise("P12")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_question_of_registration_says_what_it_is_for(client: StrictClient) -> None:
    response = client.submit("/register", "notice", answer="yes")
    page = client.page(response.headers["Location"])

    asked = [name for name in page.fields("register") if name not in ("csrf_token", "form_key")]
    reasons = [node for node in page.one("form-register").iter() if (node.get("id") or "").endswith(("-why", "-hint"))]
    assert asked == ["full_name", "mobile"]
    assert len(reasons) >= len(asked)


@pytest.mark.promise("P12")
def test_no_message_is_ever_prepared_but_of_her_own_affairs(app: Flask) -> None:
    somebody(app)
    register = {path.stem for path in (ROOT / "templates" / "sms").glob("*.txt")} | {
        path.stem for path in (ROOT / "templates" / "mail").glob("*.txt")
    }

    with app.app_context():
        waiting = db.session.scalars(select(Message.template)).all()

    assert [name for name in waiting if name not in register] == []
    assert [name for name in register if any(word in name for word in ("promo", "offer", "news", "survey"))] == []


@pytest.mark.promise("P12")
def test_only_features_that_serve_her_read_how_to_reach_her() -> None:
    readers = set()
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        if "get_contact" in names:
            readers.add(path.relative_to(ROOT / "msewa").parts[0])

    assert readers <= READERS_OF_CONTACT


@pytest.mark.promise("P12")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_question_of_the_bank_has_its_purpose(app: Flask) -> None:
    with app.app_context():
        fields = catalogue().fields.values()

    assert [field.key for field in fields if not all(field.purpose.get(lang) for lang in ("en", "pa", "hi"))] == []
