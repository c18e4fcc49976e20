"""The operator ends an account: by the same path, with a reason, a way to object, and her data in her hands first (P58)."""

import io
import json
import threading
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.operations.numbers import revoke_numbers
from msewa.closure.models import Archive, Termination
from msewa.closure.operations import terminating
from msewa.extensions import db, writing
from msewa.ledger.rules import SYSTEM
from tests.accounts.walking import Post
from tests.closure.conftest import run, work
from tests.conftest import ClockHandle
from tests.people import PROFILE, Somebody, sign_in, signed_in, somebody
from tests.strict_client import StrictClient

WHY = "This account was opened with somebody else's papers, order 12/2026."
ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def ended(app: Flask, post: Post) -> tuple[Somebody, str]:
    """Somebody whose account is ending, and the path of the link she was sent."""
    person = somebody(app, profile=PROFILE, email="ending@example.org")
    answer = run(app, "terminate", "begin", "-", "--why", WHY, typed=person.mobile)
    assert answer.exit_code == 0, answer.output
    [letter] = [one for one in post.to(person.mobile) if one.template == "account_ending"]
    return person, "/" + letter.links[0].split("/", 3)[3]


def accounts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Account.id)))


@pytest.mark.promise("P58")
def test_she_reads_why_and_how_to_object(ended: tuple[Somebody, str], client: StrictClient, post: Post) -> None:
    person, path = ended

    page = client.page(path)

    assert page.words("value-why") == WHY
    assert "Data Protection Board" in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert client.get(path).headers["Cache-Control"] == "no-store"
    assert "account_ending" in post.templates_to(person.email)


@pytest.mark.promise("P58")
def test_she_takes_her_data_once_with_a_code_of_her_own(ended: tuple[Somebody, str], app: Flask, client: StrictClient) -> None:
    person, path = ended

    stranger = client.submit(path, "export", code="000000")
    taken = client.submit(path, "export", code=person.code())
    again = client.page(path)

    assert stranger.status_code == 422
    assert taken.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(taken.get_data()))
    assert json.loads(archive.read("profile.json"))["bank_account"]["value"] == PROFILE["bank_account"]
    assert again.all("form-export") == []


@pytest.mark.promise("P58")
def test_a_page_that_was_kept_open_does_not_give_her_data_a_second_time(
    ended: tuple[Somebody, str], client: StrictClient, clock: ClockHandle
) -> None:
    person, path = ended
    kept_open = client.page(path).fields("export")

    first = client.post(path, data={**kept_open, "code": person.code()})
    clock.advance(minutes=1)
    second = client.post(path, data={**kept_open, "code": person.code()})

    assert first.mimetype == "application/zip"
    assert (second.status_code, second.mimetype) == (404, "text/html")


@ONE
@pytest.mark.promise("P58")
def test_the_operator_hears_whether_she_could_be_told(app: Flask) -> None:
    told, untold = somebody(app), somebody(app)
    with app.app_context(), writing():
        list(revoke_numbers([untold.mobile], now=app.extensions["clock"].now()))
        db.session.commit()

    said = [run(app, "terminate", "begin", "-", "--why", WHY, typed=person.mobile).output for person in (told, untold)]

    assert "its owner told" in said[0]
    assert "NOBODY TOLD" in said[1]


@ONE
@pytest.mark.promise("P58")
def test_nobody_signs_in_meanwhile(ended: tuple[Somebody, str], client: StrictClient) -> None:
    person, _ = ended
    sign_in(client, person)

    assert client.get("/profile").headers["Location"].startswith("/sign-in")


@pytest.mark.promise("P57", "P58")
def test_after_the_time_to_object_the_account_goes_the_same_path(
    ended: tuple[Somebody, str], app: Flask, clock: ClockHandle, client: StrictClient, custodians
) -> None:
    person, path = ended
    clock.advance(days=29)
    work(app)
    before = accounts(app)

    clock.advance(days=1, minutes=1)
    work(app)

    assert before == [person.id]
    assert accounts(app) == []
    [(content, _)] = custodians()
    assert content["termination"]["why"] == WHY
    assert client.get(path).status_code == 404


@pytest.mark.promise("P58", "P65")
def test_whoever_rests_is_told_all_the_same(app: Flask, client: StrictClient, post: Post, clock: ClockHandle) -> None:
    person = signed_in(client, app=app)
    client.submit("/account/deregister", "deregister")

    run(app, "terminate", "begin", "-", "--why", WHY, typed=person.mobile)
    told = post.templates_to(person.mobile)
    run(app, "terminate", "take-back", "-", typed=person.mobile)
    clock.advance(days=31)
    work(app)

    assert told == ["account_ending"]
    assert accounts(app) == [person.id], "her rest ended when the operator began"


@ONE
@pytest.mark.promise("P58")
def test_an_objection_that_holds_opens_it_again_and_she_is_told(
    ended: tuple[Somebody, str], app: Flask, clock: ClockHandle, client: StrictClient, post: Post
) -> None:
    person, _ = ended

    answer = run(app, "terminate", "take-back", "-", typed=person.mobile)
    clock.advance(days=31)
    work(app)

    assert answer.exit_code == 0, answer.output
    assert accounts(app) == [person.id]
    assert post.templates_to(person.email)[-1] == post.templates_to(person.mobile)[-1] == "account_stays"
    sign_in(client, person)
    assert client.get("/profile").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Termination.account_id)).all() == []
        assert db.session.scalars(select(Archive.id)).all() == []


@ONE
@pytest.mark.parametrize("arguments", [("--why", " "), ("--why", "x" * 2001)])
def test_without_a_reason_nobodys_account_ends(app: Flask, arguments: tuple[str, str]) -> None:
    person = somebody(app)

    refused = run(app, "terminate", "begin", "-", *arguments, typed=person.mobile)

    assert refused.exit_code == 1
    assert "Say in a sentence why" in refused.output


@ONE
@pytest.mark.promise("P25")
def test_her_number_stands_in_a_file_and_never_on_the_command_line(app: Flask, tmp_path: Path) -> None:
    person, file = somebody(app), tmp_path / "number.txt"
    file.write_text(f"{person.mobile}\n", encoding="utf-8-sig")

    refused = run(app, "terminate", "begin", person.mobile, "--why", WHY)
    begun = run(app, "terminate", "begin", str(file), "--why", WHY)
    file.write_bytes("ਅਮਨ".encode("utf-16"))
    unread = run(app, "terminate", "begin", str(file), "--why", WHY)

    assert (refused.exit_code, "No such file" in refused.output) == (2, True)
    assert begun.exit_code == 0, begun.output
    assert (unread.exit_code, unread.output) == (1, "Error: This is no mobile number.\n")


@pytest.mark.parametrize("backend", ["postgres"])
@pytest.mark.promise("P58")
def test_whoever_is_taken_back_at_the_last_moment_is_not_erased(ended: tuple[Somebody, str], app: Flask, clock: ClockHandle) -> None:
    """The worker begins to end the account while the operator's word is not committed yet."""
    person, _ = ended
    clock.advance(days=31)
    now = clock.now()

    def end() -> None:
        with app.app_context(), writing():
            terminating.finish(person.id, now=now)
            db.session.commit()

    worker = threading.Thread(target=end)
    with app.app_context(), writing():
        terminating.take_back(person.id, actor=SYSTEM, now=now)
        worker.start()
        worker.join(0.5)
        db.session.commit()
    worker.join(10)

    assert accounts(app) == [person.id]
