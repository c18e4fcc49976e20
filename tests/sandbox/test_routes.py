"""What testers rely on: outbox, people, clock, reset, pretend departments, work; and none of it in production."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from flask import Flask
from pyotp.totp import TOTP
from sqlalchemy import func, select

from msewa import create_app
from msewa.accounts.models import Account
from msewa.catalogue.models import CatalogueService
from msewa.catalogue.operations import suspend_provider
from msewa.catalogue.queries import is_registered
from msewa.config import Settings
from msewa.crypto.keyring import KeyRing
from msewa.delivery.operations import dispatch
from msewa.extensions import Base, db, writing
from msewa.notifications.operations import send
from msewa.sandbox import seeding
from msewa.sandbox.models import SandboxKey, SandboxMessage, SandboxParcel
from tests.conftest import ClockHandle
from tests.strict_client import StrictClient

PATHS = [
    ("GET", "/sandbox"),
    ("GET", "/sandbox/outbox.json"),
    ("GET", "/sandbox/personas.json"),
    ("GET", "/sandbox/clock.json"),
    ("POST", "/sandbox/clock"),
    ("POST", "/sandbox/reset"),
    ("GET", "/sandbox/providers/health/inbox.json"),
    ("POST", "/sandbox/work"),
]
PAYLOAD = '{"fields":{"full_name":"ਹਰਜਿੰਦਰ"}}'.encode()
MOBILE = "+916280014799"


def send_sms(app: Flask, *, to: str = MOBILE, code: str = "482913") -> None:
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        send("code_register", to=to, channel="sms", language="pa", values={"code": code}, now=now)
        db.session.commit()


def send_package(app: Flask, application_id: str = "a" * 32) -> None:
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        dispatch(application_id, provider_id="health", payload=PAYLOAD, papers=[("id_proof", "image/png", b"png")], now=now)
        db.session.commit()


def test_the_outbox_shows_messages_to_one_address_newest_first(seeded: Flask, client: StrictClient) -> None:
    send_sms(seeded, code="111111")
    send_sms(seeded, code="222222")
    send_sms(seeded, to="+916280014798", code="333333")
    client.post("/sandbox/work")

    messages = client.get("/sandbox/outbox.json", query_string={"to": "62800 14799"}).json

    assert [message["codes"] for message in messages] == [{"otp": "222222"}, {"otp": "111111"}]
    assert set(messages[0]) == {"id", "channel", "to", "template", "lang", "text", "codes", "links", "at"}
    assert (messages[0]["to"], messages[0]["lang"], messages[0]["channel"]) == (MOBILE, "pa", "sms")
    assert datetime.fromisoformat(messages[0]["at"]).tzinfo


@pytest.mark.parametrize("to", ["", "nobody", "9", "someone@example.org", "\x00"])
def test_an_address_that_got_nothing_has_an_empty_outbox(seeded: Flask, client: StrictClient, to: str) -> None:
    assert client.get("/sandbox/outbox.json", query_string={"to": to}).json == []


def test_everybody_needed_is_among_the_people_and_shows_the_code_of_now(seeded: Flask, client: StrictClient, clock: ClockHandle) -> None:
    people = client.get("/sandbox/personas.json").json

    roles = sorted((person["role"], person["office"] or "") for person in people)
    assert roles == [
        ("citizen", ""),
        ("citizen", ""),
        ("dpo", ""),
        ("dpo", ""),
        ("officer", "health"),
        ("officer", "revenue"),
        ("operator", ""),
    ]
    assert {"id", "name", "role", "mobile", "password", "totp_secret", "about"} <= set(people[0])
    assert TOTP(people[0]["totp_secret"]).verify(people[0]["totp_now"], for_time=clock.now(), valid_window=1)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("P3Y", timedelta(days=1096)), ("PT15M", timedelta(minutes=15)), ("P1DT2H", timedelta(days=1, hours=2)), ("P2W", timedelta(days=14))],
)
def test_the_clock_moves_on_by_a_duration(client: StrictClient, duration: str, expected: timedelta) -> None:
    before = datetime.fromisoformat(client.get("/sandbox/clock.json").json["now"])

    client.post("/sandbox/clock", data={"advance": duration})
    after = datetime.fromisoformat(client.get("/sandbox/clock.json").json["now"])

    assert abs(after - before - expected) < timedelta(days=1.5 if "Y" in duration else 0, seconds=5)


def test_the_clock_moves_to_a_moment(client: StrictClient) -> None:
    answer = client.post("/sandbox/clock", data={"set": "2031-05-06T07:08:09Z"}).json

    assert abs(datetime.fromisoformat(answer["now"]) - datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"advance": "soon"},
        {"advance": "P"},
        {"advance": "P1DT"},
        {"advance": "P৩D"},
        {"advance": "P999Y"},
        {"advance": "PT999999999S", "set": "x"},
        {"advance": "-P1D"},
        {"set": "tomorrow"},
        {"set": "9999-12-31T23:59:59Z"},
        {"set": "0001-01-01T00:00:00+14:00"},
        {"set": "1999-12-31"},
        {"set": "2026-13-01"},
    ],
    ids=str,
)
def test_nonsense_leaves_the_clock_as_it_is(client: StrictClient, typed: dict[str, str]) -> None:
    before = client.get("/sandbox/clock.json").json["now"]

    answer = client.post("/sandbox/clock", data=typed)
    after = client.get("/sandbox/clock.json").json["now"]

    is_long_but_good = typed.get("advance") == "PT999999999S"
    assert answer.status_code == (200 if is_long_but_good else 422)
    assert is_long_but_good or datetime.fromisoformat(after) - datetime.fromisoformat(before) < timedelta(seconds=5)


@pytest.mark.promise("P27")
def test_a_pretend_department_shows_the_package_it_opened_and_no_other_departments(seeded: Flask, client: StrictClient) -> None:
    send_package(seeded)
    client.post("/sandbox/work")

    (parcel,) = client.get("/sandbox/providers/health/inbox.json").json

    assert parcel["payload_text"].encode() == PAYLOAD
    assert parcel["package"]["payload"] == {"fields": {"full_name": "ਹਰਜਿੰਦਰ"}}
    assert [paper["name"] for paper in parcel["package"]["papers"]] == ["id_proof"]
    assert client.get("/sandbox/providers/revenue/inbox.json").json == []
    assert client.get("/sandbox/providers/nowhere/inbox.json").status_code == 404


@pytest.mark.promise("P70")
def test_what_the_pretend_world_keeps_is_sealed(seeded: Flask, client: StrictClient) -> None:
    send_sms(seeded)
    send_package(seeded)
    client.post("/sandbox/work")

    with seeded.app_context():
        kept = [
            repr(db.session.execute(select(table.__table__)).all()).encode() + b"".join(db.session.scalars(select(table.sealed)))
            for table in (SandboxMessage, SandboxParcel, SandboxKey)
        ]

    for secret in ("482913", "6280014799", "ਹਰਜਿੰਦਰ", '"d"'):
        assert all(secret.encode() not in rows for rows in kept)


def test_work_runs_until_nothing_is_due(seeded: Flask, client: StrictClient) -> None:
    for number in range(3):
        send_sms(seeded, code=f"{number}" * 6)

    first, second = client.post("/sandbox/work").json, client.post("/sandbox/work").json

    assert (first, second) == ({"done": 3}, {"done": 0})


def test_a_reset_goes_back_to_the_first_start(seeded: Flask, client: StrictClient) -> None:
    send_sms(seeded)
    send_package(seeded)
    client.post("/sandbox/work")
    client.post("/sandbox/clock", data={"advance": "P3Y"})
    with seeded.app_context(), writing():
        services = db.session.scalar(select(func.count()).select_from(CatalogueService))
        people = set(db.session.scalars(select(Account.id)))
        suspend_provider("health")
        db.session.commit()

    answer = client.post("/sandbox/reset")

    with seeded.app_context():
        counts = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}
        assert (counts["catalogue_service"], counts["account"]) == (services, len(people))
        assert not people & set(db.session.scalars(select(Account.id)))
        assert [counts[name] for name in ("message", "package", "sandbox_message", "sandbox_parcel")] == [0] * 4
        assert is_registered("health")
        assert seeding.is_seeded()
    times = client.get("/sandbox/clock.json").json
    assert answer.status_code == 200
    assert times["now"][:16] == times["machine"][:16]


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_the_page_for_people_shows_everything_at_once(seeded: Flask, client: StrictClient, language: str) -> None:
    send_sms(seeded)
    send_package(seeded)
    client.post("/sandbox/work")

    page = client.page(f"/sandbox?lang={language}")

    assert len(page.all("persona-row")) == 7
    assert len(page.all("message-row")) == 1
    assert [row.get("data-id") for row in page.all("provider-row")] == ["health"]
    assert page.all("page-sandbox.desk")


def test_a_person_who_presses_a_button_comes_back_to_the_page(seeded: Flask, client: StrictClient) -> None:
    as_browsers_do = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    answer = client.post("/sandbox/clock", data={"advance": "P1D"}, headers=as_browsers_do)

    assert (answer.status_code, answer.location) == (303, "/sandbox")


@pytest.mark.promise("P68")
def test_in_production_there_is_no_sandbox(tmp_path: Path) -> None:
    KeyRing.create(tmp_path / "keyring.json", now=datetime.now(UTC), mode_demo=False)
    app = create_app(
        Settings(
            mode="production",
            data=tmp_path,
            public_url="https://msewa.example.org",
            sms_url="https://sms.example.org/",
            smtp_url="smtps://mail.example.org",
            contact="help@msewa.example.org",
        )
    )
    visitor = app.test_client()

    answers = {
        (method, path): visitor.open(path, method=method, base_url="https://msewa.example.org").status_code for method, path in PATHS
    }
    commands = app.cli.list_commands(None)

    assert set(answers.values()) == {404}
    assert "seed" not in commands
    assert not [rule for rule in app.url_map.iter_rules() if "sandbox" in rule.rule or "sandbox" in rule.endpoint]


def test_in_demo_mode_every_path_of_the_sandbox_answers(seeded: Flask, client: StrictClient) -> None:
    answers = {(method, path): client.open(path, method=method).status_code for method, path in PATHS}

    assert set(answers.values()) <= {200, 422}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_page_stays_light_however_much_was_sent(seeded: Flask, client: StrictClient) -> None:
    link = "https://msewa.punjab.gov.in/account/not-me/"
    with seeded.app_context(), writing():
        for number in range(12):
            values = {"link": link + hashlib.sha256(str(number).encode()).hexdigest()}
            send("notice_new_device", to=MOBILE, channel="sms", language="pa", values=values, now=seeded.extensions["clock"].now())
        db.session.commit()
    send_package(seeded)
    client.post("/sandbox/work")

    page = client.page("/sandbox?lang=pa")

    assert len(page.all("message-row")) == 5
    assert [row.get("data-id") for row in page.all("provider-row")] == ["health"]
    assert len(brotli.compress(page.text.encode(), quality=5)) <= 4096
