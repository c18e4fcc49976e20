"""Security events: noted with a sealed address, opened by two custodians for a case, gone after a year (P42, P47, P48)."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.crypto.custody import CustodyError, new_month
from msewa.crypto.sealing import PUBLIC_BYTES, SealError, open_sealed
from msewa.extensions import Base, db, writing
from msewa.outbox import daily, worker
from msewa.visits import security
from msewa.visits.models import SecurityEvent, SecurityOpening
from msewa.visits.opening import NoCaseError, open_month
from msewa.visits.recording import flush
from msewa.visits.security import Event, Notes, has_current_key, month_of
from tests.closure.ceremony import offline
from tests.conftest import ClockHandle
from tests.installation import raw_bytes
from tests.people import PASSWORD, signed_in, somebody
from tests.security.planted import spellings
from tests.strict_client import StrictClient

ADDRESS = "203.0.113.77"
FROM = {"REMOTE_ADDR": ADDRESS}


@pytest.fixture
def shares(app: Flask, clock: ClockHandle) -> Iterator[list[str]]:
    """The custodians' shares of this month's key."""
    folder: Path = app.extensions["settings"].data / security.FOLDER
    papers = new_month(folder, month_of(clock.now()), name="security", target=folder)
    yield [paper.read_text() for paper in papers]
    shutil.rmtree(folder)


@pytest.fixture
def case(app: Flask, another_client: StrictClient) -> str:
    """The number of an open case of the console."""
    signed_in(another_client, app=app, role="dpo")
    another_client.submit("/dpo/cases", "case", kind="security")
    return another_client.page("/dpo/cases").all("case-row")[0].get("data-id")


def kept(app: Flask) -> list[SecurityEvent]:
    flush(app)
    with app.app_context():
        return list(db.session.scalars(select(SecurityEvent).order_by(SecurityEvent.kind)))


def fail_to_sign_in(client: StrictClient, mobile: str, *, times: int = 1, address: str = ADDRESS) -> list[int]:
    # Another password each time: the same one of the same form is a second tap, which counts no second try.
    values = {**client.page("/sign-in").fields("sign-in"), "mobile": mobile}
    tries = [{**values, "password": f"quite another {number}"} for number in range(times)]
    return [client.post("/sign-in", data=one, environ_base={"REMOTE_ADDR": address}).status_code for one in tries]


@pytest.mark.promise("P42", "P48")
def test_refused_tries_are_noted_by_kind_and_hour(app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str]) -> None:
    person = somebody(app)

    assert fail_to_sign_in(client, person.mobile, times=6) == [422] * 5 + [429]
    client.post("/sign-in", data={}, environ_base=FROM)
    client.get("/account/not-me/forged", environ_base=FROM)

    events = kept(app)
    assert [event.kind for event in events] == ["form_refused", "link_forged", "sign_in_failed", "throttled"]
    for event in events:
        assert event.hour.minute == event.hour.second == event.hour.microsecond == 0
        assert event.hour <= clock.now()


@pytest.mark.promise("P42")
def test_a_right_password_without_its_second_factor_is_noted(app: Flask, client: StrictClient, shares: list[str]) -> None:
    person = somebody(app)
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=PASSWORD)

    client.submit("/sign-in/second-factor", "second-factor", code="000000")

    assert [event.kind for event in kept(app)] == ["half_done"]


@pytest.mark.promise("P42", "P14")
def test_no_address_can_be_read_anywhere(
    app: Flask, client: StrictClient, shares: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    fail_to_sign_in(client, "9876512345", times=3)
    events = kept(app)

    assert len(events) == 1
    forms = spellings(ADDRESS) | {bytes(int(part) for part in ADDRESS.split("."))}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                content = b"|".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row)
                assert not [form for form in forms if form in content and len(form) > 4], table.name
    for path in (path for path in app.extensions["settings"].data.rglob("*") if path.is_file()):
        assert ADDRESS.encode() not in raw_bytes(path)
    assert ADDRESS not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.promise("P42", "P47")
def test_two_custodians_with_a_case_open_the_address(
    app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str], case: str
) -> None:
    fail_to_sign_in(client, "9876512345", times=3)
    fail_to_sign_in(client, "9876512345", address="2001:db8::7")
    kept(app)

    with app.app_context(), writing():
        opened = open_month(month_of(clock.now()), case_number=case, shares=shares[1:], now=clock.now())
        db.session.commit()
        counted = list(db.session.execute(select(SecurityOpening.case_number, SecurityOpening.events)))

    assert {(event.kind, event.address, event.tries) for event in opened} == {
        ("sign_in_failed", ADDRESS, 3),
        ("sign_in_failed", "2001:db8::7", 1),
    }
    assert counted == [(case, 2)]
    assert "1" in client.page("/statistics/visits").text


@pytest.mark.promise("P42", "P47")
@pytest.mark.parametrize("typed", ["", "  ", "x", "CC-2026/17", "NOSUCHCASE", "C-K7M4-TXQ9"])
def test_without_a_case_nothing_is_opened(app: Flask, clock: ClockHandle, shares: list[str], case: str, typed: str) -> None:
    with app.app_context(), pytest.raises(NoCaseError):
        open_month(month_of(clock.now()), case_number=typed, shares=shares, now=clock.now())


@pytest.mark.promise("P42", "P47")
def test_a_case_that_was_closed_opens_nothing(
    app: Flask, another_client: StrictClient, clock: ClockHandle, shares: list[str], case: str
) -> None:
    another_client.submit("/dpo/cases", "close-case")

    with app.app_context(), pytest.raises(NoCaseError):
        open_month(month_of(clock.now()), case_number=case, shares=shares, now=clock.now())


@pytest.mark.promise("P42")
def test_one_custodian_opens_nothing(app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str], case: str) -> None:
    fail_to_sign_in(client, "9876512345")
    kept(app)

    for words in ([], shares[:1], [shares[0], shares[0]]):
        with app.app_context(), pytest.raises(CustodyError):
            open_month(month_of(clock.now()), case_number=case, shares=words, now=clock.now())
        with app.app_context():
            assert db.session.scalars(select(SecurityOpening)).all() == []


@pytest.mark.promise("P42")
def test_the_servers_own_secrets_open_nothing(app: Flask, client: StrictClient, shares: list[str]) -> None:
    fail_to_sign_in(client, "9876512345")
    (event,) = kept(app)

    for entry in app.extensions["key_ring"].entries:
        with pytest.raises(SealError):
            open_sealed(entry.key.secret, event.sealed, info=b"")


def test_a_sealed_address_can_not_be_moved_to_another_hour_or_kind(
    app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str], case: str
) -> None:
    fail_to_sign_in(client, "9876512345")
    kept(app)
    with app.app_context(), writing():
        event = db.session.scalars(select(SecurityEvent)).one()
        event.hour -= timedelta(hours=3)
        db.session.commit()

    with app.app_context(), pytest.raises(SealError):
        open_month(month_of(clock.now()), case_number=case, shares=shares[:2], now=clock.now())


def test_every_seal_has_one_length(app: Flask, shares: list[str], clock: ClockHandle) -> None:
    with app.app_context():
        for address in ("10.0.0.1", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "", "x" * 500):
            security.note(Event.THROTTLED, address=address, now=clock.now())

    assert len({len(event.sealed) for event in kept(app)}) == 1


def test_a_flood_of_tries_from_everywhere_stays_small(
    app: Flask, shares: list[str], clock: ClockHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "MOST_WAITING", 20)
    with app.app_context():
        for number in range(500):
            security.note(Event.THROTTLED, address=f"198.51.100.{number}", now=clock.now())

    assert len(kept(app)) == 21


@pytest.mark.promise("P42")
def test_security_events_are_gone_after_a_year(app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str]) -> None:
    fail_to_sign_in(client, "9876512345")
    kept(app)
    with app.app_context(), writing():
        daily.start(now=clock.now())
        db.session.commit()

    for days, left in ((364, 1), (2, 0)):
        clock.advance(days=days)
        with app.app_context():
            assert worker.run_due(now=clock.now()) >= 1
            assert len(db.session.scalars(select(SecurityEvent)).all()) == left


@pytest.mark.parametrize("backend", ["sqlite"])
def test_without_a_key_nothing_is_kept_and_production_is_not_ready(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    fail_to_sign_in(client, "9876512345")

    assert kept(app) == []
    with app.app_context():
        assert not has_current_key(now=clock.now())
    assert client.get("/health/ready").status_code == 200, "a demonstration goes on without"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_missed_month_seals_to_the_key_before_it(app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str]) -> None:
    before = month_of(clock.now())
    clock.advance(days=40)
    fail_to_sign_in(client, "9876512345")

    assert [event.key_month for event in kept(app)] == [before]
    with app.app_context():
        assert not has_current_key(now=clock.now())


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_damaged_key_seals_to_the_key_before_it(app: Flask, client: StrictClient, clock: ClockHandle, shares: list[str]) -> None:
    before = month_of(clock.now())
    clock.advance(days=40)
    folder: Path = app.extensions["settings"].data / security.FOLDER
    facts = json.loads((folder / f"{before}.pub").read_text())
    facts |= {"month": month_of(clock.now()), "public": base64.b64encode(bytes(PUBLIC_BYTES)).decode()}
    (folder / f"{facts['month']}.pub").write_text(json.dumps(facts))
    fail_to_sign_in(client, "9876512345")

    assert [event.key_month for event in kept(app)] == [before]


@pytest.mark.promise("P42", "P47")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_commands_make_a_key_and_open_only_for_a_case_with_two_shares(
    app: Flask, client: StrictClient, clock: ClockHandle, tmp_path: Path, case: str
) -> None:
    run = app.test_cli_runner().invoke
    month = month_of(clock.now())

    folder = tmp_path / "offline"
    made = offline("new-key", "--month", month, "--to", str(folder), group="security")
    files = sorted(folder.glob("*.txt"))
    assert made.returncode == 0
    assert len(files) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert offline("new-key", "--month", month, "--to", str(folder), group="security").returncode == 1
    brought = app.extensions["settings"].data / security.FOLDER
    brought.mkdir(exist_ok=True)
    shutil.copy(folder / f"{month}.pub", brought)

    fail_to_sign_in(client, "9876512345")
    kept(app)
    two = ["--share", str(files[0]), "--share", str(files[2])]
    assert run(args=["security", "open", *two]).exit_code == 2, "no case number"
    one = run(args=["security", "open", "--case", case, "--share", str(files[0])])
    assert one.exit_code == 1
    assert ADDRESS not in one.output
    invented = run(args=["security", "open", "--case", "NOSUCHCASE", "--month", month, *two])
    assert (invented.exit_code, ADDRESS in invented.output) == (1, False)
    assert "no open case of this number" in invented.output
    opened = run(args=["security", "open", "--case", case, "--month", month, *two])
    assert opened.exit_code == 0
    assert re.search(rf"sign_in_failed  {ADDRESS}  1\n", opened.output)
    shutil.rmtree(app.extensions["settings"].data / security.FOLDER)


def test_what_could_not_be_written_is_kept_for_the_next_time() -> None:
    notes = Notes()
    one = security.Noted(Event.THROTTLED, datetime(2026, 11, 23, 6, tzinfo=UTC), ADDRESS)
    notes.add(one, 3)

    for noted, count in notes.take().items():
        notes.add(noted, count)

    assert notes.take() == {one: 3}
    assert notes.take() == {}
