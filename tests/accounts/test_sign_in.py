"""Signing in and out."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from msewa.accounts.models import Account, SignInSession, Throttle, TotpFactor
from msewa.accounts.operations import proving
from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.operations.throttling import TooManyTriesError, take_try
from msewa.accounts.queries import get_subject
from msewa.accounts.rules import MOST_FAILURES
from msewa.extensions import db, writing
from tests.accounts.walking import is_signed_in, sign_in, visit_kinds
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import Page, StrictClient

UNKNOWN = "+919814000499"
PAPER = "ABCD-EFGH-JKLM-NPQR"
ONCE = re.compile(r'(?:name="(?:csrf_token|form_key)" value|nonce|content)="[^"]*"')


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


def test_signing_in_takes_number_password_and_code_and_leads_back(client, person):
    location = sign_in(client, person, start="/sign-in?next=/services/birth-certificate%3Fdistrict%3Dmansa")

    assert location == "/services/birth-certificate?district=mansa"
    assert is_signed_in(client)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, person, elsewhere):
    assert sign_in(client, person, start=f"/sign-in?next={elsewhere}") == "/"


def test_the_page_names_the_service_one_signs_in_for(client):
    page = client.page("/sign-in?next=/services/birth-certificate/apply")

    assert "You come back to it at once" in page.text


def test_the_number_may_be_typed_as_people_type_it(client, person):
    spaced = f"0 {person.mobile[3:8]}-{person.mobile[8:]}"

    assert client.submit("/sign-in", "sign-in", mobile=spaced, password=person.password).status_code == 303


@pytest.mark.promise("P75")
def test_a_password_alone_opens_nothing(app, client, person):
    half_way(client, person)

    assert visit_kinds(app, client) == ["half"]
    assert client.get("/account/security").headers["Location"].startswith("/sign-in")


def test_known_and_unknown_numbers_get_the_same_answer(client, another_client, person):
    known = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    unknown = another_client.submit("/sign-in", "sign-in", mobile=UNKNOWN, password="wrong wrong wrong")

    texts = [ONCE.sub("", answer.get_data(as_text=True)) for answer in (known, unknown)]
    assert known.status_code == unknown.status_code == 422
    assert texts[0].replace(person.mobile, "") == texts[1].replace(UNKNOWN, "")


def test_both_kinds_of_numbers_are_slowed_down_alike(client, another_client, person):
    answers = [
        [browser.submit("/sign-in", "sign-in", mobile=mobile, password="wrong wrong wrong").status_code for _ in range(6)]
        for browser, mobile in ((client, person.mobile), (another_client, UNKNOWN))
    ]

    assert answers[0] == answers[1] == [422] * 5 + [429]


def test_five_tries_are_free_then_the_wait_doubles(client, person, clock):
    for _ in range(5):
        client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    blocked = client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    clock.advance(seconds=31)
    tried = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    again = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    assert blocked.status_code == 429
    assert 20 <= int(blocked.headers["Retry-After"]) <= 30
    assert "Try again in" in page_of(blocked).words("error-password")
    assert tried.status_code == 422
    assert 50 <= int(again.headers["Retry-After"]) <= 60


def test_a_right_password_forgets_the_wrong_ones(client, person):
    for _ in range(4):
        client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    half_way(client, person)

    answers = [client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [422] * 4


def test_strangers_cannot_lock_out_a_browser_she_has_used(client, another_client, person):
    sign_in(client, person)
    client.submit("/sign-out", "leave")
    for _ in range(6):
        another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    assert another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password).status_code == 429
    assert half_way(client, person).status_code == 303


def test_fifty_failures_close_a_way_in_for_good(app, clock):
    with app.app_context(), writing():
        for _ in range(MOST_FAILURES):
            take_try(b"x" * 32, now=clock.now())
            clock.advance(hours=1)

        with pytest.raises(TooManyTriesError) as caught:
            take_try(b"x" * 32, now=clock.advance(days=300))

        assert caught.value.until is None
        db.session.rollback()


def test_fifty_wrong_codes_in_a_row_close_the_authenticator(app, client, person):
    half_way(client, person)
    with app.app_context(), writing():
        db.session.execute(update(TotpFactor).values(failures=MOST_FAILURES))
        db.session.commit()

    answer = client.submit("/sign-in/second-factor", "second-factor", code=person.code())

    assert answer.status_code == 429
    assert "this way in is closed" in page_of(answer).words("error-code")


def test_a_try_that_must_wait_leaves_no_trace_of_the_number(app, client, person):
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    with app.app_context():
        bucket = db.session.scalars(select(Throttle.bucket)).one()
    assert person.mobile.encode() not in bucket
    assert person.id.encode() not in bucket


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


def test_a_finished_sign_in_tells_of_a_new_browser_once(client, person, post, clock):
    sign_in(client, person)
    clock.advance(minutes=20)
    sign_in(client, person)
    clock.advance(minutes=20)

    assert post.templates_to(person.mobile) == ["notice_new_device"]


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, person):
    answer = half_way(client, person)

    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert not {"Max-Age", "Expires", "Domain"} & set(re.split(r"[=;] ?", cookie))


def test_the_database_holds_the_token_only_hashed(app, client, person):
    sign_in(client, person)
    token = client.get_cookie("session").value

    with app.app_context():
        row = db.session.execute(select(SignInSession.__table__)).mappings().one()
    assert token not in str(dict(row))
    assert token.encode() not in row["token_hash"]


def test_a_visit_ends_after_fifteen_quiet_minutes(client, person, clock):
    let_in(client, person)
    clock.advance(minutes=14, seconds=50)
    used_in_time = is_signed_in(client)
    clock.advance(minutes=14, seconds=50)
    used_again = is_signed_in(client)

    clock.advance(minutes=15, seconds=1)

    assert (used_in_time, used_again, is_signed_in(client)) == (True, True, False)


def test_a_visit_ends_after_twelve_hours_however_busy(client, person, clock):
    let_in(client, person)
    for _ in range(72):
        clock.advance(minutes=9, seconds=59)
        assert is_signed_in(client)

    clock.advance(minutes=2)

    assert not is_signed_in(client)


def test_a_token_that_was_never_given_opens_nothing(client):
    for token in ("", "x", "../../etc", "0" * 3000, "ਪ"):
        client.set_cookie("session", token)
        assert not is_signed_in(client)


@pytest.mark.promise("P62")
def test_signing_out_ends_the_visit_and_says_that_nothing_is_deleted(client, person, clock):
    let_in(client, person)
    token = client.get_cookie("session").value

    answer = client.submit("/sign-out", "leave")
    words = client.page("/sign-out").words("still-registered")
    client.set_cookie("session", token)

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "deletes nothing" in words
    assert not is_signed_in(client)
    client.set_cookie("session", "")
    assert sign_in(client, person) == "/"


def test_a_suspended_account_cannot_be_used(app, client, person):
    let_in(client, person)
    with app.app_context(), writing():
        db.session.execute(update(Account).values(state="suspended"))
        db.session.commit()

    assert not is_signed_in(client)
    assert half_way(client, person).status_code == 422


def test_looking_at_a_page_notes_the_moment_at_most_once_a_minute(app, client, person, clock):
    let_in(client, person)

    def seen() -> Any:
        with app.app_context():
            return db.session.scalars(select(SignInSession.seen_at)).one()

    before = seen()
    clock.advance(seconds=30)
    is_signed_in(client)
    unchanged = seen()
    clock.advance(seconds=31)
    is_signed_in(client)

    assert unchanged == before
    assert (seen() - before).total_seconds() > 60
