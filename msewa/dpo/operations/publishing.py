"""Publishing texts: drafted by one officer, put into force by another (P10, P44). What is published is a file that never changes."""

import os
import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.exc import IntegrityError

from msewa.consents.texts import published
from msewa.dpo.drafts import Text, read_draft
from msewa.dpo.models import Publication
from msewa.dpo.operations.noting import Officer, note
from msewa.dpo.queries import DraftedText
from msewa.dpo.references import TEXT, new_reference, show_number
from msewa.dpo.rules import TextState
from msewa.extensions import db
from msewa.web.clock import day_of


class SamePersonError(Exception):
    """Whoever drafted a text can not publish it."""


class AlreadySettledError(Exception):
    """The draft was published or put aside already."""


def draft(text: Text, *, source: str, officer: Officer, now: datetime) -> str:
    """Keep a draft for another officer; return its number."""
    reference = new_reference()
    row = {"id": secrets.token_hex(16), "reference": reference, "name": text.name, "version": text.version, "state": TextState.DRAFT}
    db.session.execute(insert(Publication).values(**row, content=source, drafted_by=officer.id, drafted_at=now))
    number = show_number(reference, kind=TEXT)
    note("text.drafted", officer=officer, now=now, about=number)
    return number


def publish(drafted: DraftedText, *, officer: Officer, now: datetime) -> None:
    """Put a draft into force. Raises SamePersonError, AlreadySettledError, and DraftError when something was published since."""
    if officer.id == drafted.drafted_by:
        raise SamePersonError
    # A file without its commit is an earlier try that was cut off: this one ends it.
    version = _find_written(drafted) or read_draft(drafted.name, drafted.content, today=day_of(now)).version
    try:
        _settle(drafted, TextState.PUBLISHED, version=version, approved_by=officer.id, approved_at=now)
    except IntegrityError:
        raise AlreadySettledError from None  # another draft of this version came first, perhaps this very second
    note("text.published", officer=officer, now=now, about=drafted.number)
    # Last, for it can't be taken back.
    _write(f"{drafted.name}-{version}.yaml", drafted.content)


def put_aside(drafted: DraftedText, *, officer: Officer, now: datetime) -> None:
    """Put a draft aside. Raises AlreadySettledError."""
    _settle(drafted, TextState.WITHDRAWN)
    note("text.withdrawn", officer=officer, now=now, about=drafted.number)


def _settle(drafted: DraftedText, state: TextState, **values: Any) -> None:
    waiting = update(Publication).where(Publication.id == drafted.id, Publication.state == TextState.DRAFT)
    if cast("CursorResult[Any]", db.session.execute(waiting.values(state=state, **values))).rowcount != 1:
        raise AlreadySettledError


def _find_written(drafted: DraftedText) -> str | None:
    files = published().glob(f"{drafted.name}-*.yaml")
    return next((file.stem.removeprefix(f"{drafted.name}-") for file in files if file.read_text(encoding="utf-8") == drafted.content), None)


def _write(name: str, content: str) -> None:
    folder = published()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f".{name}.new"
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # Named when it is whole: every page may read this folder at any moment.
    unfinished.replace(folder / name)
