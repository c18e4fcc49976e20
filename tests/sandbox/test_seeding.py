"""The demonstration's people: good enough to sign in, made once, and quickly."""

import re
import secrets
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from msewa.accounts.models import Account
from msewa.accounts.passwords import find_weakness
from msewa.accounts.queries import find_account_id, get_subject
from msewa.catalogue.answers import parse
from msewa.catalogue.queries import catalogue
from msewa.config import LANGUAGES
from msewa.delivery.models import ProviderKey
from msewa.delivery.queries import find_active_key
from msewa.extensions import db, writing
from msewa.profile.queries import get_profile
from msewa.profile.rules import ACCOUNT_FIELDS
from msewa.sandbox import seeding
from msewa.sandbox.models import SandboxKey
from msewa.sandbox.personas import Persona, personas
from tests.conftest import ClockHandle


@pytest.fixture
def room(seeded: Flask) -> Iterator[Flask]:
    with seeded.app_context():
        yield seeded


@pytest.mark.parametrize("persona", personas(), ids=lambda persona: persona.id)
def test_a_personas_ways_of_proof_are_ones_the_product_accepts(persona: Persona) -> None:
    about_her = [persona.name, persona.mobile]

    assert find_weakness(persona.password, about_her=about_her) is None
    assert re.fullmatch(r"[A-Z2-7]{32}", persona.totp_secret)
    assert re.fullmatch(r"[6-9]\d{9}", persona.mobile)
    assert set(persona.about) == {code for code, _ in LANGUAGES}


def test_no_two_personas_share_anything_that_must_be_their_own() -> None:
    for name in ("id", "name", "mobile", "password", "totp_secret"):
        assert len({getattr(persona, name) for persona in personas()}) == len(personas())


def test_the_full_profile_holds_kept_values_of_fields_a_profile_has(room: Flask, clock: ClockHandle) -> None:
    fields = catalogue().fields
    profile = personas()[0].profile

    kept = {key: parse(fields[key], value, today=clock.now().date(), places=catalogue()) for key, value in profile.items()}

    assert kept == profile
    assert all(fields[key].profile_section and key not in ACCOUNT_FIELDS for key in profile)
    assert fields["tehsil"].profile_section
    assert catalogue().tehsils[profile["tehsil"]]["district"] == profile["district"]


def test_one_citizen_has_a_full_profile_and_one_an_empty_one(room: Flask) -> None:
    full, empty = (get_profile(get_subject(find_account_id(mobile=f"+91{persona.mobile}") or "")) for persona in personas()[:2])

    assert len(full) >= 20
    assert set(empty) <= ACCOUNT_FIELDS


def test_seeding_again_makes_nothing(room: Flask, clock: ClockHandle) -> None:
    before = db.session.scalar(select(func.count()).select_from(Account))
    db.session.rollback()

    with writing():
        made = seeding.seed(now=clock.now())
        db.session.commit()

    assert made == 0
    assert db.session.scalar(select(func.count()).select_from(Account)) == before
    assert seeding.is_seeded()


def test_a_persona_who_took_another_number_or_left_is_not_made_again(room: Flask, clock: ClockHandle) -> None:
    with writing():
        for persona in personas():
            hers = Account.id == find_account_id(mobile=f"+91{persona.mobile}")
            db.session.execute(update(Account).where(hers).values(mobile_index=secrets.token_bytes(32)))
        db.session.execute(delete(SandboxKey).filter_by(provider_id="health"))
        made = seeding.seed(now=clock.now())
        db.session.rollback()

    assert made == len(["health"])


def test_every_provider_of_a_service_has_one_active_key(room: Flask) -> None:
    providers = {service.provider for service in catalogue().services.values()}

    active = db.session.scalars(select(ProviderKey.provider_id).filter_by(active=True)).all()

    assert sorted(active) == sorted(providers)
    assert find_active_key("health").endpoint == "sandbox:health"


def test_the_command_shows_progress_and_says_what_it_made(seeded: Flask) -> None:
    runner = seeded.test_cli_runner()
    runner.invoke(args=["seed", "--help"])
    started = time.monotonic()

    result = runner.invoke(args=["seed"])

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "0 made.")
    assert time.monotonic() - started < 4
