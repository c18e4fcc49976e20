"""What was typed when a visit had already ended: held for its owner, and no part of her application until she saves it."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from msewa.applications import places
from msewa.applications.answers import Page, to_json
from msewa.applications.models import Application, ApplicationUnsaved
from msewa.applications.queries import Case
from msewa.applications.rules import UNSAVED_KEPT, State
from msewa.crypto.envelope import seal_json
from msewa.extensions import db

TOPIC = "applications.unsaved"


def hold(case: Case, *, step: int, page: Page, now: datetime) -> bool:
    """Hold a page beside a draft in place of one held before; False when it is no draft any more."""
    # The draft is locked meanwhile: nothing is held beside its sending, its removal or the end of its owner's account (F15).
    draft = select(Application.id).where(Application.id == case.id, Application.state == State.DRAFT)
    if db.session.scalar(draft.with_for_update(read=True)) is None:
        return False
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    kept = {"sealed": seal_json(case.key, to_json(page), place=places.of_unsaved(case.id, step=step)), "held_at": now}
    row = dialect.insert(ApplicationUnsaved).values(application_id=case.id, step=step, **kept)
    db.session.execute(row.on_conflict_do_update(index_elements=["application_id", "step"], set_=kept))
    return True


def let_go(application_id: str, *, step: int | None = None) -> None:
    """Remove what is held for a step that is saved now, or for all steps of what was sent."""
    held = delete(ApplicationUnsaved).where(ApplicationUnsaved.application_id == application_id)
    db.session.execute(held if step is None else held.where(ApplicationUnsaved.step == step))


def let_go_old(*, now: datetime) -> None:
    """Remove what nobody came back for within a day."""
    db.session.execute(delete(ApplicationUnsaved).where(ApplicationUnsaved.held_at <= now - UNSAVED_KEPT))
