"""flask self-check: lost keys, and what lies in the open, are injected on both databases and seen (P77)."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, update
from sqlcipher3 import dbapi2 as sqlcipher

from msewa.accounts.models import Account
from msewa.crypto.keyring import KeyRing
from msewa.extensions import db
from msewa.profile.models import ProfileSection
from msewa.promises.checks import columns, keys
from tests.people import PROFILE, somebody
from tests.promises.faults import LONG_AGO, package, write

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def test_a_key_ring_that_others_can_read_is_found(app: Flask, check) -> None:
    path = app.extensions["settings"].key_ring_path
    path.chmod(0o644)

    try:
        assert list(check()) == ["key-ring"]
    finally:
        path.chmod(0o600)


def test_a_key_that_is_gone_is_found(app: Flask, check) -> None:
    path = app.extensions["settings"].key_ring_path
    whole = path.read_text()
    content = json.loads(whole)
    content["keys"] = [row for row in content["keys"] if row["purpose"] != "links"]
    path.write_text(json.dumps(content))

    try:
        assert "no active key for links" in check()["key-ring"][0]
    finally:
        path.write_text(whole)
        KeyRing.load(path)


def test_a_data_key_that_does_not_open_is_found(app: Flask, check) -> None:
    person, other = somebody(app), somebody(app)
    with app.app_context():
        wrapped = db.session.get(Account, other.id).data_key
    write(app, statement=update(Account).where(Account.id == person.id).values(data_key=wrapped))

    assert check()["data-keys"] == ("account.data_key: a data key does not open.",)


def test_no_data_key_is_out_of_reach_of_the_check_however_many_there_are(app: Flask) -> None:
    people = sorted(somebody(app).id for _ in range(keys.SAMPLE + 1))
    write(app, statement=update(Account).where(Account.id == people[0]).values(data_key=b"\x01" * 69))

    with app.app_context():
        assert keys.find_unopenable_keys(LONG_AGO) == ["account.data_key: a data key does not open."]


@pytest.mark.parametrize("written", [b"Gurpreet Kaur", b"", b'{"full_name": "Gurpreet Kaur"}', b"\x02" + bytes(100)])
def test_a_name_in_the_open_is_found(app: Flask, check, written: bytes) -> None:
    person = somebody(app, profile=PROFILE)
    write(app, statement=update(Account).where(Account.id == person.id).values(identity=written))
    write(app, statement=update(ProfileSection).where(ProfileSection.account_id == person.id).values(sealed=written))

    found = check()["closed-columns"]

    assert found == ("account.identity: something lies there in the open.", "profile_section.sealed: something lies there in the open.")
    assert "Gurpreet" not in " ".join(found)


def test_a_package_in_the_open_is_found(app: Flask, check) -> None:
    write(app, package(jwe='{"full_name": "Gurpreet Kaur"}'))

    assert "package.jwe: something lies there in the open." in check()["closed-columns"]


def test_a_database_file_in_the_open_is_found(app: Flask, tmp_path: Path) -> None:
    in_the_open = create_engine(f"sqlite:///{tmp_path / 'open.db'}", module=sqlcipher)

    with app.app_context(), in_the_open.connect() as connection:
        assert columns.find_open_file(LONG_AGO) == []
        assert not columns.is_encrypted(connection)
    in_the_open.dispose()
