"""flask accounts appoint and dismiss: in production nobody but the operator gives a role, and only to an account with nothing in it."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.accounts.models import Account
from msewa.accounts.operations.appointing import appoint
from msewa.accounts.queries import find_account_id
from msewa.accounts.rules import State
from msewa.applications.models import Application
from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from tests.accounts.walking import Post, is_signed_in, register
from tests.people import PROFILE, Somebody, sign_in, signed_in, somebody
from tests.strict_client import StrictClient

pytestmark = pytest.mark.promise("P68")
OFFICE = "revenue"


def run(app: Flask, *arguments: str, number: str) -> Any:
    return app.test_cli_runner().invoke(args=["accounts", *arguments], input=f"{number}\n")


def role_of(app: Flask, account_id: str | None) -> tuple[str, str | None]:
    with app.app_context():
        row = db.session.execute(select(Account.role, Account.office).where(Account.id == account_id)).one()
    return row.role, row.office


def acts_of(person: Somebody) -> list[str]:
    with person.app.app_context():
        return [entry["act"] for entry in list_entries(person.subject())]


def test_whoever_registered_herself_gets_into_the_console_once_appointed(app: Flask, client: StrictClient, post: Post) -> None:
    register(client, app, post, number="98140 66417")
    client.get("/privacy")
    with app.app_context():
        account_id = find_account_id(mobile="+919814066417")

    result = run(app, "appoint", "dpo", number="98140 66417")

    assert (result.exit_code, result.stdout) == (0, "The account has the role dpo now. Its owner signs in anew.\n")
    assert role_of(app, account_id) == ("dpo", None)
    assert not is_signed_in(client), "a visit begun as a citizen does not become an officer's"


def test_the_officer_acts_for_her_office_until_the_role_is_taken_back(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    given = run(app, "appoint", "officer", "--office", OFFICE, number=person.mobile)
    sign_in(client, person)
    as_officer = (role_of(app, person.id), client.get("/profile").status_code)
    taken = run(app, "dismiss", number=person.mobile)

    assert given.stdout == f"The account has the role officer now at {OFFICE}. Its owner signs in anew.\n"
    assert as_officer == (("officer", OFFICE), 403)
    assert taken.stdout == "The account is a citizen's again. Its owner signs in anew.\n"
    assert role_of(app, person.id) == ("citizen", None)
    assert not is_signed_in(client)
    sign_in(client, person)
    page = client.page("/privacy/looks?all=1").text
    assert "The operator of mSewa made this an account for work" in page
    assert "The operator of mSewa made this your own account again" in page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("appoint", "minister"), "There is no role 'minister': it is one of officer, dpo, operator."),
        (("appoint", "citizen"), "There is no role 'citizen': it is one of officer, dpo, operator."),
        (("appoint", "officer"), "Say at which office: --office ID."),
        (("appoint", "officer", "--office", "nobody"), "There is no office 'nobody'"),
        (("appoint", "dpo", "--office", OFFICE), "Only an officer has an office."),
        (("dismiss",), "This account has no role."),
    ],
)
def test_what_can_not_be_is_said_in_one_line_and_changes_nothing(app: Flask, arguments: tuple[str, ...], sentence: str) -> None:
    person = somebody(app)

    result = run(app, *arguments, number=person.mobile)

    assert result.exit_code == 1
    assert sentence in result.stderr.splitlines()[-1]
    assert role_of(app, person.id) == ("citizen", None)
    assert acts_of(person) == ["account.registered"]


@pytest.mark.parametrize(("number", "sentence"), [("98765", "This is no mobile number."), ("7999999999", "Nobody has this number")])
def test_a_number_that_is_none_or_nobodys_is_said_in_one_line(app: Flask, number: str, sentence: str) -> None:
    given, taken = run(app, "appoint", "dpo", number=number), run(app, "dismiss", number=number)

    assert [one.exit_code for one in (given, taken)] == [1, 1]
    assert all(sentence in one.stderr.splitlines()[-1] for one in (given, taken))


def test_a_second_role_waits_until_the_first_is_taken_back(app: Flask) -> None:
    officer = somebody(app, role="officer", office=OFFICE)

    result = run(app, "appoint", "dpo", number=officer.mobile)

    assert "This account has a role already (officer): take that back first." in result.stderr
    assert role_of(app, officer.id) == ("officer", OFFICE)


@pytest.mark.parametrize("thing", ["a profile", "an application", "a complaint"])
def test_an_account_in_which_a_citizen_has_anything_gets_no_role(app: Flask, client: StrictClient, thing: str) -> None:
    person = signed_in(client, app=app, profile=PROFILE if thing == "a profile" else None)
    if thing == "an application":
        client.submit("/services/birth-certificate", "apply")
    if thing == "a complaint":
        client.submit("/grievances/new", "grievance", text="Why?")

    result = run(app, "appoint", "dpo", number=person.mobile)

    assert "This account has been used as a citizen's" in result.stderr
    assert role_of(app, person.id) == ("citizen", None)
    assert is_signed_in(client)


def test_whoever_was_staff_before_may_be_so_again(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    run(app, "appoint", "operator", number=person.mobile)
    run(app, "dismiss", number=person.mobile)

    result = run(app, "appoint", "dpo", number=person.mobile)

    assert result.exit_code == 0, result.output
    assert role_of(app, person.id) == ("dpo", None)


def test_a_number_that_was_given_up_and_a_paused_account_get_no_role(app: Flask, tmp_path: Path) -> None:
    gone, paused = somebody(app), somebody(app)
    (tmp_path / "numbers.txt").write_text(gone.mobile)
    app.test_cli_runner().invoke(args=["accounts", "revoked-numbers", str(tmp_path / "numbers.txt")])
    with app.app_context():
        db.session.execute(update(Account).where(Account.id == paused.id).values(state=State.RESTING))
        db.session.commit()

    refused = [run(app, "appoint", "dpo", number=one.mobile) for one in (gone, paused)]

    assert "This number was given up" in refused[0].stderr
    assert "This account is paused or ending." in refused[1].stderr
    assert [role_of(app, one.id)[0] for one in (gone, paused)] == ["citizen", "citizen"]


@pytest.mark.parametrize("backend", ["postgres"])
def test_nothing_is_written_as_a_citizen_into_an_account_that_is_being_appointed(app: Flask, client: StrictClient) -> None:
    person, taken = signed_in(client, app=app), threading.Event()
    fields = client.page("/services/birth-certificate").fields("apply")

    def operator() -> None:
        with app.app_context(), writing():
            appoint(person.mobile, role="dpo", office=None, now=app.extensions["clock"].now())
            taken.set()
            time.sleep(0.3)  # until the citizen's request waits for the account
            db.session.commit()

    thread = threading.Thread(target=operator)
    thread.start()
    taken.wait(10)
    answer = client.post("/services/birth-certificate/apply", data=fields)
    thread.join(10)

    assert answer.headers["Location"].startswith("/sign-in")
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Application.account_id == person.id)) == 0
