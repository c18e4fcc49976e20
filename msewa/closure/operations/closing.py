"""Closing an account: gather everything, seal it, erase it, tell its recipients. All of it in one transaction, or none."""

import secrets
from collections import Counter
from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.applications.models import Application
from msewa.applications.rules import OPEN, State
from msewa.closure import erasures, receipts
from msewa.closure.bundles import Packer, Terms, pack
from msewa.closure.intimations import Sent, Told, tell_providers
from msewa.closure.models import Archive, ArchivePart, VaultMonth
from msewa.closure.queries import count_held
from msewa.closure.receipts import Receipt
from msewa.closure.rules import Reason, Retention, Span, Wish, month_of
from msewa.closure.vault import MonthKey, find_key, get_current_key, is_destroyed
from msewa.config import Settings
from msewa.delivery import operations as delivery
from msewa.delivery.queries import list_reached
from msewa.extensions import db
from msewa.holdings import File, holdings
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, SubjectKey
from msewa.web.errors import NoSuchRowError

Counts = Counter[str]


def retention_of(settings: Settings) -> Retention:
    """Return what the settings say of how long sealed bundles are kept."""
    return Retention(settings.retention_years, settings.retention_latest_years, settings.retention_basis)


def close_account(
    account_id: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = Reason.ASKED,
    open_applications: str = Wish.WITHDRAW,
    finish: Collection[str] = (),
) -> Receipt:
    """Seal and erase everything of an account; return its signed deletion receipt, which names nobody.

    `open_applications` (withdraw | finish | some) says what becomes of those that an office has, `finish` which are those some, by
    their stored references. Works whether or not a policy was accepted (P52). Raises NoVaultKeyError, SealError, NoSuchRowError;
    whatever is raised, the caller rolls back and nothing was deleted.
    """
    # First of all: where there is no key to seal to, nothing may be touched.
    month = get_current_key(now=now)
    subject = _take_hold(account_id)
    told = _settle_applications(subject, wish=Wish(open_applications), finish=finish, now=now)
    # Before the seal, so that the ledger in her bundle ends with it.
    record("account.closed", subject=subject, actor=actor, now=now, reason=reason)
    sealed, files = _seal(subject, month=month, now=now)
    destroyed = _erase(account_id)
    # With the erasure itself: one that no mark speaks for would be undone by the next restore.
    erasures.note(account_id, now=now)
    facts = {"deleted_at": now.isoformat(timespec="seconds"), "reason": str(reason), "sealed": sealed}
    return receipts.make({**facts, "destroyed": {**destroyed, "files": files}, "recipients": [_line(one) for one in told]})


def erase_again(account_id: str, *, left_at: datetime, now: datetime) -> None:
    """Seal and erase once more somebody who left at `left_at` and came back with a backup; the offices were told then."""
    settings: Settings = current_app.extensions["settings"]
    subject, month = _take_hold(account_id), month_of(left_at)
    # Under the key of the month she left in, so that no month must end before its youngest may; where that ended, her seal did.
    if not is_destroyed(settings, month):
        _seal(subject, month=find_key(settings, month) or get_current_key(now=now), now=now, left_at=left_at)
    _erase(account_id)


def _take_hold(account_id: str) -> SubjectKey:
    """Lock the account: whoever writes for her now is waited for, whoever comes later finds her gone (F15)."""
    locked = select(Account.id).where(Account.id == account_id).with_for_update()
    if db.session.execute(locked).first() is None:
        raise NoSuchRowError
    return get_subject(account_id)


def _settle_applications(subject: SubjectKey, *, wish: Wish, finish: Collection[str], now: datetime) -> list[Told]:
    """Do as she wished with what is open, and tell every office that has something of hers."""
    of_hers = Application.account_id == subject.id
    columns = (Application.id, Application.provider_id, Application.reference, Application.state)
    rows = db.session.execute(select(*columns).where(of_hers)).all()
    unfinished = {row.id for row in rows if row.state in OPEN}
    going_on = {row.id for row in rows if wish is Wish.FINISH or (wish is Wish.SOME and row.reference in finish)} & unfinished
    waiting = {row.id for row in rows if row.state == State.SUBMITTED}
    # What has not left yet either never leaves, or goes on without her.
    recalled = delivery.recall_untried(waiting - going_on)
    delivery.let_finish(waiting & going_on)
    ending = update(Application).where(of_hers, Application.id.in_(unfinished - going_on))
    db.session.execute(ending.values(state=State.WITHDRAWN, updated_at=now))
    taken_back = {row.id for row in rows if row.state == State.WITHDRAWN}
    # An office that never had anything of hers learns nothing of her, not even that she has left.
    never_left = recalled | (taken_back - list_reached(taken_back))
    taken_back |= unfinished - going_on
    sent = (Sent(row.provider_id, row.id, row.id in taken_back) for row in rows if row.state != State.DRAFT and row.id not in never_left)
    return tell_providers(sent, subject=subject, wish=wish, now=now)


def _seal(subject: SubjectKey, *, month: MonthKey, now: datetime, left_at: datetime | None = None) -> tuple[dict[str, Any], int]:
    """Write her bundle into the archive, closed to the month's key; return what a receipt says of it, and how many files it holds."""
    settings: Settings = current_app.extensions["settings"]
    left_at = left_at or now
    span = Span.of(left_at, retention_of(settings))
    terms = Terms(month.month, left_at, span.not_before, span.not_after)
    archive_id = secrets.token_hex(16)
    packer = Packer(lambda number, content: _keep(archive_id, number, content))
    content = {"closed_at": left_at.isoformat(), **{holding.section: holding.gather(subject) for holding in holdings()}}
    files = pack(content, _files(subject), into=packer)
    sealed_key, digest = packer.finish(month.public, terms=terms)
    _enter_month(month, span=span)
    row = {"id": archive_id, "month": month.month, "key_id": month.id, "sealed_key": sealed_key, "digest": digest, "size": packer.size}
    dates = {"deleted_at": left_at, "not_before": span.not_before, "not_after": span.not_after}
    db.session.execute(insert(Archive).values(**row, **dates).inline())
    basis = {"legal_basis": settings.retention_basis, "earliest_destruction": span.not_before.isoformat(timespec="seconds")}
    facts = {"month": month.month, "key": month.id, "digest": digest, **basis}
    return {**facts, "latest_destruction": span.not_after.isoformat(timespec="seconds")}, len(files)


def _keep(archive_id: str, number: int, content: bytes) -> None:
    # Inserted and never read: in production the application's role may not look into the archive (P54).
    db.session.execute(insert(ArchivePart).values(archive_id=archive_id, number=number, content=content).inline())


def _files(subject: SubjectKey) -> Generator[File]:
    for holding in holdings():
        yield from holding.files(subject)


def _enter_month(month: MonthKey, *, span: Span) -> None:
    """Count one more in its month; the month must be kept as long as its youngest bundle, and end with its oldest."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    first = {"month": month.month, "key_id": month.id, "sealed": 0, "not_before": span.not_before, "not_after": span.not_after}
    db.session.execute(dialect.insert(VaultMonth).values(**first).on_conflict_do_nothing())
    # Locked: of two who leave at one moment both are counted, and the month can not end meanwhile.
    standing = db.session.execute(select(VaultMonth).where(VaultMonth.month == month.month).with_for_update()).scalar_one()
    standing.sealed += 1
    # A clock that was put back can make neither moment easier (F13).
    standing.not_before = max(standing.not_before, span.not_before)
    standing.not_after = min(standing.not_after, span.not_after)
    db.session.flush()


def _erase(account_id: str) -> dict[str, int]:
    """Erase every holding, children first; return how many rows went from each section."""
    section_of = {table: holding.section for holding in holdings() for table in holding.tables}
    held: Counts = Counter()
    for one in count_held(account_id):
        held[one.section] += one.rows
    with _counting() as gone:
        for holding in reversed(holdings()):
            holding.erase(account_id)
        db.session.flush()
    sections: Counts = Counter()
    for table, count in gone.items():
        sections[section_of.get(table, "waiting_work")] += count
    # What a database removes by a function of its own (the ledger on PostgreSQL) is known by what stood there.
    sections |= held
    return {section: count for section, count in sorted(sections.items()) if count}


@contextmanager
def _counting() -> Generator[Counts]:
    """Count the rows that this connection deletes meanwhile, by table: what the receipt says is what was done."""
    gone: Counts = Counter()
    connection = db.session.connection()

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if context is not None and context.isdelete:
            gone[context.compiled.statement.table.name] += cast("CursorResult[Any]", cursor).rowcount

    event.listen(connection, "after_cursor_execute", note)
    try:
        yield gone
    finally:
        event.remove(connection, "after_cursor_execute", note)


def _line(told: Told) -> dict[str, Any]:
    return {"provider": told.provider_id, "applications": told.applications, "queued": told.queued}
