"""flask self-check: unsafe settings, changed words and a table out of deletion's reach are injected on both databases and seen (P77)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.accounts.models import Account
from msewa.consents.models import PolicySeen
from msewa.consents.purposes import READERS
from msewa.consents.texts import get_registration_notice
from msewa.promises.checks import setup
from tests.people import somebody
from tests.promises.faults import LONG_AGO, write

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def change_settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], **changes))


def test_production_with_unsafe_settings_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    change_settings(app, monkeypatch, mode="production", public_url="http://plain.example.org", sms_url="https://sms.example.org")
    monkeypatch.setitem(app.config, "DEBUG", True)

    assert check()["settings"] == (
        "It runs with debug on.",
        "Its address does not begin with https://.",
        "Its key ring was made for a demonstration.",
        "The sandbox is open.",
    )


def test_a_policy_that_is_not_in_force_yet_is_found(app: Flask) -> None:
    with app.app_context():
        assert setup.find_policy_faults(datetime(2026, 11, 22, 18, tzinfo=UTC)) == ["Policy 1.0 is named and not in force yet."]
        # Past midnight in India, still the day before in UTC.
        assert setup.find_policy_faults(datetime(2026, 11, 22, 19, tzinfo=UTC)) == []


@pytest.mark.parametrize("version", ["1.0", "0.1"])
def test_words_that_differ_from_what_people_were_shown_are_found(app: Flask, check, version: str) -> None:
    person = somebody(app)
    with app.app_context():
        digest = bytes.fromhex(get_registration_notice("pa").sha256)
        current = get_registration_notice("pa").version
    of_hers = update(Account).where(Account.id == person.id)
    write(app, statement=of_hers.values(notice_version=current, notice_language="pa", notice_digest=digest))
    untouched = check()

    write(app, statement=of_hers.values(notice_version=version, notice_digest=bytes(32)))

    assert untouched == {}
    assert check()["words"] == (f"registration {version} (pa) is not what people were shown.",)


def test_a_policy_other_than_the_one_somebody_was_shown_is_found(app: Flask, check) -> None:
    person = somebody(app)
    write(app, PolicySeen(account_id=person.id, version="1.0", language="hi", digest="0" * 64, at=LONG_AGO))

    assert check()["words"] == ("policy 1.0 (hi) is not what people were shown.",)


def test_a_table_that_no_deletion_reaches_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [holding for holding in app.extensions["holdings"] if "profile_section" not in holding.tables]
    monkeypatch.setitem(app.extensions, "holdings", kept)

    assert check()["deletion"] == ("profile_section: no deletion reaches it.",)


@pytest.mark.promise("P34")
def test_a_purpose_that_no_code_acts_under_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {(reader, purpose_id) for reader, purpose_id in app.extensions[READERS] if purpose_id != "digest"}
    monkeypatch.setitem(app.extensions, READERS, kept)

    assert check()["purposes"] == ("digest: msewa.privacy.digesting does not read it.",)
