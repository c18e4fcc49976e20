"""Every address for every role, and somebody else's things as if they never were (P68)."""

import re

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.accounts.models import Account, SignInSession
from msewa.accounts.operations import visits
from msewa.accounts.operations.entering import begin_half
from msewa.accounts.rules import Visit
from msewa.extensions import db, writing
from tests.applications.conftest import Applicant
from tests.conftest import ClockHandle
from tests.people import DISTRICT_OFFICE, PROFILE, sign_in, signed_in, somebody
from tests.security.attacks import MATRIX, UNSAFE, essence, filled, mark_of, routes
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])
ROLES = {"citizen": None, "operator": None, "officer": DISTRICT_OFFICE, "dpo": None}
# Public, to systems that are registered; to nobody else whoever is signed in.
KNOWS_CALLERS = "/api/data-tracker/"
OPEN = {
    "slug": "birth-certificate",
    "section": "identity",
    "field": "gender",
    "name": "registration",
    "version": "1.0",
    "token": "AAAA",
    "ref": "AAAA-AAAA",
    "paper_id": "0" * 32,
    "session_id": "0" * 32,
    "passkey_id": "0" * 32,
    "number": "999999999",
    "size": "999999999",
    "category": "identity",
    "nominee_id": "0" * 32,
    "purpose_id": "digest",
    "agreement_id": "digest",
    "policy_id": "policy",
    "receipt_id": "0" * 36,
    "client_id": "nobody",
    "clause_id": "P1",
    "theme": "nothing",
    "table_id": "nothing",
}


def sign_in_place(location: str) -> bool:
    return location.startswith("/sign-in?next=")


@ONE
@pytest.mark.promise("P68")
def test_the_matrix_names_every_route_with_its_mark(app: Flask) -> None:
    written = {(rule, mark) for mark, rules in MATRIX.items() for rule in rules}

    assert {(rule.rule, mark_of(app, rule)) for rule in routes(app)} == written, "write the route into tests/security/access.yaml"


@ONE
@pytest.mark.promise("P68")
def test_a_visitor_is_sent_to_sign_in_from_all_that_is_not_public(app: Flask, client: StrictClient) -> None:
    wrong = {}
    for rule in routes(app):
        if "GET" in rule.methods:
            answer = client.get(filled(rule.rule, OPEN))
            is_sent = answer.status_code == 303 and sign_in_place(answer.headers["Location"])
            if is_sent == mark_of(app, rule).startswith("public") or answer.status_code >= 500:
                wrong[rule.rule] = answer.status_code

    assert wrong == {}


@ONE
@pytest.mark.promise("P68")
@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_the_matrix_says_and_nothing_else(app: Flask, client: StrictClient, role: str) -> None:
    signed_in(client, app=app, role=role, office=ROLES[role])
    wrong = {}
    for rule in routes(app):
        if "GET" in rule.methods:
            status = client.get(filled(rule.rule, OPEN)).status_code
            is_shut = mark_of(app, rule).partition(" ")[0] in {"citizen", "dpo"} - {role}
            shut = 404 if "<" in rule.rule else 403
            is_refused = status == 403 and not rule.rule.startswith(KNOWS_CALLERS)
            if status >= 500 or (status != shut if is_shut else is_refused):
                wrong[rule.rule] = status

    assert wrong == {}


@ONE
@pytest.mark.promise("P68")
@pytest.mark.parametrize("role", ["citizen", "operator", "officer", "dpo"])
def test_no_other_role_sends_a_citizens_or_an_officers_form(app: Flask, client: StrictClient, role: str) -> None:
    signed_in(client, app=app, role=role, office=ROLES[role])
    token = _token(client)

    wrong = {}
    for rule in routes(app):
        for method in set(UNSAFE) & rule.methods:
            if mark_of(app, rule).partition(" ")[0] in {"citizen", "dpo"} - {role}:
                wrong[rule.rule] = client.open(filled(rule.rule, OPEN), method=method, data={"csrf_token": token}).status_code
    answer = client.post("/services/birth-certificate/apply", data={"csrf_token": token})

    assert {rule: status for rule, status in wrong.items() if status != (404 if "<" in rule else 403)} == {}
    assert answer.status_code == (403 if role != "citizen" else 303)


def _token(client: StrictClient) -> str:
    return re.search(r'name="?csrf_token"? value="?([^"> ]+)', client.get("/account/security").get_data(as_text=True))[1]


@ONE
@pytest.mark.promise("P68")
@pytest.mark.parametrize(("role", "least"), [("citizen", 10), ("dpo", 12)])
def test_what_matters_most_asks_for_proof_again_after_ten_minutes(
    app: Flask, client: StrictClient, clock: ClockHandle, role: str, least: int
) -> None:
    signed_in(client, app=app, role=role)
    token = _token(client)
    clock.advance(minutes=10, seconds=1)
    wrong = {}
    for rule in routes(app):
        if mark_of(app, rule) in ("signed_in + fresh", f"{role} + fresh"):
            for method in {"GET", "POST"} & rule.methods:
                answer = client.open(filled(rule.rule, OPEN), method=method, data={"csrf_token": token} if method == "POST" else None)
                wrong[rule.rule, method] = answer.headers.get("Location", "").partition("?")[0]

    assert len(wrong) >= 10
    assert set(wrong.values()) == {"/account/prove"}


@pytest.mark.promise("P68")
def test_somebody_elses_things_are_as_if_they_never_were(harjinder: Applicant, stranger: Applicant) -> None:
    theirs = _things_of(harjinder)
    nobodys = {"ref": "QQQQ-QQQQ", "paper_id": "f" * 32, "session_id": "e" * 32}
    fields = stranger.page("/services/birth-certificate").fields("apply")
    token = {name: fields[name] for name in ("csrf_token",)}

    told_apart = {}
    for rule in routes(harjinder.app):
        if not {"<ref>", "<paper_id>", "<session_id>"} & set(re.findall(r"<\w+>", rule.rule)):
            continue
        for method in {"GET", "POST"} & rule.methods:
            data = token if method == "POST" else None
            seen = [
                essence(stranger.client.open(filled(rule.rule, OPEN | values), method=method, data=data), hide=values.values())
                for values in (theirs, nobodys)
            ]
            if seen[0] != seen[1] or (seen[0][0] not in (404, 303)):
                told_apart[rule.rule, method] = [one[:2] for one in seen]

    assert told_apart == {}
    assert _things_of(harjinder, begin=False) == theirs, "and nothing of hers has changed"
    assert harjinder.client.get("/account/security").status_code == 200


def _things_of(applicant: Applicant, *, begin: bool = True) -> dict[str, str]:
    if begin:
        applicant.fill(applicant.begin())
    listed = applicant.page("/applications")
    ref = listed.one("application-row").get("data-id")
    link = applicant.page(f"/applications/{ref}/edit?step=4").one("value-id_proof").get("href")
    with applicant.app.app_context():
        visit = db.session.query(SignInSession.id).filter_by(account_id=applicant.person.id, kind=Visit.FULL).scalar()
    return {"ref": ref, "paper_id": link.rpartition("/")[2], "session_id": visit}


@pytest.mark.promise("P68")
def test_a_paper_of_ones_own_is_not_reached_through_another_application(harjinder: Applicant) -> None:
    things = _things_of(harjinder)
    other = harjinder.begin("income-certificate").rpartition("/")[2]

    assert harjinder.client.get(f"/applications/{other}/papers/{things['paper_id']}").status_code == 404


@ONE
@pytest.mark.promise("P68")
def test_a_suspended_account_is_out_at_the_next_request(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    before = client.get("/profile").status_code
    with app.app_context(), writing():
        db.session.execute(update(Account).where(Account.id == person.id).values(state="suspended"))
        db.session.commit()

    assert before == 200
    assert sign_in_place(client.get("/profile").headers["Location"])


@ONE
@pytest.mark.promise("P68")
def test_a_changed_role_counts_from_the_next_request(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    with app.app_context(), writing():
        db.session.execute(update(Account).where(Account.id == person.id).values(role="officer"))
        db.session.commit()

    assert client.get("/profile").status_code == 403


@ONE
@pytest.mark.promise("P68")
@pytest.mark.parametrize("forged", ["", "x", "A" * 43, "ੳ", "../../", "' or 1=1 --", "\x00", "A" * 4000])
def test_a_made_up_visit_is_nobody(app: Flask, client: StrictClient, forged: str) -> None:
    signed_in(client, app=app)
    stranger = StrictClient.of(app)

    answer = stranger.get("/profile", headers={"Cookie": f"session={forged}".encode().decode("latin-1")})

    assert answer.status_code == 303
    assert sign_in_place(answer.headers["Location"])


@ONE
@pytest.mark.promise("P68")
def test_a_half_finished_visit_opens_nothing(app: Flask, client: StrictClient) -> None:
    person = somebody(app, profile=PROFILE)
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        half = begin_half(person.id, next_path="/profile", now=now)
        _, enrolling = visits.begin(Visit.ENROL, data={"full_name": "x"}, now=now)
        _, recovering = visits.begin(Visit.RECOVER, data={"account": person.id}, now=now, account_id=person.id)
        db.session.commit()

    for token in (half, enrolling, recovering):
        client.set_cookie("session", token)
        assert {client.get(path).status_code for path in ("/profile", "/applications", "/account/security")} == {303}


@ONE
@pytest.mark.promise("P68")
def test_a_visit_that_was_ended_does_not_come_back(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    person = signed_in(client, app=app)
    kept = client.get_cookie("session").value
    client.submit("/account/security", "sign-out")

    another_client.set_cookie("session", kept)
    sign_in(client, person)

    assert another_client.get("/profile").status_code == 303
    assert client.get("/profile").status_code == 200
