"""The vault: somebody could leave at this moment, nothing sealed outlasts its latest date, and nothing here could open it."""

from datetime import datetime

from sqlalchemy import func, select

from msewa.closure.models import Archive, ArchivePart
from msewa.closure.queries import list_months
from msewa.closure.rules import MonthState, month_of, state_of
from msewa.closure.vault import is_key_there
from msewa.extensions import db
from msewa.promises.checks.current import current_settings


def find_missing_vault_key(now: datetime) -> list[str]:
    """Look whether this month's public half is there, without which nobody could be sealed and so nobody could leave."""
    return [] if is_key_there(now=now) else [f"There is no vault key for {month_of(now)}: nobody could leave."]


def find_overdue_months(now: datetime) -> list[str]:
    """Look for months whose key had to be destroyed by now."""
    states = {row.month: state_of(row.span, destroyed_at=row.destroyed_at, now=now) for row in list_months()}
    return [f"The key of {month} must be destroyed." for month, state in states.items() if state is MonthState.OVERDUE]


def find_ways_to_the_sealed(now: datetime) -> list[str]:
    """Look for a custodian's share that was left on this machine, and ask PostgreSQL whether who serves may read the archive (P54)."""
    settings = current_settings()
    if settings.is_demo:
        return []
    # So named when they are made (`crypto.custody`).
    shares = len([*settings.data.rglob("*.share-*")])
    left = [f"{shares} custodians' shares lie in {settings.data}: each belongs to another person, away from here."] if shares else []
    return left + [f"The role that serves may read {name}: give it its rights by ledger grants." for name in _readable()]


def _readable() -> list[str]:
    # The embedded database has no roles: there the archive is closed by its key alone.
    if db.engine.dialect.name != "postgresql":
        return []
    names = [table.__tablename__ for table in (Archive, ArchivePart)]
    return [name for name in names if db.session.scalar(select(func.has_table_privilege(name, "select")))]
