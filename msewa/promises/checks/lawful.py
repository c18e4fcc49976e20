"""What a law made us give out: two people agreed to it, the citizen sees it in time, and nobody waits for word of a breach."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from msewa.dpo.models import Breach, LegalDisclosure, LegalStep
from msewa.dpo.references import BREACH, LEGAL, show_number
from msewa.dpo.rules import APPROVERS, BOARD_WITHIN, CARRIED_OUT, BreachState, State, visible_at
from msewa.extensions import db

# The worker shows it within minutes; a day is for a worker that was away.
SHOWN_LATE = timedelta(days=1)


def find_unapproved(now: datetime) -> list[str]:
    """Look for demands that were carried out without two different officers' yes."""
    yes = select(func.count(LegalStep.officer_id.distinct())).where(
        LegalStep.disclosure_id == LegalDisclosure.id, LegalStep.kind == "approved"
    )
    lacking = (LegalDisclosure.state.in_(sorted(CARRIED_OUT)), yes.scalar_subquery() < APPROVERS)
    rows = db.session.scalars(select(LegalDisclosure.reference).where(*lacking).order_by(LegalDisclosure.reference))
    return [f"{show_number(one, kind=LEGAL)} was carried out without two people's yes." for one in rows]


def find_hidden(now: datetime) -> list[str]:
    """Look for demands that a citizen should see since a day or more: the secrecy that was ordered is over, or her life was the ground."""
    columns = (LegalDisclosure.reference, LegalDisclosure.ground, LegalDisclosure.gag_until, LegalStep.at)
    chosen = select(*columns).join(LegalStep, (LegalStep.disclosure_id == LegalDisclosure.id) & (LegalStep.kind == "executed"))
    # Of an account that has ended there is nobody left to show it to.
    hidden = chosen.where(LegalDisclosure.state == State.GAGGED, LegalDisclosure.account_id.is_not(None))
    return [
        f"{show_number(row.reference, kind=LEGAL)} is still hidden from the citizen, and its secrecy is over."
        for row in db.session.execute(hidden.order_by(LegalDisclosure.reference))
        if visible_at(row.ground, gag_until=row.gag_until, now=row.at) < now - SHOWN_LATE
    ]


def find_untold_breaches(now: datetime) -> list[str]:
    """Look for breaches known for 72 hours of which the people concerned or the Board were not told."""
    untold = (or_(Breach.state != BreachState.TOLD, Breach.board_told_at.is_(None)), Breach.known_at < now - BOARD_WITHIN)
    rows = db.session.execute(select(Breach.reference, Breach.state).where(*untold).order_by(Breach.reference))
    return [
        f"{show_number(row.reference, kind=BREACH)} is known for 72 hours, and "
        + ("the Board was not told." if row.state == BreachState.TOLD else "the people concerned were not told.")
        for row in rows
    ]
