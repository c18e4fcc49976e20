"""A new version of the policy: shown once on the way in, its difference to read, nothing to agree to (P10)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from msewa.consents.changes import list_changes
from msewa.consents.models import PolicySeen
from msewa.consents.texts import SHIPPED, get_policy
from msewa.extensions import db
from msewa.ledger.queries import list_entries
from msewa.web.clock import INDIA, day_of
from tests.conftest import ClockHandle
from tests.consents.conftest import at_once, sender
from tests.installation import Installation
from tests.people import Somebody, sign_in, somebody
from tests.strict_client import StrictClient

OLD = "IMEI"
NEW = {"en": "We also count trees.", "pa": "ਅਸੀਂ ਰੁੱਖ ਵੀ ਗਿਣਦੇ ਹਾਂ।", "hi": "हम पेड़ भी गिनते हैं।"}
FOR_YOU = {"en": "Your trees are counted.", "pa": "ਤੁਹਾਡੇ ਰੁੱਖ ਗਿਣੇ ਜਾਂਦੇ ਹਨ।", "hi": "आपके पेड़ गिने जाते हैं।"}


@pytest.fixture
def her(app: Flask) -> Somebody:
    return somebody(app)


@pytest.fixture
def second(installation: Installation, her: Somebody) -> Iterator[str]:
    """A version 2.0 that she does not know: one sentence gone, one new."""
    folder = installation.folder / "published"
    folder.mkdir()
    lines = (SHIPPED / "policy-1.0.yaml").read_text(encoding="utf-8").replace('version: "1.0"', 'version: "2.0"').splitlines()
    day = day_of(installation.app.extensions["clock"].now())
    lines = [f"effective_on: {day}" if line.startswith("effective_on:") else line for line in lines]
    start = next(number for number, line in enumerate(lines) if "- en: The IMEI" in line)
    lines[start : start + 3] = [f"          - en: {NEW['en']}", f"            pa: {NEW['pa']}", f"            hi: {NEW['hi']}"]
    lines += ["changes:", f"  - en: {FOR_YOU['en']}", f"    pa: {FOR_YOU['pa']}", f"    hi: {FOR_YOU['hi']}", ""]
    path = folder / "policy-2.0.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    yield "2.0"
    path.unlink()
    folder.rmdir()
    installation.app.extensions["frames"].clear()


@pytest.fixture
def same_words(installation: Installation, second: str) -> str:
    """The version 2.0 with the sentences of the first: what it changes for her stands beside them."""
    path = installation.folder / "published" / "policy-2.0.yaml"
    shipped = yaml.safe_load((SHIPPED / "policy-1.0.yaml").read_text(encoding="utf-8"))
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | {"sections": shipped["sections"]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return second


def way_in(client: StrictClient, her: Somebody, *, target: str = "/applications") -> str:
    """Sign in by the pages; return where that leads."""
    typed = {"mobile": her.mobile.removeprefix("+91"), "password": her.password}
    answer = client.submit(f"/sign-in?next={target}", "sign-in", **typed)
    assert answer.status_code == 303
    return client.submit(answer.headers["Location"], "second-factor", code=her.code()).headers["Location"]


@pytest.mark.promise("P10")
def test_a_new_version_shows_its_difference_at_the_next_sign_in(her: Somebody, client: StrictClient, second: str) -> None:
    location = way_in(client, her)
    page = client.page(location)

    said = " ".join("".join(page.one("policy-change").itertext()).split())
    assert location == "/privacy/policy/changes?next=/applications"
    assert NEW["en"] in said
    assert OLD in said
    assert FOR_YOU["en"] in page.words("policy-for-you")


@pytest.mark.promise("P10")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_a_new_version_whose_sentences_stay_says_what_changes_for_her(
    her: Somebody, client: StrictClient, same_words: str, language: str
) -> None:
    page = client.page(f"{way_in(client, her)}&lang={language}")

    assert FOR_YOU[language] in page.words("policy-for-you")
    assert page.all("policy-change") == []
    assert {"/privacy/policy/1.0", "/privacy/policy/2.0"} <= {node.get("href") for node in page.root.iter()}


@pytest.mark.promise("P10")
def test_the_difference_is_shown_once(her: Somebody, client: StrictClient, another_client: StrictClient, second: str) -> None:
    answer = client.submit(way_in(client, her), "policy-seen")

    assert answer.headers["Location"] == "/applications"
    with her.app.app_context():
        seen = db.session.scalars(select(PolicySeen)).one()
        assert (seen.version, seen.language, seen.digest) == ("2.0", "en", get_policy("2.0", "en").sha256)
        assert ("policy.seen", "2.0") in [(entry["act"], entry["about"]) for entry in list_entries(her.subject())]
    ClockHandle(her.app).advance(minutes=5)
    assert way_in(another_client, her) == "/applications"


@pytest.mark.promise("P10")
def test_who_was_away_longest_sees_the_difference_too_and_then_confirms_her_number(
    her: Somebody, client: StrictClient, another_client: StrictClient, second: str, clock: ClockHandle
) -> None:
    clock.advance(days=91)

    location = way_in(client, her)
    said = client.page(location).one("policy-change")
    onwards = client.submit(location, "policy-seen").headers["Location"]

    assert location == "/privacy/policy/changes?next=/account/security"
    assert NEW["en"] in "".join(said.itertext())
    assert onwards == "/account/security"
    assert "Is this still your mobile number?" in client.page(onwards).text
    clock.advance(minutes=5)
    assert way_in(another_client, her) == "/account/security", "her number is still to be confirmed, the difference was seen"


@pytest.mark.promise("P10")
def test_nothing_waits_for_her_to_agree(her: Somebody, client: StrictClient, second: str) -> None:
    location = way_in(client, her)
    page = client.page(location)

    links = {node.get("href") for node in page.root.iter() if node.get("href")}
    assert {"/privacy/choices", "/account/delete"} <= links
    assert client.page("/privacy/choices").one("form-choice-digest") is not None
    assert client.submit("/privacy/choices/digest", "answer", on="1").status_code == 303
    assert client.submit("/privacy/choices", "choice-digest", on="0").status_code == 303
    assert client.get("/applications").status_code == 200


@pytest.mark.promise("P10", "P52")
def test_her_account_can_be_deleted_without_a_word_on_the_new_version(her: Somebody, client: StrictClient, second: str) -> None:
    way_in(client, her)

    ended = client.submit("/account/delete", "delete")

    assert ended.headers["Location"].startswith("/account/deleted")


def test_two_tabs_that_press_seen_at_once_both_go_on(her: Somebody, client: StrictClient, second: str) -> None:
    sign_in(client, her)
    forms = [client.page("/privacy/policy/changes").fields("policy-seen") for _ in range(6)]

    answers = at_once([sender(her, "/privacy/policy/changes", values, client) for values in forms])

    assert answers == [303] * 6
    with her.app.app_context():
        assert len(db.session.scalars(select(PolicySeen)).all()) == 1
        assert [entry["act"] for entry in list_entries(her.subject())].count("policy.seen") == 1


@pytest.mark.promise("P10")
def test_old_versions_stay_with_the_same_seal(client: StrictClient, second: str) -> None:
    old = client.page("/privacy/policy/1.0")

    assert old.words("policy-digest") == "fbf14e3c2452e65d11eab518319d4fbf3a6dbb407ef6a5f3f51a3b4edcd86dc3"
    assert client.page("/privacy/policy").words("policy-digest") == client.page("/privacy/policy/2.0").words("policy-digest")
    assert "earlier version" in old.text


@pytest.mark.promise("P10")
def test_what_was_allowed_before_says_under_which_version(her: Somebody, client: StrictClient, installation: Installation) -> None:
    sign_in(client, her)
    client.submit("/privacy/choices/digest", "answer", on="1")
    folder = installation.folder / "published"
    folder.mkdir()
    text = (SHIPPED / "policy-1.0.yaml").read_text(encoding="utf-8").replace('version: "1.0"', 'version: "2.0"')
    (folder / "policy-2.0.yaml").write_text(text, encoding="utf-8")

    try:
        page = client.page("/privacy/choices")
        client.submit("/privacy/choices/newsletter", "answer", on="1")
        after = client.page("/privacy/choices")
    finally:
        (folder / "policy-2.0.yaml").unlink()
        folder.rmdir()

    def said(rows: list, purpose_id: str) -> str:
        return " ".join("".join(next(row for row in rows if row.get("data-id") == purpose_id).itertext()).split())

    assert "under policy 1.0" in said(page.all("choice-row"), "digest")
    assert "under policy 2.0" in said(after.all("choice-row"), "newsletter")


def test_a_version_that_is_not_in_force_yet_is_shown_to_nobody(her: Somebody, client: StrictClient, installation: Installation) -> None:
    folder = installation.folder / "published"
    folder.mkdir()
    text = (SHIPPED / "policy-1.0.yaml").read_text(encoding="utf-8").replace('version: "1.0"', 'version: "3.0"')
    (folder / "policy-3.0.yaml").write_text(text.replace("2026-11-23", "2999-01-01"), encoding="utf-8")

    try:
        location = way_in(client, her)
        said = client.page("/privacy/policy/3.0").text
    finally:
        (folder / "policy-3.0.yaml").unlink()
        folder.rmdir()

    assert location == "/applications"
    assert "does not hold yet" in said


@pytest.mark.promise("P10")
def test_a_notice_of_registration_holds_from_its_day_on(client: StrictClient, installation: Installation, clock: ClockHandle) -> None:
    folder, day = installation.folder / "published", day_of(clock.now()) + timedelta(days=3)
    folder.mkdir()
    lines = (SHIPPED / "registration-1.0.yaml").read_text(encoding="utf-8").replace('version: "1.0"', 'version: "2.0"').splitlines()
    lines = [f"effective_on: {day}" if line.startswith("effective_on:") else line for line in lines]
    (folder / "registration-2.0.yaml").write_text("\n".join(lines).replace("Three things, no more.", "Three things."), encoding="utf-8")

    try:
        before = client.page("/register").text
        clock.advance(days=4)
        after = client.page("/register").text
    finally:
        (folder / "registration-2.0.yaml").unlink()
        folder.rmdir()

    assert "Three things, no more." in before
    assert "Three things, no more." not in after


@pytest.mark.promise("P10")
def test_a_version_holds_from_midnight_in_india(client: StrictClient, second: str, clock: ClockHandle) -> None:
    midnight = datetime.combine(day_of(clock.now()), time(), tzinfo=INDIA)

    clock.advance(seconds=(midnight - clock.now()).total_seconds() - 60)
    before = client.page("/privacy/policy").words("policy-digest")
    clock.advance(minutes=2)

    assert client.page("/privacy/policy/1.0").words("policy-digest") == before
    assert client.page("/privacy/policy/2.0").words("policy-digest") == client.page("/privacy/policy").words("policy-digest")


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("target", ["//elsewhere.example", "https://elsewhere.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(her: Somebody, client: StrictClient, second: str, target: str) -> None:
    sign_in(client, her)

    answer = client.submit("/privacy/policy/changes", "policy-seen", next=target)

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_whoever_knows_the_policy_has_nothing_new(her: Somebody, client: StrictClient) -> None:
    sign_in(client, her)

    assert "Nothing." in client.page("/privacy/policy/changes").text


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_the_difference_is_in_her_language(her: Somebody, client: StrictClient, second: str, language: str) -> None:
    sign_in(client, her)

    page = client.page(f"/privacy/policy/changes?lang={language}")

    assert NEW[language] in page.text
    assert FOR_YOU[language] in page.text


def test_only_what_differs_is_listed(her: Somebody, second: str) -> None:
    with her.app.app_context():
        changes = list_changes(get_policy("1.0", "en"), get_policy("2.0", "en"))

    assert [[line.kind for line in change.lines if line.kind != "same"] for change in changes] == [["gone", "new"]]


@pytest.mark.promise("P1")
@pytest.mark.parametrize("time", ["once", "and again after the first was in force meanwhile"])
def test_the_foot_of_each_page_names_the_version_that_holds(
    her: Somebody, client: StrictClient, request: pytest.FixtureRequest, time: str
) -> None:
    client.get("/services")
    request.getfixturevalue("second")

    way_in(client, her)

    assert "Privacy policy 2.0" in client.page("/services").text


def test_an_account_older_than_the_first_policy_comes_in(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    clock.advance(days=-40)
    old = somebody(app)
    clock.advance(days=40)

    assert way_in(client, old) == "/applications"
