"""Demands under law: drafted, approved by two, carried out, and shown to the citizen as soon as the law lets us (P30, P45, P46, P49)."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update

from msewa.accounts.looking import look
from msewa.accounts.queries import get_subject
from msewa.crypto.envelope import seal_json
from msewa.dpo.models import LegalDisclosure, LegalStep, RefusedRequest
from msewa.dpo.operations.noting import Officer, note
from msewa.dpo.operations.showing import DISCLOSED, DUE, read_document, reason_of, show
from msewa.dpo.papers import close_paper, place_of_document
from msewa.dpo.queries import Demand, list_approvers
from msewa.dpo.references import LEGAL, new_reference, show_number
from msewa.dpo.rules import APPROVERS, CARRIED_OUT, Ground, State, is_refused, names_a_provision, visible_at
from msewa.dpo.values import read_values
from msewa.extensions import db
from msewa.ledger.rules import Subject, SubjectKey
from msewa.outbox import operations as outbox
from msewa.web.clock import day_of


class RefusedGroundError(Exception):
    """The ground never suffices; the request was counted as refused."""


class NoProvisionError(ValueError):
    """No act and section is named."""


class NotApprovedError(Exception):
    """Fewer than two different officers approved."""


class NobodyError(Exception):
    """The number that a demand names leads to nobody, or to nobody any more."""


class MovedOnError(Exception):
    """The demand is not where this step begins."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a demand says: who asks, under which act and section, by which instrument, for which fields, and why it is to be secret."""

    authority: str
    provision: str
    instrument: str
    fields: tuple[str, ...]
    gag_basis: str = ""
    application_id: str = ""


def refuse(ground: Ground, *, officer: Officer, now: datetime) -> None:
    """Count a request that no law stands behind."""
    # The ground alone: about whom somebody asked without a law is not written down.
    row = {"id": secrets.token_hex(16), "ground": ground, "refused_on": day_of(now), "officer_id": officer.id}
    db.session.execute(insert(RefusedRequest).values(**row))
    note("legal.refused", officer=officer, now=now, reason=ground)


def draft(
    paper: Paper, *, ground: Ground, account_id: str | None, officer: Officer, now: datetime, gag_until: datetime | None = None
) -> str:
    """Write a demand down, about nobody (None) as about somebody; return its number. Who wrote it learns nothing of whom it is about.

    Raises RefusedGroundError and NoProvisionError.
    """
    if is_refused(ground):
        raise RefusedGroundError
    if ground == Ground.LAW and not names_a_provision(paper.provision):
        raise NoProvisionError
    demand_id, reference = secrets.token_hex(16), new_reference()
    wrapped, sealed = close_paper(asdict(paper), table="legal_disclosure", row_id=demand_id)
    row = {"id": demand_id, "reference": reference, "ground": ground, "state": State.DRAFT, "account_id": account_id, "drafted_at": now}
    db.session.execute(insert(LegalDisclosure).values(**row, data_key=wrapped, sealed=sealed, gag_until=gag_until))
    number = show_number(reference, kind=LEGAL)
    _step(demand_id, "drafted", number=number, officer=officer, now=now)
    return number


def approve(demand: Demand, *, officer: Officer, now: datetime) -> None:
    """Approve a draft; a second time by the same officer changes nothing. Raises MovedOnError."""
    if _hold(demand.id) != State.DRAFT:
        raise MovedOnError
    if officer.id not in list_approvers(demand.id):
        _step(demand.id, "approved", number=demand.number, officer=officer, now=now)


def withdraw(demand: Demand, *, officer: Officer, now: datetime) -> None:
    """Put a draft aside. Raises MovedOnError."""
    _move(demand, State.WITHDRAWN)
    _step(demand.id, "withdrawn", number=demand.number, officer=officer, now=now)


def execute(demand: Demand, *, officer: Officer, now: datetime) -> None:
    """Open the fields and write the document; she sees it now, or when the gag ends.

    Raises NotApprovedError with fewer than two approvers, MovedOnError when it was carried out, NobodyError when it is about
    nobody: that was noted, and the caller commits.
    """
    # Read without a lock: no approval is ever taken back.
    if len(list_approvers(demand.id)) < APPROVERS:
        raise NotApprovedError
    shown_at = visible_at(demand.ground, gag_until=demand.gag_until, now=now)
    is_gagged = shown_at > now
    if demand.account_id is None and demand.state == State.DRAFT:
        _end_miss(demand, officer=officer, now=now)
        raise NobodyError
    # Before anything is opened: of two officers who press at one moment the second finds it done.
    _move(demand, State.GAGGED if is_gagged else State.SHOWN)
    _step(demand.id, "executed", number=demand.number, officer=officer, now=now)
    if is_gagged:
        # The law forbids to tell yet: the register keeps this look, and her ledger gets it when the gag ends.
        subject = get_subject(cast(str, demand.account_id))
        outbox.put(DUE, demand.id, now=now, due_at=shown_at)
    else:
        subject = _look(demand, officer=officer, now=now)
    _write_document(demand, subject, now=now)
    if not is_gagged:
        show(demand, subject, at=now, now=now)


def open_document(demand: Demand, *, officer: Officer, now: datetime) -> dict[str, Any]:
    """Return the document for handing over; each opening is a step, and a look. Raises MovedOnError before it is carried out."""
    if demand.state not in CARRIED_OUT or demand.account_id is None:
        raise MovedOnError
    # Under a gag each opening is a step, and becomes a look when it ends (`show_due`).
    is_gagged = demand.state == State.GAGGED
    subject = get_subject(demand.account_id) if is_gagged else _look(demand, officer=officer, now=now)
    _step(demand.id, "opened", number=demand.number, officer=officer, now=now)
    return read_document(demand, subject)


def _end_miss(demand: Demand, *, officer: Officer, now: datetime) -> None:
    """Put a demand aside that named a number of nobody: that is an answer, too, and is kept as one of a search is."""
    withdraw(demand, officer=officer, now=now)
    note("person.searched", officer=officer, now=now, reason=reason_of(demand.paper, ground=demand.ground))


def _look(demand: Demand, *, officer: Officer, now: datetime) -> SubjectKey:
    account_id, fields = cast(str, demand.account_id), demand.paper["fields"]
    act, reason = DISCLOSED[Ground(demand.ground)], reason_of(demand.paper, ground=demand.ground)
    return look(account_id, actor=officer.actor, reason=reason, fields=fields, now=now, about=demand.number, act=act)


def _write_document(demand: Demand, subject: Subject, *, now: datetime) -> None:
    said = {key: demand.paper[key] for key in ("authority", "provision", "instrument")}
    values = read_values(subject, demand.paper["fields"], application_id=demand.paper["application_id"])
    content = {"number": demand.number, "ground": demand.ground, **said, "made_at": now.isoformat(), "values": values}
    sealed = seal_json(subject.key, content, place=place_of_document(demand.id, account_id=subject.id))
    db.session.execute(update(LegalDisclosure).where(LegalDisclosure.id == demand.id).values(document=sealed))


def _move(demand: Demand, state: State) -> None:
    drafts = update(LegalDisclosure).where(LegalDisclosure.id == demand.id, LegalDisclosure.state == State.DRAFT)
    if cast("CursorResult[Any]", db.session.execute(drafts.values(state=state))).rowcount != 1:
        raise MovedOnError


def _hold(demand_id: str) -> str | None:
    """Let whoever else acts on a demand wait until this is committed, and return where it stands: two can't take the same step."""
    return db.session.scalar(select(LegalDisclosure.state).where(LegalDisclosure.id == demand_id).with_for_update())


def _step(demand_id: str, kind: str, *, number: str, officer: Officer, now: datetime) -> None:
    # Locked first: of two steps at one moment each gets a number of its own.
    _hold(demand_id)
    last = db.session.scalar(select(func.max(LegalStep.number)).where(LegalStep.disclosure_id == demand_id)) or 0
    row = {"disclosure_id": demand_id, "number": last + 1, "kind": kind, "officer_id": officer.id, "at": now}
    db.session.execute(insert(LegalStep).values(**row))
    note(f"legal.{kind}", officer=officer, now=now, about=number)
