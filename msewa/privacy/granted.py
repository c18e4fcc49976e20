"""Portals that she let ask who looked: each time of it, from the choices that the dashboard reads anyhow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from msewa.consents.purposes import get_purpose
from msewa.consents.queries import place_of
from msewa.consents.rules import IN_FORCE, Event, Latest, Purpose, state_of
from msewa.crypto.envelope import unseal_json
from msewa.ledger.rules import Subject


@dataclass(frozen=True, slots=True)
class Granted:
    """One time: the portal's id and name, what it may read, since when, and until when; `until` is None where nobody ended it.

    `is_on` while it may ask; `receipt_id` is that of the yes.
    """

    id: str
    name: str
    purpose: Purpose
    since: datetime
    until: datetime | None
    is_on: bool
    receipt_id: str


class _Time(NamedTuple):
    """A yes among the rows of CHOICES, and when the next event came."""

    key: str
    number: int
    since: datetime
    sealed: bytes
    until: datetime | None
    is_on: bool


def list_granted(subject: Subject, choices: Iterable[tuple[Any, ...]], *, limit: int, now: datetime) -> list[Granted]:
    """Return the times for which portals were let ask, out of the rows of CHOICES: `limit` of them, the newest first, and all that last.

    Opens none but these.
    """
    # A choice for one recipient stands under `purpose:recipient`, and CHOICES come in the order of these.
    by_portal = groupby((row for row in choices if ":" in row[0]), key=lambda row: row[0])
    times = [time for key, rows in by_portal for time in _times(key, list(rows), now=now)]
    newest = sorted(times, key=lambda time: time.since, reverse=True)
    return [_open(subject, time) for place, time in enumerate(newest) if place < limit or time.is_on]


def _times(key: str, rows: Sequence[tuple[Any, ...]], *, now: datetime) -> Iterable[_Time]:
    purpose = _purpose_of(key)
    # Each event beside the one that came next: a yes lasts until then.
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        _, number, state, version, at, sealed = row
        if state in IN_FORCE:
            is_on = after is None and state_of(Latest(number, Event(state), version, at), purpose, now=now) in IN_FORCE
            yield _Time(key, number, at, sealed, after[4] if after else None, is_on)


def _open(subject: Subject, time: _Time) -> Granted:
    said = unseal_json(subject.key, time.sealed, place=place_of(subject.id, purpose_id=time.key, number=time.number))
    whom = said["recipient"]
    return Granted(whom["id"], whom["name"], _purpose_of(time.key), time.since, time.until, time.is_on, said["receipt"])


def _purpose_of(key: str) -> Purpose:
    return get_purpose(key.partition(":")[0])
