"""The second step: codes of the app and paper keys, each good once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from msewa.accounts.models import SignInSession
from msewa.accounts.operations import proving
from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.queries import get_subject
from msewa.extensions import db, writing
from tests.accounts.walking import sign_in, visit_kinds
from tests.people import Somebody, somebody
from tests.strict_client import Page, StrictClient

PAPER = "ABCD-EFGH-JKLM-NPQR"


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


def half_way(client: StrictClient, person: Somebody) -> Any:
    return client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)


def give_paper_key(person: Somebody) -> None:
    with person.app.app_context(), writing():
        subject = get_subject(person.id)
        add_recovery_codes(subject, hash_codes([PAPER], account_id=person.id))
        db.session.commit()


@pytest.fixture
def person(app: Any) -> Somebody:
    return somebody(app)


def test_a_wrong_code_is_refused(client, person):
    half_way(client, person)
    wrong = f"{(int(person.code()) + 1) % 10**6:06d}"

    answer = client.submit("/sign-in/second-factor", "second-factor", code=wrong)

    assert answer.status_code == 422
    assert page_of(answer).one("error-code") is not None


@pytest.mark.promise("P75")
def test_a_code_opens_once_and_older_ones_never_again(client, another_client, person, clock):
    first = person.code()
    sign_in(client, person, code=first)
    clock.advance(seconds=30)
    second = person.code()
    half_way(another_client, person)

    replayed = another_client.submit("/sign-in/second-factor", "second-factor", code=first)
    fresh = another_client.submit("/sign-in/second-factor", "second-factor", code=second)
    client.set_cookie("session", "")
    half_way(client, person)
    third = client.submit("/sign-in/second-factor", "second-factor", code=first)

    assert (replayed.status_code, fresh.status_code, third.status_code) == (422, 303, 422)


def test_a_code_is_good_for_one_step_more_and_no_longer(app, person, clock):
    code = person.code()
    with app.app_context(), writing():
        subject = get_subject(person.id)

        late = proving.accept_totp(subject, code, bucket=b"", now=clock.advance(seconds=61))
        in_time = proving.accept_totp(subject, person.code(), bucket=b"", now=clock.advance(seconds=29))

        assert (late, in_time) == (False, True)
        db.session.rollback()


def test_a_clock_put_back_revives_no_code(app, person, clock):
    with app.app_context(), writing():
        subject = get_subject(person.id)
        now = clock.now()
        code = person.code()

        first = proving.accept_totp(subject, code, bucket=b"", now=now)
        again = proving.accept_totp(subject, code, bucket=b"", now=now)

        assert (first, again) == (True, False)
        db.session.rollback()


def test_fifty_acceptances_of_one_code_at_once_give_one_success(app, person, clock):
    code, now = person.code(), clock.now()

    def accept(_: int) -> bool:
        with app.app_context(), writing():
            is_right = proving.accept_totp(get_subject(person.id), code, bucket=b"", now=now)
            db.session.commit()
            return is_right

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(accept, range(50)))

    assert outcomes.count(True) == 1


def test_fifty_posts_of_one_code_at_once_give_one_visit(app, client, person):
    half_way(client, person)
    fields = {**client.page("/sign-in/second-factor").fields("second-factor"), "code": person.code()}
    cookies = {name: client.get_cookie(name).value for name in ("session", "seed")}

    def send(_: int) -> int:
        browser = StrictClient.of(app)
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        answer = browser.post("/sign-in/second-factor", data=fields)
        return answer.status_code if "security" not in answer.headers.get("Location", "") else 0

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(50)))

    with app.app_context():
        assert list(db.session.scalars(select(SignInSession.kind))) == ["full"]


def test_a_recovery_code_opens_once_in_place_of_the_app(client, another_client, person, post):
    give_paper_key(person)
    half_way(client, person)
    half_way(another_client, person)

    first = client.submit("/sign-in/recovery-code", "recovery-code", code=PAPER.lower().replace("-", " "))
    second = another_client.submit("/sign-in/recovery-code", "recovery-code", code=PAPER)

    assert (first.status_code, second.status_code) == (303, 422)
    assert "notice_code_used" in post.templates_to(person.mobile)


def test_the_second_steps_want_a_password_first(client):
    for path in ("/sign-in/second-factor", "/sign-in/recovery-code"):
        assert client.get(path).headers["Location"] == "/sign-in"


def test_a_sign_in_left_half_done_is_told_to_its_owner(app, client, person, post, clock):
    half_way(client, person)

    clock.advance(minutes=10, seconds=1)

    letter = post.to(person.mobile)[-1]
    assert letter.template == "notice_half_sign_in"
    assert letter.links
    assert visit_kinds(app, client) == []
