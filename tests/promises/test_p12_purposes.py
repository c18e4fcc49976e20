"""P12: what registration asks serves the account and the services she asks for, and nothing else is ever done with it."""

import ast

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.accounts.models import Account
from msewa.catalogue.queries import catalogue
from msewa.consents.announcing import announce
from msewa.consents.operations import choose
from msewa.extensions import db, writing
from msewa.notifications.models import Message
from msewa.notifications.operations import send
from msewa.notifications.rules import TOPICS, UnknownTemplateError, registry
from tests.installation import ROOT
from tests.people import somebody
from tests.strict_client import StrictClient

SERVE_HER = {"accounts", "profile", "applications", "privacy", "closure", "sandbox", "upkeep"}
# Announcing asks her choice first; staff see a number masked, after a look that stands on her page.
ONLY_WITH = {"consents/announcing", "dpo/routes/people"}


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
def test_without_her_yes_no_news_is_ever_prepared(app: Flask) -> None:
    person = somebody(app, email="a.person@example.org")

    with app.app_context(), writing():
        sent = [sum(announce("news", topic=topic, page="/services", now=app.extensions["clock"].now())) for topic in TOPICS]
        waiting = db.session.scalar(select(func.count()).select_from(Message).where(Message.account_id == person.id, Message.topic != ""))

    assert sent == [0] * len(TOPICS)
    assert waiting == 0


@pytest.mark.promise("P12")
def test_who_said_no_is_not_even_looked_at(app: Flask) -> None:
    person = somebody(app)
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        choose(person.subject(), "promo.own", "refused", language="en", actor=person.actor, now=now)
        # Whoever opened this would stumble.
        db.session.execute(update(Account).where(Account.id == person.id).values(contact=b"unreadable"))
        db.session.commit()

        assert sum(announce("news", topic="promo.own", page="/services", now=now)) == 0


@pytest.mark.promise("P12")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_news_can_not_go_the_way_of_her_own_affairs(app: Flask) -> None:
    news = {name: template for name, template in registry().templates.items() if template.is_promotional}

    now = app.extensions["clock"].now()
    with app.app_context():
        for name, template in news.items():
            values = {one.name: one.longest for one in template.variables}
            with pytest.raises(UnknownTemplateError, match="promotional"):
                send(name, to="+917000000001", channel="sms", language="en", values=values, now=now)

    assert news


@pytest.mark.promise("P12")
def test_only_features_that_serve_her_read_how_to_reach_her() -> None:
    readers = set()
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        # By whatever way it is taken hold of: its own name, a name of a module, or another name given to it.
        nodes = list(ast.walk(ast.parse(path.read_text())))
        names = {node.id for node in nodes if isinstance(node, ast.Name)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        names |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        if "get_contact" in names:
            readers.add(path.relative_to(ROOT / "msewa").with_suffix("").as_posix())

    others = {reader for reader in readers if reader.split("/")[0] not in SERVE_HER}
    assert others <= ONLY_WITH, "say here under what condition this may read how to reach her"


@pytest.mark.promise("P12")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_question_of_the_bank_has_its_purpose(app: Flask) -> None:
    with app.app_context():
        fields = catalogue().fields.values()

    assert [field.key for field in fields if not all(field.purpose.get(lang) for lang in ("en", "pa", "hi"))] == []
