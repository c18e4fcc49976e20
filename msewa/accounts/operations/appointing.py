"""Giving an account a role at work, and taking it back: the operator's doing, by command alone."""

from datetime import datetime

from sqlalchemy import exists, select, true, update

from msewa.accounts.models import Account
from msewa.accounts.operations.numbers import is_number_gone
from msewa.accounts.operations.visits import end_all
from msewa.accounts.queries import find_account_id, get_subject
from msewa.accounts.rules import Role, State
from msewa.catalogue.queries import catalogue
from msewa.crypto.blind_index import normalise_mobile
from msewa.extensions import Base, db
from msewa.holdings import Holding, holdings
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM

ROLES = (Role.OFFICER, Role.DPO, Role.OPERATOR)
# What every account has from its first day, whoever uses it, and what staff reads as well.
EVERYBODYS, READ_BY_STAFF = {"account", "activity", "access", "communications"}, {"policy_seen"}


class AppointmentError(Exception):
    """The role can not be given or taken back; the message says why in one line."""


def appoint(mobile: str, *, role: str, office: str | None, now: datetime) -> None:
    """Give the account of this number a role, and an officer the office (a provider's id); every visit ends. Raises AppointmentError."""
    if role not in ROLES:
        raise AppointmentError(f"There is no role {role!r}: it is one of {', '.join(ROLES)}.")
    _refuse_office(office, role=role)
    account_id, held = _held(mobile)
    if held != Role.CITIZEN:
        raise AppointmentError(f"This account has a role already ({held}): take that back first.")
    if is_number_gone(account_id):
        raise AppointmentError("This number was given up: its owner must prove it again first.")
    # Pages of citizens are shut to staff: whoever has something there could neither see it nor leave with it, and
    # would have a hand in her own affairs. Staff who are citizens, too, have an account of each kind, with a number for each.
    if _is_used_by_citizen(account_id):
        raise AppointmentError("This account has been used as a citizen's: a role goes only to one with nothing in it.")
    _set(account_id, act="account.appointed", role=role, office=office, now=now)


def dismiss(mobile: str, *, now: datetime) -> None:
    """Make the account of this number a citizen's again, with what goes with that; every visit ends. Raises AppointmentError."""
    account_id, held = _held(mobile)
    if held == Role.CITIZEN:
        raise AppointmentError("This account has no role.")
    # What was done in the role stands in the ledgers of those it was done to: she may leave now, and that stays.
    _set(account_id, act="account.dismissed", role=Role.CITIZEN, office=None, now=now)


def _refuse_office(office: str | None, *, role: str) -> None:
    if role != Role.OFFICER:
        if office:
            raise AppointmentError("Only an officer has an office.")
    elif not office:
        raise AppointmentError("Say at which office: --office ID.")
    elif office not in catalogue().providers:
        raise AppointmentError(f"There is no office {office!r}: its name is the last part of its address under /providers.")


def _held(mobile: str) -> tuple[str, str]:
    """Return whose number this is and the role; nothing of hers is written beside from here on."""
    try:
        account_id = find_account_id(mobile=normalise_mobile(mobile))
    except ValueError:
        raise AppointmentError("This is no mobile number.") from None
    chosen = select(Account.role, Account.state).where(Account.id == account_id).with_for_update()
    row = db.session.execute(chosen).first()
    if account_id is None or row is None:
        raise AppointmentError("Nobody has this number: she must register with it first.")
    if row.state != State.ACTIVE:
        raise AppointmentError("This account is paused or ending.")
    return account_id, row.role


def _is_used_by_citizen(account_id: str) -> bool:
    return any(_has_rows(holding, account_id) for holding in holdings() if holding.section not in EVERYBODYS)


def _has_rows(holding: Holding, account_id: str) -> bool:
    for name in set(holding.tables) - READ_BY_STAFF:
        columns = Base.metadata.tables[name].c
        # A table without the column hangs on one that has it. What she may not know of herself is not told by a refusal either.
        if "account_id" in columns:
            hers = exists().where(columns.account_id == account_id, holding.told.get(name, true()))
            if db.session.scalar(select(hers)):
                return True
    return False


def _set(account_id: str, *, act: str, role: str, office: str | None, now: datetime) -> None:
    db.session.execute(update(Account).where(Account.id == account_id).values(role=role, office=office))
    end_all(account_id)
    record(act, subject=get_subject(account_id), actor=SYSTEM, now=now, reason=f"{role} {office or ''}".strip())
