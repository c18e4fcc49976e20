"""Breaches: written down, whom they concern found in the ledger, both notices made, and told (Act s. 8(6), r. 7, P77)."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, select, update

from msewa.accounts.models import Account
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import get_subject
from msewa.applications.models import Application
from msewa.applications.references import read_reference
from msewa.crypto.envelope import unseal_json
from msewa.dpo.models import Breach, BreachAffected
from msewa.dpo.operations.noting import Officer, note
from msewa.dpo.papers import close_paper
from msewa.dpo.queries import Incident, find_breach
from msewa.dpo.references import BREACH, new_reference, show_number
from msewa.dpo.rules import BATCH, BreachState
from msewa.extensions import db
from msewa.ledger.models import LedgerEntry
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM, place_of
from msewa.outbox import operations as outbox

GATHER, TELL = "dpo.breach_gather", "dpo.breach_tell"


class NotReadyError(Exception):
    """Whom the breach concerns is still being found, or was told already."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows of the ledger mean that somebody is concerned; an empty part says nothing. `references` name applications instead."""

    act: str = ""
    actor: str = ""
    office: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the two notices say: `told` to everybody concerned by part (nature, extent ...) and language, the causes to the Board alone."""

    told: Mapping[str, Mapping[str, str]]
    causes: str


def register(report: Report, *, scope: Scope, began_at: datetime, ended_at: datetime, officer: Officer, now: datetime) -> str:
    """Write a breach down and begin to find whom it concerns; return its number."""
    breach_id, reference = secrets.token_hex(16), new_reference()
    paper = {**report.told, "causes": report.causes, "scope": asdict(scope)}
    wrapped, sealed = close_paper(paper, table="breach", row_id=breach_id)
    row = {"id": breach_id, "reference": reference, "state": BreachState.GATHERING, "data_key": wrapped, "sealed": sealed}
    db.session.execute(insert(Breach).values(**row, began_at=began_at, ended_at=ended_at, known_at=now))
    number = show_number(reference, kind=BREACH)
    note("breach.registered", officer=officer, now=now, about=number)
    outbox.put(GATHER, f"{breach_id}:", now=now)
    return number


def gather(reference: str, *, now: datetime) -> None:
    """Look through one batch of people for whom the breach concerns (outbox topic dpo.breach_gather, `<breach id>:<last person>`)."""
    breach_id, _, after = reference.partition(":")
    breach = find_breach(breach_id)
    if breach is None or breach.state != BreachState.GATHERING:
        return
    if breach.paper["scope"]["references"]:
        _add(breach_id, _owners(breach.paper["scope"]["references"]))
        _forget_references(breach)
        batch: Sequence[str] = ()
    else:
        batch = _active(breach, after=after)
        _add(breach_id, [subject_id for subject_id in batch if _is_concerned(subject_id, breach=breach)])
    if len(batch) == BATCH:
        outbox.put(GATHER, f"{breach_id}:{batch[-1]}", now=now)
    else:
        _move(breach, BreachState.READY, only_from=BreachState.GATHERING)
    _leave_no_name(GATHER, reference)


def tell_affected(breach: Incident, *, officer: Officer, now: datetime) -> None:
    """Tell everybody concerned, without delay, on their account and by message. Raises NotReadyError."""
    _move(breach, BreachState.TOLD, only_from=BreachState.READY, told_at=now)
    note("breach.told", officer=officer, now=now, about=breach.number)
    outbox.put(TELL, f"{breach.id}:", now=now)


def note_reported(breach: Incident, *, officer: Officer, now: datetime) -> None:
    """Note that the Board has the report: its clock stops. A second time changes nothing."""
    waiting = update(Breach).where(Breach.id == breach.id, Breach.board_told_at.is_(None))
    if cast("CursorResult[Any]", db.session.execute(waiting.values(board_told_at=now))).rowcount:
        note("breach.reported", officer=officer, now=now, about=breach.number)


def tell_batch(reference: str, *, now: datetime) -> None:
    """Tell one batch of those concerned; run again it tells nobody twice (outbox topic dpo.breach_tell)."""
    breach_id, _, after = reference.partition(":")
    breach = find_breach(breach_id)
    if breach is None:
        return
    untold = (BreachAffected.breach_id == breach_id, BreachAffected.told_at.is_(None), BreachAffected.account_id > after)
    batch = list(db.session.scalars(select(BreachAffected.account_id).where(*untold).order_by(BreachAffected.account_id).limit(BATCH)))
    for account_id in batch:
        _tell(breach, account_id, now=now)
    if len(batch) == BATCH:
        outbox.put(TELL, f"{breach_id}:{batch[-1]}", now=now)
    _leave_no_name(TELL, reference)


def mark_read(breach: Incident, *, account_id: str, now: datetime) -> None:
    """Note that a person read what she was told."""
    unread = update(BreachAffected).where(BreachAffected.breach_id == breach.id, BreachAffected.account_id == account_id)
    db.session.execute(unread.where(BreachAffected.read_at.is_(None)).values(read_at=now))


def _leave_no_name(topic: str, reference: str) -> None:
    # A piece of work is named by the person at whom it begins: done, it goes, so that it does not outlive her account.
    outbox.drop_all(topic, [reference])


def _forget_references(breach: Incident) -> None:
    """Take the applications' numbers out of the paper once their owners are found: they end with their accounts, the paper does not."""
    paper = breach.paper | {"scope": breach.paper["scope"] | {"references": []}}
    wrapped, sealed = close_paper(paper, table="breach", row_id=breach.id)
    db.session.execute(update(Breach).where(Breach.id == breach.id).values(data_key=wrapped, sealed=sealed))


def _tell(breach: Incident, account_id: str, *, now: datetime) -> None:
    subject = get_subject(account_id)
    record("breach.told", subject=subject, actor=SYSTEM, now=now, about=breach.number)
    tell(subject, "breach_notice", now=now, values={"reference": breach.number})
    mine = (BreachAffected.breach_id == breach.id, BreachAffected.account_id == account_id)
    db.session.execute(update(BreachAffected).where(*mine).values(told_at=now))


def _active(breach: Incident, *, after: str) -> Sequence[str]:
    """Return a batch of accounts that anything was written of in the time of the breach."""
    # By person, not by row: a batch must not end in the midst of somebody's rows. Who acted lies sealed and can't be asked for here.
    within = (LedgerEntry.at >= breach.began_at, LedgerEntry.at <= breach.ended_at, LedgerEntry.subject_id > after)
    chosen = select(LedgerEntry.subject_id).join(Account, Account.id == LedgerEntry.subject_id).where(*within).distinct()
    return list(db.session.scalars(chosen.order_by(LedgerEntry.subject_id).limit(BATCH)))


def _is_concerned(subject_id: str, *, breach: Incident) -> bool:
    subject, scope = get_subject(subject_id), breach.paper["scope"]
    within = (LedgerEntry.at >= breach.began_at, LedgerEntry.at <= breach.ended_at, LedgerEntry.subject_id == subject_id)
    rows = db.session.execute(select(LedgerEntry.sealed, LedgerEntry.by_other).where(*within))
    return any(_matches(unseal_json(subject.key, row.sealed, place=place_of(subject_id, by_other=row.by_other)), scope) for row in rows)


def _matches(entry: dict[str, Any], scope: dict[str, Any]) -> bool:
    asked = {"act": entry["act"], "actor": entry["actor"]["id"], "office": entry["actor"]["office"]}
    return all(not scope[part] or scope[part] == value for part, value in asked.items())


def _owners(references: Iterable[str]) -> list[str]:
    chosen = select(Application.account_id).where(Application.reference.in_([read_reference(one) for one in references])).distinct()
    return list(db.session.scalars(chosen.order_by(Application.account_id)))


def _add(breach_id: str, account_ids: Iterable[str]) -> None:
    for account_id in account_ids:
        db.session.merge(BreachAffected(breach_id=breach_id, account_id=account_id, told_at=None, read_at=None))
    db.session.flush()


def _move(breach: Incident, state: BreachState, *, only_from: BreachState, **values: Any) -> None:
    here = update(Breach).where(Breach.id == breach.id, Breach.state == only_from)
    if cast("CursorResult[Any]", db.session.execute(here.values(state=state, **values))).rowcount != 1:
        raise NotReadyError
