"""Beginning, keeping and discarding a draft."""

import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from msewa.accounts.standing import one_at_a_time
from msewa.applications import places
from msewa.applications.answers import Page, to_json
from msewa.applications.models import Application, ApplicationPage
from msewa.applications.operations import holding_back
from msewa.applications.queries import Case, count_drafts, find_last, find_untouched
from msewa.applications.references import new_reference, show_reference
from msewa.applications.rules import MOST_DRAFTS, State
from msewa.applications.unsaved import Tab
from msewa.catalogue.rules import Definition
from msewa.crypto.envelope import seal_json
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.web.keys import key_wrapper


class TooManyDraftsError(Exception):
    """Somebody has as many unfinished applications as one may have."""


class AlreadySentError(Exception):
    """The application is no draft any more: it was sent or withdrawn meanwhile."""


class ChangedElsewhereError(Exception):
    """The page was saved in another tab or on another device after it was shown in this one."""


def begin(definition: Definition, *, subject: Subject, actor: Actor, language: str, now: datetime) -> str:
    """Begin a draft of a service, or find the one not yet written into; return its reference. Raises TooManyDraftsError."""
    one_at_a_time(subject.id)
    # Whoever presses Apply, goes back and presses again means one application, not two.
    untouched = find_untouched(subject.id, service_id=definition.id, version=definition.version)
    if untouched:
        return untouched
    if count_drafts(subject.id) >= MOST_DRAFTS:
        raise TooManyDraftsError
    application_id, reference = secrets.token_hex(16), new_reference()
    application = Application(
        id=application_id,
        reference=reference,
        account_id=subject.id,
        service_id=definition.id,
        service_version=definition.version,
        provider_id=definition.provider,
        state=State.DRAFT,
        language=language,
        # Of its own, so that a draft that is put away is noise at once, and nothing else is.
        data_key=key_wrapper().wrap(new_data_key(), subject=application_id),
        created_at=now,
        updated_at=now,
    )
    db.session.add(application)
    db.session.flush()
    record("application.begun", subject=subject, actor=actor, now=now, about=show_reference(reference))
    return reference


def save_page(case: Case, *, step: int, page: Page, is_done: bool, tab: Tab, now: datetime) -> None:
    """Keep one page of the form as it stands, right or not, and that she went on from it.

    Raises AlreadySentError, and ChangedElsewhereError rather than write over what was not seen in this tab.
    """
    # First: from here to the commit nobody can send it without this page, nor save another one.
    touch(case, now=now)
    version, saved_in = find_last(case, step=step)
    # What it saved itself it need not have seen come back: on a slow line it goes on writing meanwhile.
    if version != tab.seen and saved_in != tab.name:
        raise ChangedElsewhereError
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    sealed = seal_json(case.key, to_json(page), place=places.of_page(case.id, step=step))
    row = dialect.insert(ApplicationPage).values(application_id=case.id, step=step, sealed=sealed, is_done=is_done, tab=tab.name)
    # Once done it stays so: whoever comes back to change a word has been through it.
    kept = {"sealed": sealed, "tab": tab.name, **({"is_done": True} if is_done else {})}
    db.session.execute(row.on_conflict_do_update(index_elements=["application_id", "step"], set_=kept))
    holding_back.let_go_known(case, step=step, tab=tab, now=now)


def touch(case: Case, *, now: datetime) -> None:
    """Note that a draft changes now, and hold it against being sent meanwhile; raises AlreadySentError."""
    drafts = update(Application).where(Application.id == case.id, Application.state == State.DRAFT)
    if cast("CursorResult[Any]", db.session.execute(drafts.values(updated_at=now))).rowcount != 1:
        raise AlreadySentError


def discard(case: Case, *, subject: Subject, actor: Actor, now: datetime) -> None:
    """Remove a draft with all that is in it, and its key; raises AlreadySentError."""
    # The pages, papers and reviews go with it (ON DELETE CASCADE), and so does the key they were sealed under.
    touch(case, now=now)
    db.session.execute(delete(Application).where(Application.id == case.id))
    record("application.discarded", subject=subject, actor=actor, now=now, about=show_reference(case.reference))
