"""Who has left stays away: what a restore knows of it, and what it does with a log that is cut, changed or missing (F17)."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import Account
from msewa.closure.erasure_log import HEAD, NAME
from msewa.closure.models import Archive, Erasure, VaultMonth
from msewa.crypto.keyring import KeyRing, Purpose
from msewa.extensions import db
from tests.closure.conftest import Anew, Leaver, run
from tests.conftest import ClockHandle
from tests.installation import Installation
from tests.people import PROFILE, sign_in, signed_in, somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.promise("P53", "P54", "P71")
def test_whoever_left_after_the_backup_is_gone_after_the_restore_too(
    leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path, another_client: StrictClient
) -> None:
    stays = somebody(leaver.app, profile=PROFILE)
    run(leaver.app, "backup", str(tmp_path / "b"))
    leaver.leave()

    other = anew()
    carry_over(installation, other)
    restored = run(other.app, "restore", str(tmp_path / "b"))

    assert restored.exit_code == 0, restored.output
    assert "1 accounts that had left were erased again" in restored.output
    assert run(other.app, "ledger", "verify").exit_code == 0
    with other.app.app_context():
        assert db.session.scalars(select(Account.id)).all() == [stays.id]
        assert db.session.scalar(select(func.count()).select_from(Archive)) == 1
        assert db.session.scalar(select(func.count()).select_from(Erasure)) == 1
    browser = StrictClient.of(other.app)
    stays.__dict__["app"] = other.app
    sign_in(browser, stays)
    assert browser.get("/profile").status_code == 200


@pytest.mark.promise("P53")
def test_whoever_left_before_the_backup_needs_no_log(leaver: Leaver, anew: Anew, tmp_path: Path) -> None:
    leaver.leave()
    run(leaver.app, "backup", str(tmp_path / "b"))

    other = anew()
    restored = run(other.app, "restore", str(tmp_path / "b"))

    assert restored.exit_code == 0, restored.output
    with other.app.app_context():
        assert db.session.scalars(select(Account.id)).all() == []
        assert db.session.scalar(select(func.count()).select_from(Archive)) == 1


def carry_over(installation: Installation, other: Installation) -> None:
    """Lay what is newer than any backup beside an empty installation: the log, and the public halves of the vault."""
    for name in (NAME, HEAD):
        shutil.copy(installation.folder / name, other.folder)
    shutil.copytree(installation.folder / "vault", other.folder / "vault", dirs_exist_ok=True)


@contextmanager
def in_production(app: Flask) -> Iterator[None]:
    usual = app.extensions["settings"]
    app.extensions["settings"] = replace(usual, mode="production")
    try:
        yield
    finally:
        app.extensions["settings"] = usual


def left_after(leaver: Leaver, tmp_path: Path) -> Path:
    """Have one leave before a backup and two after; return the backup."""
    others = [StrictClient.of(leaver.app) for _ in range(2)]
    for one in others:
        signed_in(one, app=leaver.app)
    others[0].submit("/account/delete", "delete")
    run(leaver.app, "backup", str(tmp_path / "b"))
    others[1].submit("/account/delete", "delete")
    leaver.leave()
    return tmp_path / "b"


def ids(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Account.id)))


LAST = re.compile(r"(?<=\n)(.+)\n\Z")  # the last line


@ONE
@pytest.mark.promise("P53", "P71")
@pytest.mark.parametrize(
    ("fault", "is_back"),
    [
        ("missing", 2),
        ("empty", 2),
        ("its last line is gone", 1),
        ("cut in its last line", 1),
        ("a digit of a mark is changed", 1),
        ("of another ring", 0),
        ("of the first release", 0),
        ("without its head", 0),
    ],
)
def test_a_log_that_can_not_be_trusted_brings_nobody_back_unasked(
    leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path, fault: str, is_back: int
) -> None:
    backup, other = left_after(leaver, tmp_path), anew()
    log = (installation.folder / NAME).read_text()
    spoilt = {
        "empty": "",
        "its last line is gone": LAST.sub("", log),
        "cut in its last line": log[:-150],
        "a digit of a mark is changed": LAST.sub(lambda line: line[0].replace(line[0][40], "a" if line[0][40] != "a" else "b"), log),
        "of another ring": LAST.sub(lambda line: f"{line[0][:-82]}{'0' * 16}{line[0][-66:]}", log),
        "of the first release": re.sub(r" \w+$", "", log, flags=re.MULTILINE),
        "without its head": log,
    }
    if fault in spoilt:
        (other.folder / NAME).write_text(spoilt[fault])
    if fault != "without its head":
        shutil.copy(installation.folder / HEAD, other.folder)

    with in_production(other.app):
        refused = run(other.app, "restore", str(backup))
        before = ids(other.app)
        insisted = run(other.app, "restore", str(backup), "--without-log")

    assert (refused.exit_code, before) == (1, []), refused.output
    assert NAME in refused.output
    assert "--without-log" in refused.output
    assert insisted.exit_code == 0, insisted.output
    assert "Unknown is who left after 2026-" in insisted.output
    assert "is back" in insisted.output
    assert len(ids(other.app)) == is_back


@ONE
@pytest.mark.promise("P71")
def test_a_demonstration_without_a_log_says_who_may_be_back(leaver: Leaver, anew: Anew, tmp_path: Path) -> None:
    backup, other = left_after(leaver, tmp_path), anew()

    restored = run(other.app, "restore", str(backup))

    assert restored.exit_code == 0, restored.output
    assert "There is no erasures.log" in restored.output
    assert "is back" in restored.output


@ONE
@pytest.mark.promise("P71")
def test_half_a_line_of_a_crash_hides_nobody(leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))
    log = installation.folder / NAME
    leaver.leave()
    whole = log.read_text().strip()
    log.write_text(whole[:50])  # the power fails while it is written, and the errand is done again
    with leaver.app.app_context():
        leaver.app.extensions["outbox_handlers"]["closure.write_down"](whole.split()[1], now=leaver.app.extensions["clock"].now())
    other = anew()
    carry_over(installation, other)

    with in_production(other.app):
        restored = run(other.app, "restore", str(tmp_path / "b"))

    assert restored.exit_code == 0, restored.output
    assert ids(other.app) == []


@pytest.mark.promise("P54", "P71")
def test_an_installation_that_all_have_left_is_not_empty(leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))
    leaver.leave()
    other = anew()
    carry_over(installation, other)
    first = run(other.app, "restore", str(tmp_path / "b"))

    again = run(other.app, "restore", str(tmp_path / "b"))

    assert first.exit_code == 0, first.output
    assert (again.exit_code, again.output[:6]) == (1, "Error:"), again.output
    with other.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Archive)) == 1
    assert ids(other.app) == []


@ONE
@pytest.mark.promise("P71")
def test_a_backup_of_what_was_restored_keeps_those_away_who_left_long_ago(leaver: Leaver, anew: Anew, tmp_path: Path) -> None:
    leaver.leave()
    run(leaver.app, "backup", str(tmp_path / "b"))
    other = anew()
    run(other.app, "restore", str(tmp_path / "b"))
    run(other.app, "backup", str(tmp_path / "c"))
    third = anew()
    for name in (NAME, HEAD):
        shutil.copy(other.folder / name, third.folder)

    with in_production(third.app):
        restored = run(third.app, "restore", str(tmp_path / "c"))

    assert restored.exit_code == 0, restored.output


@ONE
@pytest.mark.promise("P57", "P71")
@pytest.mark.parametrize("month", ["there", "ended"])
def test_who_is_erased_again_lies_in_the_month_she_left_in(
    leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path, clock: ClockHandle, month: str
) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))
    leaver.leave()
    left = clock.now()
    other = anew()
    carry_over(installation, other)
    if month == "ended":
        (other.folder / "vault" / f"{left:%Y-%m}.pub").rename(other.folder / "vault" / f"{left:%Y-%m}.destroyed")
    other.app.extensions["clock"].move(left + timedelta(days=800))

    restored = run(other.app, "restore", str(tmp_path / "b"))

    assert restored.exit_code == 0, restored.output
    with other.app.app_context():
        months = db.session.scalars(select(VaultMonth.month)).all()
        sealed = db.session.scalars(select(Archive.month)).all()
    assert ids(other.app) == []
    assert (months, sealed) == (([f"{left:%Y-%m}"],) * 2 if month == "there" else ([], []))


@ONE
@pytest.mark.promise("P71")
def test_marks_are_found_under_every_backup_key_there_was(leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))
    run(leaver.app, "keys", "rotate", "backup")
    leaver.leave()
    other = anew()
    carry_over(installation, other)

    with in_production(other.app):
        restored = run(other.app, "restore", str(tmp_path / "b"))

    assert restored.exit_code == 0, restored.output
    assert ids(other.app) == []
    assert len(KeyRing.load(other.folder / "keyring.json").living(Purpose.BACKUP)) >= 2


def test_the_marks_of_those_who_left_name_nobody(leaver: Leaver, installation: Installation) -> None:
    leaver.leave()

    moment, mark, key_id = (installation.folder / NAME).read_text().split()[-4:-1]

    assert leaver.person.id not in mark
    assert leaver.person.mobile[3:] not in mark
    assert len(mark) == 64
    assert moment[:4] == "2026"
    assert key_id in {entry.key.id for entry in KeyRing.load(installation.folder / "keyring.json").entries}
