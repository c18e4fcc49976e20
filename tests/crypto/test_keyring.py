"""The key ring: made once, kept private, checked at start, rotated without losing anything."""

import base64
import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from msewa.crypto.keyring import (
    Key,
    KeyRing,
    KeyRingDamagedError,
    KeyRingError,
    KeyRingExistsError,
    KeyRingExposedError,
    KeyRingMissingError,
    NoActiveKeyError,
    Purpose,
    State,
    UnknownKeyError,
    UnknownPurposeError,
    WrongPurposeError,
    derive,
)

Rows = list[Any]


def edit(ring: KeyRing, change: Callable[[Rows], object]) -> None:
    content = json.loads(ring.path.read_text())
    change(content["keys"])
    ring.path.write_text(json.dumps(content))


def test_a_new_ring_is_for_its_owner_alone(ring: KeyRing) -> None:
    file_mode = stat.S_IMODE(ring.path.stat().st_mode)
    folder_mode = stat.S_IMODE(ring.path.parent.stat().st_mode)

    assert (file_mode, folder_mode) == (0o600, 0o700)
    assert [path.name for path in ring.path.parent.iterdir()] == ["ring.json"]


def test_a_loaded_ring_holds_what_was_made(ring: KeyRing) -> None:
    loaded = KeyRing.load(ring.path)

    secrets = {loaded.active(purpose).secret for purpose in Purpose if purpose is not Purpose.SANDBOX}

    assert loaded.entries == ring.entries
    assert secrets == {entry.key.secret for entry in ring.entries}
    assert {len(secret) for secret in secrets} == {32}
    assert len(secrets) == len(Purpose) - 1


def test_only_a_demo_ring_has_the_sandbox_key(ring: KeyRing, tmp_path: Path, now: datetime) -> None:
    demo = KeyRing.create(tmp_path / "demo.json", now=now, mode_demo=True)

    assert demo.is_demo
    assert demo.active(Purpose.SANDBOX)
    assert not ring.is_demo
    with pytest.raises(NoActiveKeyError):
        ring.active(Purpose.SANDBOX)


def test_making_a_ring_never_overwrites_one(ring: KeyRing, now: datetime) -> None:
    before = ring.path.read_bytes()

    with pytest.raises(KeyRingExistsError):
        KeyRing.create(ring.path, now=now, mode_demo=True)

    assert ring.path.read_bytes() == before


def test_of_processes_that_start_at_once_one_makes_the_ring(tmp_path: Path, now: datetime) -> None:
    def make(_: int) -> bool:
        try:
            KeyRing.create(tmp_path / "keys" / "ring.json", now=now, mode_demo=True)
        except KeyRingExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))

    assert sum(made) == 1


def test_a_missing_ring_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRingMissingError, match="There is no key ring"):
        KeyRing.load(tmp_path / "ring.json")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601, 0o666])
def test_a_ring_that_others_can_reach_is_refused(ring: KeyRing, mode: int) -> None:
    ring.path.chmod(mode)

    with pytest.raises(KeyRingExposedError, match="0600"):
        KeyRing.load(ring.path)


DAMAGES: dict[str, Callable[[Rows], object]] = {
    "short secret": lambda rows: rows[0].update(secret=base64.b64encode(bytes(range(31))).decode()),
    "zero secret": lambda rows: rows[0].update(secret=base64.b64encode(bytes(32)).decode()),
    "no base64": lambda rows: rows[0].update(secret="?" * 44),
    "one secret twice": lambda rows: rows[0].update(secret=rows[1]["secret"]),
    "one id twice": lambda rows: rows[0].update(id=rows[1]["id"]),
    "two active": lambda rows: rows[0].update(purpose=rows[1]["purpose"]),
    "odd id": lambda rows: rows[0].update(id="../etc/passwd"),
    "odd state": lambda rows: rows[0].update(state="asleep"),
    "no time zone": lambda rows: rows[0].update(created_at="2026-10-02T09:30:00"),
    "field gone": lambda rows: rows[0].pop("secret"),
    "not an entry": lambda rows: rows.append("a word"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_entry_is_refused(ring: KeyRing, damage: Callable[[Rows], object]) -> None:
    edit(ring, damage)

    with pytest.raises(KeyRingDamagedError, match="restore it from its backup"):
        KeyRing.load(ring.path)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 2, "keys": []}', '{"version": 1, "keys": 5}'])
def test_a_damaged_file_is_refused_without_quoting_it(ring: KeyRing, content: str) -> None:
    ring.path.write_text(content)

    with pytest.raises(KeyRingDamagedError) as refusal:
        KeyRing.load(ring.path)

    assert refusal.value.__context__ is None


def test_a_file_cut_short_anywhere_is_refused(ring: KeyRing) -> None:
    whole = ring.path.read_bytes()

    for length in range(0, len(whole), 97):
        ring.path.write_bytes(whole[:length])
        with pytest.raises(KeyRingDamagedError):
            KeyRing.load(ring.path)


def test_an_unknown_purpose_is_refused_by_name(ring: KeyRing) -> None:
    edit(ring, lambda rows: rows[0].update(purpose="telepathy"))

    with pytest.raises(UnknownPurposeError, match="telepathy"):
        KeyRing.load(ring.path)


def test_a_ring_without_an_active_key_for_a_purpose_is_refused(ring: KeyRing) -> None:
    edit(ring, lambda rows: rows[1].update(state="decrypt-only"))

    with pytest.raises(NoActiveKeyError, match="index"):
        KeyRing.load(ring.path)


def test_each_refusal_is_one_line(ring: KeyRing) -> None:
    ring.path.chmod(0o644)

    with pytest.raises(KeyRingError) as refusal:
        KeyRing.load(ring.path)

    assert "\n" not in str(refusal.value)


def test_a_key_serves_its_own_purpose_only(ring: KeyRing) -> None:
    key = ring.active(Purpose.LINKS)

    assert ring.find(key.id, purpose=Purpose.LINKS) == key
    with pytest.raises(WrongPurposeError):
        ring.find(key.id, purpose=Purpose.LEDGER)
    with pytest.raises(WrongPurposeError):
        key.secret_for(Purpose.WRAP)


def test_an_unknown_key_is_refused(ring: KeyRing) -> None:
    with pytest.raises(UnknownKeyError):
        ring.find("0" * 16, purpose=Purpose.WRAP)


def test_after_rotation_the_old_key_only_opens(ring: KeyRing, now: datetime) -> None:
    old = ring.active(Purpose.WRAP)

    new = ring.rotate(Purpose.WRAP, now=now + timedelta(days=1))

    states = {entry.key.id: entry.state for entry in KeyRing.load(ring.path).entries}
    assert ring.active(Purpose.WRAP) == new != old
    assert ring.find(old.id, purpose=Purpose.WRAP).secret == old.secret
    assert (states[old.id], states[new.id]) == (State.DECRYPT_ONLY, State.ACTIVE)


def test_a_running_process_sees_a_rotation_by_another(ring: KeyRing, now: datetime) -> None:
    other = KeyRing.load(ring.path)

    new = other.rotate(Purpose.WRAP, now=now)

    assert ring.active(Purpose.WRAP) == new


def test_rotations_at_the_same_time_lose_no_key(ring: KeyRing, now: datetime) -> None:
    def rotate(_: int) -> str:
        return KeyRing.load(ring.path).rotate(Purpose.WRAP, now=now).id

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(rotate, range(8)))

    assert made <= {entry.key.id for entry in KeyRing.load(ring.path).entries}


def test_a_file_damaged_while_running_does_not_stop_the_process(ring: KeyRing) -> None:
    key = ring.active(Purpose.WRAP)

    ring.path.write_text("{")

    assert ring.active(Purpose.WRAP) == key


def test_a_ring_lost_while_running_can_be_saved_again(ring: KeyRing) -> None:
    ring.path.unlink()

    ring.save()

    assert KeyRing.load(ring.path).entries == ring.entries


def test_a_destroyed_key_is_gone_for_good(ring: KeyRing, now: datetime) -> None:
    old = ring.active(Purpose.WRAP)
    ring.rotate(Purpose.WRAP, now=now)

    ring.destroy(old.id)

    with pytest.raises(UnknownKeyError):
        KeyRing.load(ring.path).find(old.id, purpose=Purpose.WRAP)
    assert base64.b64encode(old.secret).decode() not in ring.path.read_text()


def test_an_active_key_cannot_be_destroyed(ring: KeyRing) -> None:
    with pytest.raises(KeyRingError, match="rotate it first"):
        ring.destroy(ring.active(Purpose.WRAP).id)


def test_no_text_of_a_key_or_ring_shows_a_secret(ring: KeyRing) -> None:
    key = Key(id="0" * 16, purpose=Purpose.WRAP, secret=b"not to be seen")

    shown = f"{key!r} {key} {ring!r} {ring.entries!r}"

    assert "not to be seen" not in shown
    assert "secret" not in shown


def test_derived_keys_differ_by_use_and_key(ring: KeyRing) -> None:
    links, ledger = ring.active(Purpose.LINKS), ring.active(Purpose.LEDGER)

    derived = {derive(links, "one"), derive(links, "two"), derive(ledger, "one"), links.secret}

    assert len(derived) == 4
    assert derive(links, "one") == derive(links, "one")
    assert len(derive(links, "one", length=64)) == 64


def test_an_older_ring_gets_keys_for_later_purposes_and_keeps_its_own(ring: KeyRing, now: datetime) -> None:
    edit(ring, lambda rows: rows.remove(next(row for row in rows if row["purpose"] == Purpose.RECEIPTS)))
    before = {entry["id"] for entry in json.loads(ring.path.read_text())["keys"]}

    KeyRing.complete(ring.path, now=now)

    loaded = KeyRing.load(ring.path)
    assert before < {entry.key.id for entry in loaded.entries}
    assert loaded.active(Purpose.RECEIPTS)


def test_a_ring_that_lost_an_old_key_is_not_completed_but_refused(ring: KeyRing, now: datetime) -> None:
    edit(ring, lambda rows: rows.remove(next(row for row in rows if row["purpose"] == Purpose.INDEX)))

    KeyRing.complete(ring.path, now=now)

    with pytest.raises(NoActiveKeyError, match="index"):
        KeyRing.load(ring.path)
