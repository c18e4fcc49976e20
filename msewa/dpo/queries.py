"""Questions of the console, and what the public may count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import func, select

from msewa.dpo.models import Breach, BreachAffected, Inquiry, LegalDisclosure, LegalStep, Publication, RefusedRequest
from msewa.dpo.papers import open_paper
from msewa.dpo.references import BREACH, CASE, LEGAL, TEXT, read_number, show_number
from msewa.dpo.rules import APPROVERS, CARRIED_OUT, BreachState, State
from msewa.extensions import db
from msewa.web.errors import NoSuchRowError

MOST = 100
_APPROVALS = (
    select(func.count(LegalStep.officer_id.distinct()))
    .where(LegalStep.disclosure_id == LegalDisclosure.id, LegalStep.kind == "approved")
    .scalar_subquery()
)
DEMANDS = select(LegalDisclosure, _APPROVALS)


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand under law, its paper opened; plain values, so that it outlives its transaction."""

    id: str
    number: str
    ground: str
    state: str
    account_id: str | None
    gag_until: datetime | None
    drafted_at: datetime
    paper: dict[str, Any]
    approvals: int

    @property
    def stage(self) -> str:
        """Where it stands as officers read it: what enough of them approved only waits to be carried out."""
        return "approved" if self.state == State.DRAFT and self.approvals >= APPROVERS else self.state

    @property
    def last_secret_day(self) -> datetime:
        """A moment of the last day on which she may not be told, as it was typed: the gag ends with it."""
        return cast(datetime, self.gag_until) - timedelta(minutes=1)


class Step(NamedTuple):
    """A step of a demand."""

    kind: str
    officer_id: str
    at: datetime


class OpenCase(NamedTuple):
    """A case and its number."""

    number: str
    kind: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """A breach, its paper opened."""

    id: str
    number: str
    state: str
    began_at: datetime
    ended_at: datetime
    known_at: datetime
    told_at: datetime | None
    board_told_at: datetime | None
    paper: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to be told: the people concerned, or the Board."""
        return self.told_at is None or self.board_told_at is None


@dataclass(frozen=True, slots=True)
class DraftedText:
    """A drafted text and who drafted it."""

    id: str
    number: str
    name: str
    version: str
    state: str
    content: str
    drafted_by: str
    drafted_at: datetime


def get_text(typed: str) -> DraftedText:
    """Return a drafted text by its number; NoSuchRowError when there is none."""
    return _text(_there(db.session.scalars(select(Publication).where(Publication.reference == read_number(typed, kind=TEXT))).first()))


def list_texts() -> list[DraftedText]:
    """Return the newest drafted texts."""
    return [
        _text(row) for row in db.session.scalars(select(Publication).order_by(Publication.drafted_at.desc(), Publication.id).limit(MOST))
    ]


def _text(row: Publication) -> DraftedText:
    number = show_number(row.reference, kind=TEXT)
    return DraftedText(row.id, number, row.name, row.version, row.state, row.content, row.drafted_by, row.drafted_at)


def get_demand(typed: str) -> Demand:
    """Return a demand by its number; NoSuchRowError when there is none."""
    row = db.session.execute(DEMANDS.where(LegalDisclosure.reference == read_number(typed, kind=LEGAL))).first()
    return _demand(*_there(row))


def find_demand(demand_id: str) -> Demand | None:
    """Return a demand for work after the commit; None when it is gone."""
    row = db.session.execute(DEMANDS.where(LegalDisclosure.id == demand_id)).first()
    return None if row is None else _demand(*row)


def list_demands() -> Sequence[Demand]:
    """Return the newest demands."""
    chosen = DEMANDS.order_by(LegalDisclosure.drafted_at.desc(), LegalDisclosure.id).limit(MOST)
    return [_demand(*row) for row in db.session.execute(chosen)]


def list_steps(demand_id: str) -> list[Step]:
    """Return what was done about a demand, in order."""
    chosen = select(LegalStep.kind, LegalStep.officer_id, LegalStep.at).where(LegalStep.disclosure_id == demand_id)
    return [Step(*row) for row in db.session.execute(chosen.order_by(LegalStep.number))]


def list_approvers(demand_id: str) -> set[str]:
    """Return the different officers who approved a demand."""
    return {step.officer_id for step in list_steps(demand_id) if step.kind == "approved"}


def _there(row: Any) -> Any:
    if row is None:
        raise NoSuchRowError
    return row


def _demand(row: LegalDisclosure, approvals: int) -> Demand:
    paper = open_paper(row.data_key, row.sealed, table="legal_disclosure", row_id=row.id)
    number = show_number(row.reference, kind=LEGAL)
    return Demand(row.id, number, row.ground, row.state, row.account_id, row.gag_until, row.drafted_at, paper, approvals)


def list_cases() -> list[OpenCase]:
    """Return the newest cases, the open ones first."""
    chosen = select(Inquiry.reference, Inquiry.kind, Inquiry.opened_at, Inquiry.closed_at)
    rows = db.session.execute(chosen.order_by(Inquiry.closed_at.is_not(None), Inquiry.opened_at.desc(), Inquiry.id).limit(MOST))
    return [OpenCase(show_number(row[0], kind=CASE), *row[1:]) for row in rows]


def find_open_case(typed: str) -> str | None:
    """Return a case's number as it is written, None where no case of this number is open."""
    is_it = (Inquiry.reference == read_number(typed, kind=CASE), Inquiry.closed_at.is_(None))
    reference = db.session.scalar(select(Inquiry.reference).where(*is_it))
    return None if reference is None else show_number(reference, kind=CASE)


def get_breach(typed: str) -> Incident:
    """Return a breach by its number; NoSuchRowError when there is none."""
    return _incident(_there(db.session.scalars(select(Breach).where(Breach.reference == read_number(typed, kind=BREACH))).first()))


def find_breach(breach_id: str) -> Incident | None:
    """Return a breach for work after the commit; None when there is none."""
    row = db.session.get(Breach, breach_id)
    return None if row is None else _incident(row)


def list_breaches() -> list[Incident]:
    """Return the newest breaches."""
    return [_incident(row) for row in db.session.scalars(select(Breach).order_by(Breach.known_at.desc(), Breach.id).limit(MOST))]


def count_affected(breach_id: str) -> tuple[int, int]:
    """Count whom a breach concerns, and how many of them were told."""
    chosen = select(func.count(), func.count(BreachAffected.told_at)).where(BreachAffected.breach_id == breach_id)
    row = db.session.execute(chosen).one()
    return row[0], row[1]


def get_notice(typed: str, *, account_id: str) -> tuple[Incident, datetime | None]:
    """Return a breach that this person was told of, and when she read it; NoSuchRowError for everybody else."""
    breach = get_breach(typed)
    told = (BreachAffected.breach_id == breach.id, BreachAffected.account_id == account_id, BreachAffected.told_at.is_not(None))
    row = _there(db.session.execute(select(BreachAffected.read_at).where(*told)).first())
    return breach, row.read_at


def list_unread(account_id: str) -> list[str]:
    """Return the numbers of breaches that this person was told of and has not read."""
    mine = (BreachAffected.account_id == account_id, BreachAffected.told_at.is_not(None), BreachAffected.read_at.is_(None))
    chosen = select(Breach.reference).join(BreachAffected, BreachAffected.breach_id == Breach.id).where(*mine)
    return [show_number(reference, kind=BREACH) for reference in db.session.scalars(chosen.order_by(Breach.known_at, Breach.id))]


def was_anybody_told() -> bool:
    """Whether there is any breach that people were told of."""
    return db.session.scalar(select(Breach.id).where(Breach.told_at.is_not(None)).limit(1)) is not None


def _incident(row: Breach) -> Incident:
    paper = open_paper(row.data_key, row.sealed, table="breach", row_id=row.id)
    number = show_number(row.reference, kind=BREACH)
    moments = (row.began_at, row.ended_at, row.known_at, row.told_at, row.board_told_at)
    return Incident(row.id, number, row.state, *moments, paper)


def count_carried_out() -> dict[str, int]:
    """Count the disclosures that were carried out, by ground; those still under a gag are among them."""
    chosen = select(LegalDisclosure.ground, func.count()).where(LegalDisclosure.state.in_(sorted(CARRIED_OUT)))
    return {ground: count for ground, count in db.session.execute(chosen.group_by(LegalDisclosure.ground))}


def count_refused() -> dict[str, int]:
    """Count the refused requests, by ground."""
    rows = db.session.execute(select(RefusedRequest.ground, func.count()).group_by(RefusedRequest.ground))
    return {ground: count for ground, count in rows}


def count_breaches() -> int:
    """Count the breaches that people were told of."""
    return db.session.scalar(select(func.count()).select_from(Breach).where(Breach.state == BreachState.TOLD)) or 0
