"""What was typed when a visit had already ended: held for its owner, and no part of her application until she saves it."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from msewa.applications import places
from msewa.applications.answers import Page
from msewa.applications.models import Application, ApplicationUnsaved
from msewa.applications.queries import Case, find_unsaved
from msewa.applications.rules import UNSAVED_KEPT, State
from msewa.applications.unsaved import Tab, unsaved_to_json
from msewa.crypto.envelope import seal_json
from msewa.extensions import db

TOPIC = "applications.unsaved"


def hold(case: Case, *, step: int, page: Page, tab: Tab, now: datetime) -> bool:
    """Hold a page beside a draft in place of one held before; False when it is no draft any more."""
    # The draft is locked meanwhile: nothing is held beside its sending, its removal or the end of its owner's account (F15).
    draft = select(Application.id).where(Application.id == case.id, Application.state == State.DRAFT)
    if db.session.scalar(draft.with_for_update(read=True)) is None:
        return False
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    content = unsaved_to_json(page, tab=tab)
    kept = {"sealed": seal_json(case.key, content, place=places.of_unsaved(case.id, step=step)), "held_at": now}
    row = dialect.insert(ApplicationUnsaved).values(application_id=case.id, step=step, **kept)
    db.session.execute(row.on_conflict_do_update(index_elements=["application_id", "step"], set_=kept))
    return True


def let_go_known(case: Case, *, step: int, tab: Tab, now: datetime) -> None:
    """Remove what is held for a step that a tab saves now; what she did not meet there goes on waiting for her."""
    unsaved = find_unsaved(case, step=step, now=now)
    if unsaved is not None and unsaved.is_known_in(tab):
        of_step = (ApplicationUnsaved.application_id == case.id, ApplicationUnsaved.step == step)
        db.session.execute(delete(ApplicationUnsaved).where(*of_step))


def let_go(application_id: str) -> None:
    """Remove what is held for any step of what was sent."""
    db.session.execute(delete(ApplicationUnsaved).where(ApplicationUnsaved.application_id == application_id))


def let_go_old(*, now: datetime) -> None:
    """Remove what nobody came back for within a day."""
    db.session.execute(delete(ApplicationUnsaved).where(ApplicationUnsaved.held_at <= now - UNSAVED_KEPT))
