"""Ending an account by the operator: she is told why and how to object, takes her data, and then goes the same path (P58)."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from msewa.accounts.links import ENDING, link_to
from msewa.accounts.models import Account
from msewa.accounts.operations import resting, visits
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import get_subject
from msewa.accounts.rules import State
from msewa.closure.holding import TOPIC, place_of
from msewa.closure.models import Termination
from msewa.closure.operations.closing import close_account
from msewa.closure.rules import ClosureError, Reason, Wish
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.holdings import holdings
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM, Actor, Subject
from msewa.outbox import operations as outbox
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import show_moment

TIME_TO_OBJECT = timedelta(days=30)
LONGEST_WHY = 2000


def terminate(account_id: str, *, why: str, actor: Actor, now: datetime) -> datetime:
    """Shut an account and tell its owner why; return when it is erased, unless that is taken back. Raises ClosureError, NoSuchRowError."""
    why = why.strip()
    if not why or len(why) > LONGEST_WHY:
        raise ClosureError("Say in a sentence why the account ends: its owner reads it.")
    subject = get_subject(account_id)
    if db.session.get(Termination, account_id) is not None:
        raise ClosureError("This account is ending already.")
    # A rest ends here: its silence would keep the reason from her, and this end comes in its place.
    resting.end_rest(account_id)
    closes_at = now + TIME_TO_OBJECT
    sealed = seal_json(subject.key, why, place=place_of(account_id))
    db.session.add(Termination(account_id=account_id, sealed=sealed, decided_at=now, closes_at=closes_at))
    _set_state(account_id, State.SUSPENDED)
    visits.end_all(account_id)
    record("account.termination_decided", subject=subject, actor=actor, now=now, reason=why)
    link = link_to(ENDING, account_id, now=now, life=TIME_TO_OBJECT)
    tell(subject, "account_ending", now=now, values={"time": show_moment(closes_at), "link": link})
    outbox.put(TOPIC, account_id, now=now, due_at=closes_at)
    return closes_at


def take_back(account_id: str, *, actor: Actor, now: datetime) -> None:
    """Open an account again whose owner objected with reason, and tell her; raises ClosureError when it is not ending."""
    subject = get_subject(account_id)
    ending = db.session.get(Termination, account_id)
    if ending is None:
        raise ClosureError("This account is not ending.")
    db.session.delete(ending)
    outbox.drop(TOPIC, account_id)
    _set_state(account_id, State.ACTIVE)
    record("account.termination_taken_back", subject=subject, actor=actor, now=now)
    tell(subject, "account_stays", now=now, values={})


def finish(reference: str, *, now: datetime) -> None:
    """Erase an account whose time to object is over (outbox topic closure.terminate)."""
    # Held before it is read: an objection that is upheld at this moment either comes first, or finds her gone.
    db.session.execute(select(Account.id).where(Account.id == reference).with_for_update())
    closes_at = db.session.scalar(select(Termination.closes_at).where(Termination.account_id == reference))
    if closes_at is not None and closes_at <= now:
        close_account(reference, actor=SYSTEM, now=now, reason=Reason.TERMINATED, open_applications=Wish.FINISH)


def take_export(subject: Subject, *, now: datetime) -> bytes:
    """Return all of her data as a ZIP, once; raises NoSuchRowError the second time."""
    # One guarded update: of two requests at one moment one gets the file.
    unused = update(Termination).where(Termination.account_id == subject.id, Termination.export_used_at.is_(None))
    if cast("CursorResult[Any]", db.session.execute(unused.values(export_used_at=now))).rowcount != 1:
        raise NoSuchRowError
    record("account.exported", subject=subject, actor=SYSTEM, now=now, reason="termination")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for holding in holdings():
            archive.writestr(f"{holding.section}.json", json.dumps(holding.gather(subject), ensure_ascii=False, indent=1))
            for name, content in holding.files(subject):
                archive.writestr(name, content)
    return packed.getvalue()


def _set_state(account_id: str, state: State) -> None:
    db.session.execute(update(Account).where(Account.id == account_id).values(state=state))
