"""Opening and closing cases: nobody looks at anything without one."""

import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, update

from msewa.dpo.models import Inquiry
from msewa.dpo.operations.noting import Officer, note
from msewa.dpo.queries import find_open_case
from msewa.dpo.references import CASE, new_reference, read_number, show_number
from msewa.dpo.rules import Case
from msewa.extensions import db
from msewa.grievances.queries import get_complaint
from msewa.grievances.rules import State
from msewa.web.errors import NoSuchRowError


def open_case(kind: Case, *, officer: Officer, now: datetime) -> str:
    """Open a case; return its number."""
    reference = new_reference()
    row = {"id": secrets.token_hex(16), "reference": reference, "kind": kind, "officer_id": officer.id, "opened_at": now}
    db.session.execute(insert(Inquiry).values(**row))
    number = show_number(reference, kind=CASE)
    note("case.opened", officer=officer, now=now, about=number)
    return number


def close_case(number: str, *, officer: Officer, now: datetime) -> None:
    """Close a case; NoSuchRowError when none of this number is open."""
    still_open = update(Inquiry).where(Inquiry.reference == read_number(number, kind=CASE), Inquiry.closed_at.is_(None))
    if cast("CursorResult[Any]", db.session.execute(still_open.values(closed_at=now))).rowcount != 1:
        raise NoSuchRowError
    note("case.closed", officer=officer, now=now, about=number)


def is_allowed_by(typed: str, *, account_id: str | None) -> bool:
    """Whether a number allows to look at a person's data (P47): that of an open case, or of an open complaint of hers."""
    return find_open_case(typed) is not None or _is_her_complaint(typed, account_id=account_id)


def _is_her_complaint(typed: str, *, account_id: str | None) -> bool:
    try:
        complaint = get_complaint(typed)
    except NoSuchRowError:
        return False
    return complaint.account_id == account_id and complaint.state != State.CLOSED
