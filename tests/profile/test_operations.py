"""Keeping a profile."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from msewa.profile.models import ProfileSection
from msewa.profile.operations import keep
from msewa.profile.queries import get_profile
from tests.conftest import ClockHandle
from tests.people import PROFILE, Somebody, somebody


def given(person: Somebody) -> dict[str, str]:
    with person.app.app_context():
        return {key: one.value for key, one in get_profile(person.subject()).items()}


def keep_for(person: Somebody, values: dict[str, str], *, now: datetime) -> None:
    with person.app.app_context(), writing():
        keep(person.subject(), values, actor=person.actor, now=now)
        db.session.commit()


@pytest.mark.promise("P9", "P15")
def test_a_new_account_holds_what_registering_asked_for_and_nothing_else(app: Flask) -> None:
    person = somebody(app, full_name="Asha Rani")

    assert given(person) == {"full_name": "Asha Rani", "mobile": person.mobile}
    with app.app_context():
        assert db.session.scalars(select(ProfileSection.section)).all() == []


@pytest.mark.promise("P51")
def test_what_is_kept_is_found_again_with_its_date(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app, profile=PROFILE)
    later = clock.advance(days=3)

    keep_for(person, {"father_name": "Balwant Singh"}, now=later)

    assert given(person) == PROFILE | {"father_name": "Balwant Singh", "full_name": person.full_name, "mobile": person.mobile}
    with app.app_context():
        moments = {key: one.given_at for key, one in get_profile(person.subject()).items()}
    assert moments["father_name"] == later
    assert moments["mother_name"] < later


def test_an_empty_value_takes_the_kept_one_away(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app, profile=PROFILE)

    keep_for(person, {"mother_name": "", "religion": ""}, now=clock.now())

    assert "mother_name" not in given(person)


@pytest.mark.promise("P9")
def test_what_no_profile_holds_is_left_out(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app)

    keep_for(person, {"date_of_event": "2020-01-01", "imei": "356938035643809", "mobile": "+919999999999"}, now=clock.now())

    assert given(person) == {"full_name": person.full_name, "mobile": person.mobile}


@pytest.mark.promise("P51")
def test_a_name_is_changed_but_never_taken_away(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app, full_name="Asha Rani")

    keep_for(person, {"full_name": "Asha Devi"}, now=clock.now())
    keep_for(person, {"full_name": ""}, now=clock.now())

    assert given(person)["full_name"] == "Asha Devi"
    with app.app_context():
        assert [entry["fields"] for entry in list_entries(person.subject()) if entry["act"] == "profile.changed"] == [["full_name"]]


def test_a_change_is_written_in_the_ledger_by_the_names_of_its_fields(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app)

    keep_for(person, {"mother_name": "Surjit Kaur", "gender": "female"}, now=clock.now())
    keep_for(person, {"mother_name": "Surjit Kaur"}, now=clock.now())

    with app.app_context():
        entries = [entry for entry in list_entries(person.subject()) if entry["act"] == "profile.changed"]
    assert [(entry["fields"], entry["actor"]["id"]) for entry in entries] == [(["gender", "mother_name"], person.id)]


def test_a_new_district_takes_away_a_tehsil_that_lies_in_another(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app, profile=PROFILE)

    keep_for(person, {"district": "amritsar"}, now=clock.now())

    assert "tehsil" not in given(person)
    keep_for(person, {"district": "barnala", "tehsil": "tehsil-tapa"}, now=clock.now())
    assert given(person)["tehsil"] == "tehsil-tapa"


def test_a_value_taken_away_from_an_empty_profile_changes_nothing(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app)

    keep_for(person, {"mother_name": ""}, now=clock.now())

    with app.app_context():
        assert [entry["act"] for entry in list_entries(person.subject())] == ["account.registered"]
