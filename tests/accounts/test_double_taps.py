"""A double tap before and around signing in: one act, and an answer that leads the browser to one place whichever request it came from."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import RecoveryCode, SentCode, SignInSession, Throttle, TotpFactor
from msewa.extensions import db
from tests.accounts.test_second_step import PAPER, give_paper_key
from tests.accounts.walking import NAME, NUMBER, PASSWORD, Post, code_of, is_signed_in, walk_to_password
from tests.at_once import at_once
from tests.conftest import ClockHandle
from tests.people import sign_in, somebody
from tests.strict_client import StrictClient

MOBILE = "+919814000417"
# Where somebody stands who has done a step: a way there, the step's page and form, what is typed, where it leads.
Stand = tuple[str, str, dict[str, Any], str]


class Taps:
    """Somebody who presses twice: both requests leave with the cookies of before."""

    def __init__(self, app: Flask, client: StrictClient, post: Post) -> None:
        self.app, self.client, self.post, self.person = app, client, post, somebody(app)

    def twin(self) -> StrictClient:
        """Return a browser with the cookies that this one has now."""
        twin = StrictClient.of(self.app)
        for name in ("session", "seed", "device"):
            if (cookie := self.client.get_cookie(name)) is not None:
                twin.set_cookie(name, cookie.value)
        return twin

    def filled(self, path: str, form: str, **typed: Any) -> tuple[str, dict[str, Any]]:
        """Open a form and fill it in; return where it goes and what with."""
        page = self.client.page(path)
        return page.one(f"form-{form}").get("action") or path, {**page.fields(form), **typed}

    def twice(self, path: str, form: str, **typed: Any) -> tuple[list[Any], list[StrictClient]]:
        """Press twice at one moment; return the answers, and the browser as it is after each."""
        action, values = self.filled(path, form, **typed)
        browsers = [self.twin(), self.twin()]
        return at_once(*(lambda browser=browser: browser.post(action, data=values) for browser in browsers)), browsers


@pytest.fixture
def taps(app: Flask, client: StrictClient, post: Post) -> Taps:
    return Taps(app, client, post)


def half_way(taps: Taps) -> None:
    taps.client.submit("/sign-in?next=/profile", "sign-in", mobile=taps.person.mobile, password=taps.person.password)


def at_second_factor(taps: Taps) -> Stand:
    half_way(taps)
    return "/sign-in/second-factor", "second-factor", {"code": taps.person.code()}, "/profile"


def at_paper_key(taps: Taps) -> Stand:
    give_paper_key(taps.person)
    half_way(taps)
    return "/sign-in/recovery-code", "recovery-code", {"code": PAPER}, "/profile"


def at_password(taps: Taps) -> Stand:
    return "/sign-in", "sign-in", {"mobile": taps.person.mobile, "password": taps.person.password}, "/sign-in/second-factor"


def at_notice(taps: Taps) -> Stand:
    return "/register", "notice", {"answer": "yes"}, "/register/details"


def at_details(taps: Taps) -> Stand:
    taps.client.submit("/register", "notice", answer="yes")
    return "/register/details", "register", {"full_name": NAME, "mobile": NUMBER}, "/register/verify"


def at_verify(taps: Taps) -> Stand:
    path, form, typed, _ = at_details(taps)
    taps.client.submit(path, form, **typed)
    return "/register/verify", "verify", {"code": taps.post.code_to(MOBILE)}, "/register/password"


def at_new_password(taps: Taps) -> Stand:
    walk_to_password(taps.client, taps.post)
    return "/register/password", "password", {"password": PASSWORD}, "/register/second-factor"


def at_new_factor(taps: Taps) -> Stand:
    path, form, typed, _ = at_new_password(taps)
    taps.client.submit(path, form, **typed)
    secret = taps.client.page("/register/second-factor").words("totp-secret")
    return "/register/second-factor", "second-factor", {"code": code_of(taps.app, secret)}, "/register/recovery-codes"


def at_lost_phone(taps: Taps) -> Stand:
    give_paper_key(taps.person)
    taps.client.submit("/recover", "recover", mobile=taps.person.mobile, lost="phone")
    return "/recover/phone", "recover-phone", {"password": taps.person.password, "code": PAPER}, "/recover/second-factor"


def at_recovered_number(taps: Taps) -> Stand:
    taps.client.submit("/recover", "recover", mobile=taps.person.mobile, lost="password")
    return "/recover/verify", "verify", {"code": taps.post.code_to(taps.person.mobile)}, "/recover/prove"


def at_other_factor(taps: Taps) -> Stand:
    path, form, typed, _ = at_lost_phone(taps)
    taps.client.submit(path, form, **typed)
    secret = taps.client.page("/recover/second-factor").words("totp-secret")
    return "/recover/second-factor", "second-factor", {"code": code_of(taps.app, secret)}, "/account/security?done=factor"


def at_proof(taps: Taps) -> Stand:
    sign_in(taps.client, taps.person)
    typed = {"password": taps.person.password, "code": taps.person.code()}
    return "/account/prove?next=/account/mobile", "step-up", typed, "/account/mobile"


def at_new_number(taps: Taps) -> Stand:
    sign_in(taps.client, taps.person)
    taps.client.submit("/account/mobile", "mobile", mobile=NUMBER)
    return "/account/mobile/verify", "verify", {"code": taps.post.code_to(MOBILE)}, "/account/security?done=mobile"


STANDS = [
    at_second_factor,
    at_paper_key,
    at_password,
    at_notice,
    at_details,
    at_verify,
    at_new_password,
    at_new_factor,
    at_lost_phone,
    at_recovered_number,
    at_other_factor,
    at_proof,
    at_new_number,
]


@pytest.mark.promise("P75")
@pytest.mark.parametrize("stand", STANDS)
def test_both_taps_lead_to_one_place_with_cookies_that_open_it(taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, leads_to = stand(taps)

    answers, browsers = taps.twice(path, form, **typed)

    assert [answer.headers.get("Location", answer.status_code) for answer in answers] == [leads_to] * 2
    assert [browser.get(leads_to).status_code for browser in browsers] == [200, 200]
    assert browsers[0].get_cookie("session").value == browsers[1].get_cookie("session").value


@pytest.mark.parametrize("stand", [at_second_factor, at_verify])
def test_a_tap_after_the_first_answer_came_leads_there_too(taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, leads_to = stand(taps)
    action, values = taps.filled(path, form, **typed)

    first, second = taps.client.post(action, data=values), taps.client.post(action, data=values)

    assert [first.headers["Location"], second.headers["Location"]] == [leads_to] * 2
    assert taps.client.get(leads_to).status_code == 200


def test_one_browser_is_known_once_after_a_double_tap(app: Flask, taps: Taps) -> None:
    path, form, typed, _ = at_second_factor(taps)

    _, browsers = taps.twice(path, form, **typed)

    assert browsers[0].get_cookie("device").value == browsers[1].get_cookie("device").value
    with app.app_context():
        assert list(db.session.scalars(select(SignInSession.kind))) == ["full"]


@pytest.mark.promise("P75")
@pytest.mark.parametrize("lacks", ["the visit", "the seed", "the minute"])
def test_whoever_only_copied_the_form_gets_no_visit(app: Flask, taps: Taps, clock: ClockHandle, lacks: str) -> None:
    path, form, typed, _ = at_second_factor(taps)
    action, values = taps.filled(path, form, **typed)
    copier = taps.twin()
    taps.client.post(action, data=values)
    if lacks == "the visit":
        copier.set_cookie("session", "")
    elif lacks == "the seed":
        copier.set_cookie("seed", "")
        values["csrf_token"] = copier.page("/sign-in").fields("sign-in")["csrf_token"]
    else:
        clock.advance(seconds=61)

    answer = copier.post(action, data=values)

    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("session=")]
    assert answer.status_code == (409 if lacks == "the seed" else 303)
    assert not is_signed_in(copier)


def test_a_visit_that_ended_meanwhile_is_not_given_again(taps: Taps) -> None:
    path, form, typed, _ = at_second_factor(taps)
    action, values = taps.filled(path, form, **typed)
    before = taps.twin()
    taps.client.post(action, data=values)
    taps.client.submit("/sign-out", "leave")

    before.post(action, data=values)

    assert not is_signed_in(before)


@pytest.mark.promise("P75")
@pytest.mark.parametrize("stand", [at_second_factor, at_paper_key, at_verify, at_recovered_number, at_lost_phone, at_new_number])
def test_without_the_first_forms_key_a_code_is_refused(taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, leads_to = stand(taps)
    forms = [taps.filled(path, form, **typed) for _ in range(3)]
    forms[2][1].pop("form_key")
    browsers = [taps.twin() for _ in forms]

    answers = at_once(
        *(lambda one=one, browser=browser: browser.post(one[0], data=one[1]) for one, browser in zip(forms, browsers, strict=True))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert [answer.headers["Location"] for answer in answers if answer.status_code == 303] == [leads_to]


def test_a_double_tap_spends_one_paper_key_and_one_try(app: Flask, taps: Taps) -> None:
    path, form, typed, _ = at_lost_phone(taps)

    taps.twice(path, form, **typed)

    with app.app_context():
        assert db.session.scalar(select(func.count()).where(RecoveryCode.used_at.is_not(None))) == 1
        assert db.session.scalar(select(func.count()).select_from(Throttle)) == 0
    assert taps.post.templates_to(taps.person.mobile).count("notice_code_used") == 1


@pytest.mark.promise("P75")
def test_a_sign_in_begun_by_a_double_tap_raises_no_alarm(taps: Taps, clock: ClockHandle) -> None:
    path, form, typed, _ = at_password(taps)
    _, browsers = taps.twice(path, form, **typed)
    browsers[1].submit("/sign-in/second-factor", "second-factor", code=taps.person.code())

    clock.advance(minutes=11)

    assert "notice_half_sign_in" not in taps.post.templates_to(taps.person.mobile)


def at_mail(taps: Taps) -> Stand:
    sign_in(taps.client, taps.person)
    return "/account/email", "email", {"email": "planted@example.org"}, "/account/email/verify"


def at_mobile(taps: Taps) -> Stand:
    sign_in(taps.client, taps.person)
    return "/account/mobile", "mobile", {"mobile": NUMBER}, "/account/mobile/verify"


def at_recovery(taps: Taps) -> Stand:
    return "/recover", "recover", {"mobile": taps.person.mobile, "lost": "everything"}, "/recover/verify"


@pytest.mark.parametrize("stand", [at_details, at_mail, at_mobile, at_recovery])
def test_one_form_sends_one_code_however_often_it_is_pressed(app: Flask, taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, leads_to = stand(taps)
    action, values = taps.filled(path, form, **typed)
    browsers = [taps.twin() for _ in range(3)]

    answers = at_once(*(lambda browser=browser: browser.post(action, data=values) for browser in browsers))

    assert [answer.headers["Location"] for answer in answers] == [leads_to] * 3
    taps.post.work()
    assert len([letter for letter in taps.post.letters if letter.codes]) == 1
    with app.app_context():
        assert set(db.session.scalars(select(Throttle.tries))) == {1}


@pytest.mark.parametrize("stand", [at_details, at_mail, at_mobile])
def test_another_address_under_the_same_key_is_a_conflict(taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, _ = stand(taps)
    action, values = taps.filled(path, form, **typed)
    taps.client.post(action, data=values)
    field = next(name for name in ("email", "mobile") if name in typed)

    other = taps.client.post(action, data={**values, field: "other@example.org" if field == "email" else "98140 00418"})

    assert other.status_code == 409


def test_a_code_sent_again_is_sent_once_for_a_double_tap(taps: Taps) -> None:
    at_verify(taps)

    answers, _ = taps.twice("/register/verify", "resend")

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len([letter for letter in taps.post.to(MOBILE) if letter.codes]) == 2


def counted(app: Flask) -> list[int]:
    """Return every count of tries there is: of buckets, of the authenticator, of codes that were sent."""
    with app.app_context():
        columns = (Throttle.tries, TotpFactor.failures, SentCode.tries)
        return sorted(count for column in columns for count in db.session.scalars(select(column)) if count)


WRONG = {"code": "000000", "password": "wrong wrong wrong"}


@pytest.mark.promise("P75")
@pytest.mark.parametrize("stand", [at_second_factor, at_paper_key, at_password, at_verify, at_recovered_number, at_lost_phone, at_proof])
def test_two_taps_with_the_same_wrong_code_are_one_try(app: Flask, taps: Taps, stand: Callable[[Taps], Stand]) -> None:
    path, form, typed, _ = stand(taps)
    wrong = {name: WRONG.get(name, value) for name, value in typed.items()}
    before = sum(counted(app))
    taps.client.submit(path, form, **wrong)
    one_try = sum(counted(app)) - before

    action, values = taps.filled(path, form, **wrong)
    browsers = [taps.twin() for _ in range(2)]
    answers = at_once(*(lambda browser=browser: browser.post(action, data=values) for browser in browsers))

    assert [answer.status_code for answer in answers] == [422, 422]
    assert one_try > 0
    assert sum(counted(app)) - before == 2 * one_try


@pytest.mark.promise("P75")
def test_another_code_under_the_same_key_is_another_try(app: Flask, taps: Taps) -> None:
    path, form, _, _ = at_second_factor(taps)
    action, values = taps.filled(path, form, code="000000")

    for code in ("000000", "000001", "000002"):
        taps.client.post(action, data={**values, "code": code})

    with app.app_context():
        assert db.session.scalars(select(TotpFactor.failures)).one() == 3


@pytest.mark.promise("P75")
def test_the_same_form_sent_again_later_is_another_try(app: Flask, taps: Taps, clock: ClockHandle) -> None:
    path, form, _, _ = at_second_factor(taps)
    action, values = taps.filled(path, form, code="000000")

    for _ in range(3):
        taps.client.post(action, data=values)
        clock.advance(seconds=11)

    with app.app_context():
        assert db.session.scalars(select(TotpFactor.failures)).one() == 3


@pytest.mark.promise("P75")
def test_a_try_that_had_to_wait_is_refused_at_the_second_tap_as_well(taps: Taps) -> None:
    path, form, typed, _ = at_password(taps)
    for _ in range(5):
        taps.client.submit(path, form, **{**typed, "password": "wrong wrong wrong"})
    action, values = taps.filled(path, form, **typed)

    answers = [taps.client.post(action, data=values) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [429, 429]
