"""A download: asked for, made at once or by the worker, fetched, and removed within a day."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Executable, case, delete, func, select, update

from msewa.accounts.queries import get_subject
from msewa.accounts.standing import one_at_a_time
from msewa.applications.models import Application, ApplicationPaper
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerEntry
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.outbox import operations as outbox
from msewa.privacy.archive import write_archive
from msewa.privacy.models import Download, DownloadPart
from msewa.privacy.rules import FETCHED_FOR, READY_FOR, SMALL_APPLICATIONS, SMALL_BYTES, SMALL_ENTRIES

MAKE, REMOVE = "privacy.download", "privacy.download_over"


def ask_download(subject: Subject, *, language: str, actor: Actor, now: datetime) -> None:
    """Make a download of everything, at once when it is small and by the worker when not; an earlier one is gone."""
    one_at_a_time(subject.id)
    remove_downloads(subject.id)
    download_id = secrets.token_hex(16)
    values = {"language": language, "asked_at": now, "ready_at": None, "ends_at": now + READY_FOR, "done": 0, "total": 0}
    db.session.add(Download(id=download_id, account_id=subject.id, **values))
    db.session.flush()
    record("download.asked", subject=subject, actor=actor, now=now)
    outbox.put(REMOVE, download_id, now=now, due_at=now + READY_FOR)
    if is_large(subject.id):
        outbox.put(MAKE, download_id, now=now)
    else:
        write_archive(download_id, subject=subject, language=language, keep=db.session.execute, now=now)
        _set(download_id, ready_at=now)


def is_large(account_id: str) -> bool:
    """Whether making it would keep a page waiting."""
    hers = Application.account_id == account_id
    papers = select(func.sum(func.length(ApplicationPaper.content))).join(Application, Application.id == ApplicationPaper.application_id)
    # Whether there is one beyond the limit, not how many: counting would read the whole of a long history.
    many = select(Application.id).where(hers).offset(SMALL_APPLICATIONS).limit(1)
    long = select(LedgerEntry.number).where(LedgerEntry.subject_id == account_id).offset(SMALL_ENTRIES).limit(1)
    if db.session.scalar(many) or db.session.scalar(long):
        return True
    return (db.session.scalar(papers.where(hers)) or 0) > SMALL_BYTES


def make_download(download_id: str, *, now: datetime) -> None:
    """Make a download that was asked for, as the worker's errand: piece by piece, so that her page can say how far it is."""
    account_id, language = _asked(download_id)
    if account_id is None:
        return
    _apart(delete(DownloadPart).where(DownloadPart.download_id == download_id))  # of a try that was broken off
    write_archive(download_id, subject=get_subject(account_id), language=language, keep=_apart, now=now)


def _apart(statement: Executable) -> None:
    """Write in a transaction of its own: nothing else waits while the rest is read, and her page sees how far it is."""
    db.session.rollback()
    with writing():
        db.session.execute(statement)
        db.session.commit()


def pack(reference: str, *, now: datetime) -> str | None:
    """Return the download that is to be made; None when it is made, or not wanted any more."""
    waiting = select(Download.id).where(Download.id == reference, Download.ready_at.is_(None), Download.ends_at > now)
    return db.session.scalar(waiting)


def note_made(reference: str, outcome: str | None, *, now: datetime) -> None:
    """Say that a download is ready."""
    if outcome is not None:
        _set(reference, ready_at=now)


def note_fetched(download_id: str, *, subject: Subject, actor: Actor, now: datetime) -> None:
    """Note the first fetch in her ledger, and let the download end soon after it, within its day all the same."""
    soon = now + FETCHED_FOR
    first = update(Download).where(Download.id == download_id, Download.fetched_at.is_(None))
    # In one guarded statement, so that of two fetches at the same moment one is the first.
    sooner = case((Download.ends_at < soon, Download.ends_at), else_=soon)
    ends_at = db.session.scalar(first.values(fetched_at=now, ends_at=sooner).returning(Download.ends_at))
    if ends_at is None:
        return
    record("download.fetched", subject=subject, actor=actor, now=now)
    # `put` leaves alone what is there already, with its later moment.
    outbox.drop(REMOVE, download_id)
    outbox.put(REMOVE, download_id, now=now, due_at=ends_at)


def remove_download(reference: str, *, now: datetime) -> None:
    """Remove a download whose time is over (outbox topic privacy.download_over)."""
    # Asked again: work that comes too early must not take away what is still promised.
    over = db.session.scalars(select(Download.id).where(Download.id == reference, Download.ends_at <= now)).all()
    _drop(over)


def remove_downloads(account_id: str) -> None:
    """Remove whatever download somebody has, and the work that waits for it."""
    ids = list(db.session.scalars(select(Download.id).where(Download.account_id == account_id)))
    for topic in (MAKE, REMOVE):
        outbox.drop_all(topic, ids)
    _drop(ids)


def _asked(download_id: str) -> tuple[str | None, str]:
    row = db.session.execute(select(Download.account_id, Download.language).where(Download.id == download_id)).first()
    return (row.account_id, row.language) if row else (None, "")


def _drop(ids: Sequence[str]) -> None:
    db.session.execute(delete(DownloadPart).where(DownloadPart.download_id.in_(ids)))
    db.session.execute(delete(Download).where(Download.id.in_(ids)))


def _set(download_id: str, **values: object) -> None:
    db.session.execute(update(Download).where(Download.id == download_id).values(**values))
