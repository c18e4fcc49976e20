"""Ways in that were begun and not finished: they end with every visit of the account when what guards it changes."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from msewa.accounts.links import NOT_ME, link_to
from msewa.accounts.models import SignInSession
from msewa.accounts.operations import proving, securing, visits
from msewa.accounts.operations.entering import begin_half
from msewa.accounts.operations.hashing import hash_codes, hash_password
from msewa.accounts.operations.numbers import revoke_numbers
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.operations.visits import VisitOverError
from msewa.accounts.queries import find_pending_reset, get_subject
from msewa.accounts.rules import Visit
from msewa.closure.operations import close_account
from msewa.extensions import db, writing
from tests.accounts.walking import Post, code_of, is_signed_in, visit_kinds
from tests.at_once import at_once, prepared
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import StrictClient

NEW_PASSWORD = "panj pind chhe khuh 31"
PAPER = "ABCD-EFGH-JKLM-NPQR"
pytestmark = pytest.mark.promise("P68", "P75")


@pytest.fixture
def person(app: Flask) -> Somebody:
    made = somebody(app)
    with app.app_context(), writing():
        add_recovery_codes(get_subject(made.id), hash_codes([PAPER], account_id=made.id))
        db.session.commit()
    return made


@pytest.fixture
def thief(app: Flask) -> StrictClient:
    return StrictClient.of(app)


def to_a_new_app(thief: StrictClient, person: Somebody, post: Post) -> str:
    """Prove password and paper key; return the secret of the app that comes next."""
    thief.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    assert thief.submit("/recover/phone", "recover-phone", password=person.password, code=PAPER).status_code == 303
    return thief.page("/recover/second-factor").words("totp-secret")


def to_a_new_password(thief: StrictClient, person: Somebody, post: Post) -> str:
    """Prove number and paper key."""
    thief.submit("/recover", "recover", mobile=person.mobile, lost="password")
    thief.submit("/recover/verify", "verify", code=post.code_to(person.mobile))
    assert thief.submit("/recover/prove", "recover-prove", code=PAPER).headers["Location"] == "/recover/password"
    return ""


def to_the_second_key(thief: StrictClient, person: Somebody, post: Post) -> str:
    """Prove the password, and come back for the rest."""
    assert thief.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password).status_code == 303
    return ""


def new_password(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    return client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)


def new_app(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    secret = client.page("/account/second-factor").words("totp-secret")
    return client.submit("/account/second-factor", "second-factor", code=code_of(app, secret))


def not_me(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    with app.app_context():
        link = link_to(NOT_ME, person.id, now=app.extensions["clock"].now())
    return client.submit(urlsplit(link).path, "not-me")


def end_others(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    let_in(StrictClient.of(app), person)
    return client.submit("/account/security", "end-others")


def rest(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    return client.submit("/account/deregister", "deregister")


def new_paper(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    return client.submit("/account/recovery-codes", "renew-codes")


def new_number(app: Flask, client: StrictClient, person: Somebody, post: Post) -> Any:
    client.submit("/account/mobile", "mobile", mobile="7111122224")
    return client.submit("/account/mobile/verify", "verify", code=post.code_to("+917111122224"))


@pytest.mark.parametrize("ends", [new_password, new_app, not_me, end_others, rest])
@pytest.mark.parametrize("begins", [to_a_new_app, to_a_new_password, to_the_second_key])
def test_what_was_begun_with_her_keys_ends_with_her_visits(app, client, thief, person, post, begins, ends):
    begins(thief, person, post)
    let_in(client, person)

    answer = ends(app, client, person, post)

    assert answer.status_code == 303
    assert visit_kinds(app, thief) == []


@pytest.mark.parametrize("ends", [new_paper, new_number])
@pytest.mark.parametrize("begins", [to_a_new_app, to_a_new_password])
def test_a_recovery_ends_when_the_keys_it_was_begun_with_are_replaced(app, client, thief, person, post, begins, ends):
    begins(thief, person, post)
    let_in(client, person)

    answer = ends(app, client, person, post)

    assert answer.status_code == 303
    assert visit_kinds(app, thief) == []
    assert is_signed_in(client)


@pytest.mark.promise("P66")
def test_a_recovery_ends_when_its_number_is_given_up(app, thief, person, post):
    to_a_new_password(thief, person, post)

    with app.app_context(), writing():
        assert list(revoke_numbers([person.mobile], now=app.extensions["clock"].now())) == [True]
        db.session.commit()

    assert visit_kinds(app, thief) == []


def test_a_stolen_paper_key_opens_nothing_after_a_new_password_and_not_me(app, client, thief, person, post):
    secret = to_a_new_app(thief, person, post)
    values = {**thief.page("/recover/second-factor").fields("second-factor"), "code": code_of(app, secret)}
    let_in(client, person)
    new_password(app, client, person, post)
    not_me(app, client, person, post)

    answer = thief.post("/recover/second-factor", data=values)

    assert answer.status_code == 422
    assert not is_signed_in(thief)


@pytest.mark.parametrize("begins", [to_a_new_app, to_a_new_password])
def test_a_paper_key_used_to_get_back_in_is_told(thief, person, post, begins):
    begins(thief, person, post)

    assert post.templates_to(person.mobile).count("notice_code_used") == 1


@pytest.mark.promise("P53")
@pytest.mark.parametrize("lost", ["phone", "password", "everything"])
def test_what_anybody_may_type_names_no_account(app, thief, person, lost):
    thief.submit("/recover", "recover", mobile=person.mobile, lost=lost)

    with app.app_context():
        row = db.session.scalars(select(SignInSession)).one()
        assert row.account_id is None
        assert person.id not in str(visits.data_of(row.id, row.data_key, row.sealed))


@pytest.mark.parametrize("changes", [new_password, new_app])
def test_new_keys_of_her_own_stop_a_new_beginning_that_somebody_else_asked_for(app, client, thief, person, post, changes):
    thief.submit("/recover", "recover", mobile=person.mobile, lost="everything")
    thief.submit("/recover/verify", "verify", code=post.code_to(person.mobile))
    let_in(client, person)

    changes(app, client, person, post)

    with app.app_context():
        assert find_pending_reset(person.id, now=app.extensions["clock"].now()) is None


def test_a_password_that_is_changed_while_it_is_checked_counts_no_more(app, person):
    with app.app_context(), writing():
        moment, subject = app.extensions["clock"].now(), get_subject(person.id)
        attempt = proving.try_password(person.mobile, device=None, now=moment)
        assert attempt.is_right(person.password)
        hashed = hash_password(NEW_PASSWORD, account_id=person.id)
        securing.change_password(subject, hashed=hashed, but="", actor=person.actor, now=moment)

        assert not proving.settle_password(attempt)


def test_a_visit_that_was_ended_meanwhile_leads_nowhere(app, person):
    with app.app_context(), writing():
        moment = app.extensions["clock"].now()
        visit = visits.find(begin_half(person.id, next_path="/", now=moment), kind=Visit.HALF, now=moment)
        visits.end_all(person.id)

        assert visit is not None
        with pytest.raises(VisitOverError):
            visits.use_up(visit.id, account_id=person.id)


@pytest.mark.parametrize("round", range(3))
def test_whoever_comes_in_at_the_very_moment_of_not_me_is_out_again_or_never_in(app, client, thief, person, post, round):
    secret = to_a_new_app(thief, person, post)
    with app.app_context():
        link = urlsplit(link_to(NOT_ME, person.id, now=app.extensions["clock"].now())).path
    presses = [prepared(thief, "/recover/second-factor", "second-factor", code=code_of(app, secret)), prepared(client, link, "not-me")]

    answers = at_once(*presses)

    assert answers[0].status_code in (303, 422)
    assert answers[1].status_code == 303
    assert not is_signed_in(thief)


def begin(app: Flask, kind: Visit, *, minutes: int = 0, **data: str) -> str:
    """Begin something in a browser of its own that many minutes from now; return its id."""
    with app.app_context(), writing():
        visit_id, _ = visits.begin(kind, data=data, now=app.extensions["clock"].now() + timedelta(minutes=minutes))
        db.session.commit()
    return visit_id


def all_begun(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(SignInSession.id)))


def leave(app: Flask, person: Somebody) -> None:
    with app.app_context(), writing():
        close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()


@pytest.mark.promise("P53")
def test_what_was_begun_with_her_number_goes_with_her_and_nobody_elses_is_opened(app: Flask, person: Somebody) -> None:
    for kind in (Visit.ENROL, Visit.RECOVER):
        begin(app, kind, mobile=person.mobile)
    others = {begin(app, kind, mobile="+917111122229") for kind in (Visit.ENROL, Visit.RECOVER)} | {begin(app, Visit.ENROL)}
    with app.app_context(), writing():
        db.session.execute(update(SignInSession).where(SignInSession.id.in_(others)).values(sealed=b"can't be opened"))
        db.session.commit()

    leave(app, person)

    assert all_begun(app) == others


@pytest.mark.promise("P53")
def test_what_goes_on_with_another_number_is_found_by_that_one(app: Flask, person: Somebody) -> None:
    with app.app_context(), writing():
        moment = app.extensions["clock"].now()
        _, token = visits.begin(Visit.ENROL, data={"mobile": "+917111122228"}, now=moment)
        visit = visits.find(token, kind=Visit.ENROL, now=moment)
        assert visit is not None
        visit.data["mobile"] = person.mobile
        visits.keep(visit)
        db.session.commit()

    leave(app, person)

    assert all_begun(app) == set()


def test_only_so_many_are_kept_of_what_a_mere_press_begins(app: Flask, person: Somebody) -> None:
    older = [begin(app, kind, minutes=-5) for kind in (Visit.ENROL, Visit.RECOVER)]
    newer = {begin(app, Visit.RECOVER, mobile=person.mobile), begin(app, Visit.ENROL, minutes=1)}
    with_a_code = begin(app, Visit.ENROL, minutes=-6, mobile=person.mobile)
    half = begin(app, Visit.HALF, minutes=-7)

    with app.app_context():
        visits.make_room(most=2)

    assert all_begun(app) == newer | {with_a_code, half}
    assert not set(older) & all_begun(app)


def test_an_address_that_somebody_made_up_is_not_kept(app: Flask, client: StrictClient) -> None:
    client.submit(f"/register?next=/{'a' * 300}", "notice", answer="yes")

    with app.app_context():
        row = db.session.scalars(select(SignInSession)).one()
        assert visits.data_of(row.id, row.data_key or b"", row.sealed or b"")["next"] == "/"
