"""Visits: begun, moved up to more rights under a new token, ended."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from msewa.accounts.models import KnownDevice, SignInSession
from msewa.accounts.queries import find_device, over
from msewa.accounts.rules import HALF_DONE, IDLE, LONGEST_VISIT, MOST_BEGUN, UNFINISHED, Visit, joined
from msewa.accounts.same_cookies import token_for
from msewa.accounts.standing import one_at_a_time
from msewa.crypto.blind_index import blind_index
from msewa.crypto.envelope import Place, seal_json, unseal_json
from msewa.crypto.keyring import Purpose
from msewa.crypto.tokens import new_token, token_hash
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db, writing
from msewa.outbox import operations as outbox
from msewa.web.keys import key_ring, key_wrapper

SWEEP = "accounts.sweep"
# What is swept: one piece of work each.
VISITS, TRIES, FORM_KEYS = "visits", "tries", "form keys"


class VisitOverError(Exception):
    """A visit was ended while it was about to lead on."""


@dataclass(slots=True)
class Unfinished:
    """A visit that is on its way to more: its id, its key, and what it has gathered so far."""

    id: str
    kind: str
    key: bytes
    data: dict[str, Any] = field(repr=False)
    seen_at: datetime


def begin(kind: Visit, *, data: dict[str, Any], now: datetime, account_id: str | None = None) -> tuple[str, str]:
    """Begin an unfinished visit with a key of its own; return its id, and its token, which is stored nowhere."""
    visit_id, token, key = secrets.token_hex(16), token_for("session"), new_data_key()
    db.session.add(
        SignInSession(
            id=visit_id,
            token_hash=token_hash(token),
            account_id=account_id,
            kind=kind,
            mobile_index=_mark_in(data),
            data_key=key_wrapper().wrap(key, subject=visit_id),
            sealed=seal_json(key, data, place=_place(visit_id)),
            created_at=now,
            seen_at=now,
            ends_at=now + (HALF_DONE if kind is Visit.HALF else UNFINISHED),
        )
    )
    db.session.flush()
    _sweep_later(now=now)
    return visit_id, token


def marks_of(mobile: str) -> list[bytes]:
    """Return the marks under which an unfinished visit with this number may be kept, today's first: while the index key is rotated, two."""
    return [blind_index(key, mobile, table="sign_in_session", field="mobile") for key in key_ring().living(Purpose.INDEX)]


def _mark_in(data: dict[str, Any]) -> bytes | None:
    mobile = data.get("mobile")
    return marks_of(mobile)[0] if mobile else None


def find(token: str | None, *, kind: Visit, now: datetime) -> Unfinished | None:
    """Return the unfinished visit of a token; None when it is over, idle for long or of another kind."""
    if token is None:
        return None
    chosen = select(SignInSession.id, SignInSession.data_key, SignInSession.sealed, SignInSession.seen_at).where(
        SignInSession.token_hash == token_hash(token), SignInSession.kind == kind
    )
    row = db.session.execute(chosen.where(SignInSession.ends_at > now, SignInSession.seen_at > now - IDLE)).first()
    if row is None or row.data_key is None:
        return None
    key = key_wrapper().unwrap(row.data_key, subject=row.id)
    return Unfinished(row.id, kind, key, unseal_json(key, row.sealed, place=_place(row.id)), row.seen_at)


def stop(token: str | None) -> str | None:
    """End a registration or recovery because somebody wants no more of it; return which it was, None when there is none."""
    own = (SignInSession.token_hash == token_hash(token or ""), SignInSession.kind.in_((Visit.ENROL, Visit.RECOVER)))
    kind = db.session.scalar(select(SignInSession.kind).where(*own))
    db.session.execute(delete(SignInSession).where(*own))
    return kind


def data_of(visit_id: str, wrapped: bytes, sealed: bytes) -> dict[str, Any]:
    """Return what an unfinished visit has gathered, from its row."""
    return unseal_json(key_wrapper().unwrap(wrapped, subject=visit_id), sealed, place=_place(visit_id))


def keep(visit: Unfinished, *, account_id: str | None = None) -> None:
    """Store what an unfinished visit has gathered, and of which account something is proven: it ends with all others of that account."""
    values: dict[str, Any] = {"sealed": seal_json(visit.key, visit.data, place=_place(visit.id)), "mobile_index": _mark_in(visit.data)}
    if account_id is not None:
        values["account_id"] = account_id
    db.session.execute(update(SignInSession).where(SignInSession.id == visit.id).values(**values))


def renew(visit: Unfinished) -> str:
    """Give an unfinished visit a new token, because it may do more now."""
    token = token_for("session")
    db.session.execute(update(SignInSession).where(SignInSession.id == visit.id).values(token_hash=token_hash(token)))
    return token


def use_up(visit_id: str, *, account_id: str) -> None:
    """End an unfinished visit because everything is proven. Raises VisitOverError when something ended it meanwhile (F15)."""
    one_at_a_time(account_id)
    own = delete(SignInSession).where(SignInSession.id == visit_id, SignInSession.account_id == account_id)
    if cast("CursorResult[Any]", db.session.execute(own)).rowcount != 1:
        raise VisitOverError


def enter(account_id: str, *, now: datetime) -> str:
    """Begin a signed-in visit, proven now; return its token."""
    token = token_for("session")
    db.session.add(
        SignInSession(
            id=secrets.token_hex(16),
            token_hash=token_hash(token),
            account_id=account_id,
            kind=Visit.FULL,
            created_at=now,
            seen_at=now,
            ends_at=now + LONGEST_VISIT,
            proved_at=now,
        )
    )
    db.session.flush()
    _sweep_later(now=now)
    return token


def get_id(token: str) -> str:
    """Return the id of the visit of a token."""
    return db.session.scalars(select(SignInSession.id).where(SignInSession.token_hash == token_hash(token))).one()


def hand_over(session_id: str, *, now: datetime) -> str | None:
    """Give a signed-in visit that nobody has used another token, its first one was lost on the way; None when it was used, or ended."""
    token = new_token()
    unused = update(SignInSession).where(SignInSession.id == session_id, SignInSession.kind == Visit.FULL, ~over(now))
    unused = unused.where(SignInSession.seen_at == SignInSession.created_at).values(token_hash=token_hash(token))
    return token if cast("CursorResult[Any]", db.session.execute(unused)).rowcount == 1 else None


def prove_again(session_id: str, *, now: datetime) -> str:
    """Note fresh proof of password and second factor (step-up); return the visit's new token."""
    token = token_for("session")
    values = {"token_hash": token_hash(token), "proved_at": now}
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(**values))
    return token


def note_seen(session_id: str, *, now: datetime) -> None:
    """Note that a visit was used just now."""
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=now))


def put_aside(session_id: str, data: dict[str, Any] | None, *, key: bytes) -> None:
    """Keep for a signed-in visit what a change still waits for; None forgets it."""
    sealed = None if data is None else seal_json(key, data, place=_place(session_id))
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(sealed=sealed))


def find_aside(session_id: str, *, key: bytes) -> dict[str, Any]:
    """Return what `put_aside` keeps for a visit; empty when there is nothing."""
    sealed = db.session.scalar(select(SignInSession.sealed).where(SignInSession.id == session_id))
    return {} if sealed is None else unseal_json(key, sealed, place=_place(session_id))


def end(session_id: str, *, account_id: str | None = None) -> None:
    """End a visit, of this account where one is given."""
    chosen = delete(SignInSession).where(SignInSession.id == session_id)
    db.session.execute(chosen if account_id is None else chosen.where(SignInSession.account_id == account_id))


def end_over(hashed: bytes, *, now: datetime) -> None:
    """Remove the visit of a token if its time is over."""
    db.session.execute(delete(SignInSession).where(SignInSession.token_hash == hashed, over(now)))


def end_half(session_id: str) -> str | None:
    """End a visit that never got past the password; return whose it was, None when it is gone or went on."""
    half = (SignInSession.id == session_id, SignInSession.kind == Visit.HALF)
    account_id = db.session.scalar(select(SignInSession.account_id).where(*half))
    db.session.execute(delete(SignInSession).where(*half))
    return account_id


def end_all(account_id: str, *, but: str = "") -> None:
    """End every visit of an account, except the one given."""
    # Whoever is just being let in is either let in before, and ended here, or comes too late.
    one_at_a_time(account_id)
    db.session.execute(delete(SignInSession).where(SignInSession.account_id == account_id, SignInSession.id != but))


def end_recoveries(account_id: str) -> None:
    """End what was begun to get back in: what it was begun with proves nothing any more."""
    begun = delete(SignInSession).where(SignInSession.account_id == account_id, SignInSession.kind == Visit.RECOVER)
    db.session.execute(begun)


def know_device(account_id: str, *, device: str | None, now: datetime) -> str | None:
    """Remember the browser that signed in, by a token of this account alone; return what its `device` cookie holds now, None if that stays.

    What a browser brings along is taken for nothing but what it is known as: somebody else may have put it there, and knows it.
    """
    if find_device(device, account_id=account_id) is not None:
        return None
    given = token_for("device")
    db.session.add(KnownDevice(token_hash=token_hash(given), account_id=account_id, created_at=now))
    db.session.flush()
    return joined(device, given)


def forget_devices(account_id: str) -> None:
    """Treat every browser as a stranger to this account from now on."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))


def _sweep_later(*, now: datetime) -> None:
    # Few pieces of work an hour, however many visits begin in it; each goes on when another can't.
    hour = now.replace(minute=0, second=0, microsecond=0)
    late, soon = hour + LONGEST_VISIT + timedelta(hours=1), hour + UNFINISHED + timedelta(hours=1)
    for what, due_at in ((VISITS, late), (VISITS, soon), (TRIES, late), (FORM_KEYS, late)):
        outbox.put(SWEEP, f"{hour:%Y%m%d%H}-{what}-{due_at:%H}", now=now, due_at=due_at)


def sweep(*, now: datetime) -> int:
    """Remove visits that are over, with all they had gathered; return how many."""
    # Half-done visits are left to their own piece of work, which tells their owner.
    ended = (SignInSession.kind != Visit.HALF) & ((SignInSession.ends_at <= now) | (SignInSession.seen_at <= now - IDLE))
    # Not by their ids: both databases bound how many values one statement takes, and there may be more visits than that.
    return cast("CursorResult[Any]", db.session.execute(delete(SignInSession).where(ended))).rowcount


def make_room(*, most: int = MOST_BEGUN) -> None:
    """Remove the oldest of what anybody begins by a mere press, beyond the newest `most`: beginning costs nothing, keeping it does."""
    # A registration with a number has had a code sent, and these are counted.
    unproven = (SignInSession.kind == Visit.RECOVER) | ((SignInSession.kind == Visit.ENROL) & SignInSession.mobile_index.is_(None))
    unproven &= SignInSession.account_id.is_(None)
    begun_at = select(SignInSession.created_at).where(unproven).order_by(SignInSession.created_at.desc())
    edge = db.session.scalar(begun_at.offset(most).limit(1))
    if edge is None:
        return
    db.session.rollback()
    with writing():
        db.session.execute(delete(SignInSession).where(unproven, SignInSession.created_at <= edge))
        db.session.commit()


def _place(visit_id: str) -> Place:
    return Place(table="sign_in_session", group="gathered", row=visit_id, subject=visit_id)
