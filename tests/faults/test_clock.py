"""The clock jumps: no code works twice, and nothing that is over comes back (F13)."""

from datetime import timedelta

import pytest
from flask import Flask

from msewa.accounts.operations.proving import accept_totp, try_factor
from msewa.crypto.tokens import ExpiredLinkError, SignedLinks
from msewa.extensions import db, writing
from msewa.web.keys import key_ring
from tests.conftest import ClockHandle
from tests.people import Somebody, sign_in, somebody
from tests.strict_client import StrictClient


def is_taken(app: Flask, person: Somebody, code: str, clock: ClockHandle) -> bool:
    with app.app_context(), writing():
        bucket = try_factor(person.id, device=None, now=clock.now())
        taken = accept_totp(person.subject(), code, bucket=bucket, now=clock.now())
        db.session.commit()
        return taken


def test_a_code_is_not_taken_twice_however_the_clock_jumps(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app)
    earlier = person.code()
    clock.advance(minutes=5)
    used = person.code()

    first = is_taken(app, person, used, clock)
    again = is_taken(app, person, used, clock)
    clock.advance(minutes=-5)
    back_then = is_taken(app, person, earlier, clock)
    clock.advance(minutes=5)
    back_again = is_taken(app, person, used, clock)
    clock.advance(minutes=1)
    new = is_taken(app, person, person.code(), clock)

    assert (first, again, back_then, back_again, new) == (True, False, False, False, True)


def test_a_link_ends_at_its_moment_and_a_visit_at_its_own(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    person = somebody(app)
    sign_in(client, person)
    with app.app_context():
        link = SignedLinks(key_ring()).sign("not-me", person.id, expires_at=clock.now() + timedelta(days=7))

    clock.advance(days=8)

    with app.app_context(), pytest.raises(ExpiredLinkError):
        SignedLinks(key_ring()).read(link, purpose="not-me", now=clock.now())
    assert client.get("/profile").status_code == 303


@pytest.mark.parametrize("span", [{"minutes": 15}, {"hours": 12}])
def test_a_visit_that_was_over_stays_over_when_the_clock_is_put_back(
    app: Flask, client: StrictClient, clock: ClockHandle, span: dict[str, int]
) -> None:
    sign_in(client, somebody(app))
    clock.advance(**span)
    refused = client.get("/profile")
    clock.advance(**{unit: -count for unit, count in span.items()})

    again = client.get("/profile")

    assert (refused.status_code, again.status_code) == (303, 303)


def test_a_clock_that_jumps_ahead_destroys_nothing(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    person = somebody(app, profile={"father_name": "Gurbachan Singh"})
    clock.advance(days=4000)
    with app.app_context():
        app.test_cli_runner().invoke(args=["worker", "--once"])
    clock.advance(days=-4000)

    sign_in(client, person)

    assert "Gurbachan Singh" in client.get("/profile").get_data(as_text=True)
