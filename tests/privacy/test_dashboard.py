"""The one page of everything: understood at first sight, every part begun, nothing counted, nothing opened that is not shown."""

import re
from typing import Any

import brotli
import pytest
from flask import Flask
from sqlalchemy import Select, event

from msewa.consents.purposes import purposes
from msewa.extensions import db
from msewa.ledger.queries import NEWEST_LOOKS
from msewa.notifications.queries import NEWEST_FIRST
from msewa.privacy.handed import NEWEST_HANDED
from msewa.privacy.queries import SENT
from tests.applications.conftest import Applicant
from tests.people import PROFILE, signed_in, somebody
from tests.privacy.conftest import REASON, allowed_by, by_htmx, looked_at
from tests.strict_client import Page, StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "pa", "hi"])
ROOMS = ["held", "looks", "allowed", "shared", "messages", "leave"]
PAGES = (
    "",
    "/held",
    "/held/profile",
    "/held/access",
    "/held/security",
    "/looks",
    "/looks?all=1",
    "/shared",
    "/messages",
    "/download",
    "/nominate",
)
MOST_BYTES = 4096


def rooms(page: Page) -> list[Any]:
    return [node for node in page.root.iter() if node.get("class") == "room"]


def words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


@ONE_BACKEND
@LANGUAGES
def test_a_first_time_visitor_understands_each_section_from_one_sentence(app: Flask, client: StrictClient, language: str) -> None:
    signed_in(client, app=app, language=language)

    found = rooms(client.page("/privacy"))

    assert [room.get("id") for room in found] == ROOMS
    for room in found:
        heading, sentence = list(room)[:2]
        assert heading.tag.endswith("}h2")
        assert sentence.get("data-testid") == "explains"
        assert re.fullmatch(r"[^.।!?]+[.।]", words(sentence)), words(sentence)
        assert sum(node.get("data-testid") == "explains" for node in room.iter()) == 1


@ONE_BACKEND
def test_every_part_leads_to_its_own_page(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE)
    page = client.page("/privacy")

    links = {node.get("href") for room in rooms(page) for node in room.iter() if str(node.tag).endswith("}a")}

    assert {"/privacy/held", "/privacy/looks", "/privacy/choices", "/privacy/receipts", "/privacy/shared", "/privacy/messages"} <= links
    assert {"/privacy/download", "/privacy/nominate", "/account/mobile", "/account/deregister", "/account/delete"} <= links
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []


@pytest.mark.promise("P66")
@ONE_BACKEND
@LANGUAGES
def test_whoever_gives_a_number_up_is_told_to_change_it_or_to_leave(app: Flask, client: StrictClient, language: str) -> None:
    signed_in(client, app=app, language=language)

    page = client.page("/privacy")

    row = next(node for node in page.root.iter() if node.get("href") == "/account/mobile")
    assert row is not None
    advice = {"en": "change it here first, or delete your account", "pa": "ਨੰਬਰ ਛੱਡਣ ਤੋਂ ਪਹਿਲਾਂ", "hi": "नंबर छोड़ने से पहले"}
    assert advice[language] in page.text


def test_her_looks_and_what_she_sent_are_begun_here(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    looked_at(harjinder.person, 5, about=ref)

    page = harjinder.page("/privacy")

    assert len(page.all("access-row")) == 3
    assert page.one("disclosure-row").get("data-id") == ref
    assert REASON in page.text
    assert f"/applications/{ref}" in page.text


def test_a_part_asked_for_alone_is_the_same_as_in_the_page(harjinder: Applicant) -> None:
    looked_at(harjinder.person, 5)
    older = re.search(r'href="?(/privacy\?looks=\d+)', harjinder.page("/privacy").text)[1]

    whole = harjinder.page(older)
    part = harjinder.client.get(older, headers=by_htmx("section#looks"))

    assert len(whole.all("access-row")) == 2
    assert [row.get("data-id") for row in Page(part.get_data(as_text=True)).all("access-row")] == [
        row.get("data-id") for row in whole.all("access-row")
    ]
    assert "<html" not in part.get_data(as_text=True)
    assert "HX-Target" in part.headers["Vary"]


def test_a_choice_is_withdrawn_here_by_one_press(app: Flask, client: StrictClient) -> None:
    her = signed_in(client, app=app)
    allowed_by(her, "newsletter")

    answer = client.submit("/privacy", "choice-newsletter", on="0")

    assert answer.headers["Location"] == "/privacy#allowed"
    assert client.page("/privacy").all("choice-row") == []


@pytest.mark.promise("P29", "P30")
@ONE_BACKEND
@LANGUAGES
def test_whoever_allows_nothing_still_reads_what_a_law_needs(app: Flask, client: StrictClient, language: str) -> None:
    signed_in(client, app=app, language=language)

    page = client.page("/privacy")

    with app.app_context():
        by_law = [purpose.title[language] for purpose in purposes().values() if not purpose.is_choice]
    room = next(room for room in rooms(page) if room.get("id") == "allowed")
    assert "by-law" in {node.get("data-testid") for node in room.iter()}
    assert by_law
    assert [title for title in by_law if title not in page.words("by-law")] == []
    assert {"en": "None of the choices is on", "pa": "ਕੋਈ ਚੋਣ ਚਾਲੂ ਨਹੀਂ", "hi": "कोई विकल्प चालू नहीं"}[language] in words(room)


def statements(client: StrictClient, app: Flask) -> list[str]:
    """Return what SQLite is asked for the dashboard, its values left out; it tells itself, so that no way around SQLAlchemy is missed."""
    asked: list[str] = []

    def listen(connection: Any, *more: Any) -> None:
        connection.set_trace_callback(asked.append)

    def leave(connection: Any, *more: Any) -> None:
        connection.set_trace_callback(None)

    with app.app_context():
        pool = db.engine.pool
    event.listen(pool, "checkout", listen)
    event.listen(pool, "checkin", leave)
    try:
        client.page("/privacy")
    finally:
        event.remove(pool, "checkout", listen)
        event.remove(pool, "checkin", leave)
    return [re.sub(r"'[^']*'|\b\d+\b", "?", one) for one in asked]


@ONE_BACKEND
def test_a_long_history_asks_the_database_no_more_than_a_short_one(app: Flask, client: StrictClient) -> None:
    her = signed_in(client, app=app)
    looked_at(her, 4)
    client.page("/privacy")
    short = statements(client, app)
    looked_at(her, 60)

    long = statements(client, app)

    looks = [one for one in long if "FROM ledger_entry" in one]
    # Every few seconds a request looks whether the catalogue is still the newest, in a transaction of its own.
    about_catalogue = {"BEGIN", "ROLLBACK"}
    assert [one for one in long if one not in short and "catalogue_" not in one and one not in about_catalogue] == []
    assert not [one for one in long if "count(" in one.lower()]
    assert len(looks) == 1
    assert "LIMIT" in looks[0]


@pytest.mark.parametrize("asked", [NEWEST_LOOKS, SENT.limit(4), NEWEST_FIRST, NEWEST_HANDED], ids=["looks", "sent", "messages", "handed"])
def test_of_a_long_list_only_the_rows_shown_are_touched(app: Flask, asked: Select[Any]) -> None:
    with app.app_context():
        plan = plan_of(asked.params(subject_id="a" * 32, account_id="a" * 32, before=2**62, limit=4))

    assert "index" in plan.lower()
    assert re.search(r"sort|temp b-tree|aggregate|seq scan", plan, re.IGNORECASE) is None, plan


def plan_of(asked: Select[Any]) -> str:
    """Return how the database reads it; PostgreSQL as it would with tables too large to be read whole or sorted."""
    is_postgres = db.engine.dialect.name == "postgresql"
    text = str(asked.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True}))
    with db.engine.connect() as connection:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort") if is_postgres else ():
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        rows = connection.exec_driver_sql(f"{'EXPLAIN' if is_postgres else 'EXPLAIN QUERY PLAN'} {text}").all()
    return "\n".join(str(row[-1]) for row in rows)


@LANGUAGES
@ONE_BACKEND
def test_every_page_of_hers_weighs_little(harjinder: Applicant, language: str) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    looked_at(harjinder.person, 30, about=ref, fields=("father_name", "mother_name", "date_of_birth", "address"))
    allowed_by(harjinder.person, "newsletter", "digest", "channel.sms", "promo.own")

    harjinder.client.get(f"/?lang={language}")
    sizes = {path: len(brotli.compress(harjinder.client.get(f"/privacy{path}").get_data(), quality=5)) for path in PAGES}

    assert {path: size for path, size in sizes.items() if size > MOST_BYTES} == {}


def test_nobody_sees_the_page_of_somebody_else(app: Flask, client: StrictClient) -> None:
    other = somebody(app, full_name="Other Kaur")
    looked_at(other, 2)
    signed_in(client, app=app)

    page = client.page("/privacy")

    assert page.all("access-row") == []
    assert page.all("disclosure-row") == []


@ONE_BACKEND
def test_the_menu_leads_citizens_here_and_nobody_else(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    signed_in(client, app=app)
    signed_in(another_client, app=app, role="dpo")

    assert 'href="/privacy"' in client.page("/profile").text.replace("href=/privacy>", 'href="/privacy">')
    assert 'href="/privacy"' not in another_client.page("/account/security").text


@ONE_BACKEND
@pytest.mark.parametrize("argument", ["looks=x", "looks=²", "looks=-1", "looks=99999999999999999999999", "sent=AAAA-AAAA", "sent=%00"])
def test_a_place_that_is_not_there_is_not_found(app: Flask, client: StrictClient, argument: str) -> None:
    signed_in(client, app=app)

    assert client.get(f"/privacy?{argument}").status_code == 404
