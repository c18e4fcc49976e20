"""Security events: what was refused, and from where; the address is sealed to a key that this server does not have (P42, P48)."""

import json
import secrets
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import insert

from msewa.config import Settings
from msewa.crypto.custody import CustodyError, months, new_month, public_half
from msewa.crypto.framing import framed
from msewa.crypto.sealing import open_sealed, seal_to
from msewa.extensions import db
from msewa.visits.models import SecurityEvent
from msewa.web import journal

FOLDER = "security"
MOST_WAITING = 2000
# Closed at one length, or the length would tell the kind of address.
SEALED_LENGTH = 160
DEMONSTRATION_ONLY = (
    "These are the custodians' shares of this demonstration's offline keys, kept together so that it can be tried.\n"
    "In a real installation no share ever lies on the server: each is taken away by another custodian.\n"
)


class Event(StrEnum):
    """What may be noted; the name is the kind that is stored."""

    SIGN_IN_FAILED = "sign_in_failed"
    HALF_DONE = "half_done"
    THROTTLED = "throttled"
    FORM_REFUSED = "form_refused"
    LINK_FORGED = "link_forged"


class Noted(NamedTuple):
    """One kind of event from one address in one hour."""

    kind: Event
    hour: datetime
    address: str


class Notes:
    """What this process has noted and not yet sealed: for a minute or so, counted, so that a flood of tries is a few rows."""

    def __init__(self) -> None:
        self._counts: Counter[Noted] = Counter()
        self._lock = threading.Lock()

    def add(self, noted: Noted, count: int = 1) -> None:
        """Count an event; beyond what one process keeps, its address is left out."""
        with self._lock:
            known = noted in self._counts or len(self._counts) < MOST_WAITING
            self._counts[noted if known else noted._replace(address="")] += count

    def take(self) -> dict[Noted, int]:
        """Take out everything that waits."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return dict(taken)


def note(kind: Event, *, address: str, now: datetime) -> None:
    """Note that something was refused; nothing is written in this request, and the address never readable."""
    notes: Notes = current_app.extensions["security_notes"]
    notes.add(Noted(kind, now.replace(minute=0, second=0, microsecond=0), address))


def note_form_refused(*, address: str, now: datetime) -> None:
    """Note that a form came without the seed of its browser (CSRF)."""
    note(Event.FORM_REFUSED, address=address, now=now)


def seal_and_keep(counts: dict[Noted, int], *, now: datetime) -> None:
    """Seal each event to the latest public half and keep it; without any nothing can be kept, and the log says so."""
    if not counts:
        return
    key = latest_key(now=now)
    if key is None:
        journal.event("security_events_lost", count=sum(counts.values()))
        return
    rows = [_row(noted, count, key=key) for noted, count in counts.items()]
    # By their random ids: the order of rows would tell the order of events.
    db.session.execute(insert(SecurityEvent), sorted(rows, key=lambda row: row["id"]))


def _row(noted: Noted, count: int, *, key: tuple[str, bytes]) -> dict[str, Any]:
    month, public = key
    # No address is as long (INET6_ADDRSTRLEN is 46), but what a proxy passes on may be anything.
    content = json.dumps({"address": noted.address[:60], "tries": count}).ljust(SEALED_LENGTH).encode()
    sealed = seal_to(public, content, info=_bound(noted.kind, hour=noted.hour, month=month))
    return {"id": secrets.token_hex(16), "kind": noted.kind.value, "hour": noted.hour, "key_month": month, "sealed": sealed}


def open_event(event: SecurityEvent, *, private: bytes) -> dict[str, Any]:
    """Open one event with the private half of its month: its address and tries; raises SealError."""
    content = open_sealed(private, event.sealed, info=_bound(event.kind, hour=event.hour, month=event.key_month))
    return json.loads(content)


def security_folder() -> Path:
    """Return the folder of the public halves."""
    settings: Settings = current_app.extensions["settings"]
    return settings.data / FOLDER


def latest_key(*, now: datetime) -> tuple[str, bytes] | None:
    """Return the month and public half to seal to: this month's, else the latest good one before it, else None."""
    folder, this = security_folder(), month_of(now)
    # A key that was brought before its time waits, or a case about its month would open this one's addresses too.
    for month in reversed([month for month in months(folder) if month <= this]):
        with suppress(CustodyError):
            return month, public_half(folder, month)
    return None


def month_of(now: datetime) -> str:
    """Return the month whose key holds at `now`, such as 2026-11."""
    return now.strftime("%Y-%m")


def has_current_key(*, now: datetime) -> bool:
    """Whether there is a public half of this month, good to seal to."""
    key = latest_key(now=now)
    return key is not None and key[0] == month_of(now)


def make_demonstration_key(*, now: datetime) -> None:
    """Make a demonstration's key of this month, its shares beside the data: there is nobody to take them away."""
    settings: Settings = current_app.extensions["settings"]
    month, target = month_of(now), settings.data / "custodians"
    if month not in months(security_folder()):
        new_month(security_folder(), month, name=f"security-{month}", target=target)
        (target / "README.txt").write_text(DEMONSTRATION_ONLY, encoding="utf-8")


def _bound(kind: str, *, hour: datetime, month: str) -> bytes:
    # Whoever has the database can't make a sealed address speak of another kind, hour or month.
    return framed("msewa security event", kind, hour.isoformat(), month)
