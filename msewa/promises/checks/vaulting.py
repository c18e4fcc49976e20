"""The vault: somebody could leave at this moment, and nothing that was sealed outlasts its latest date."""

from datetime import datetime

from msewa.closure.queries import list_months
from msewa.closure.rules import MonthState, month_of, state_of
from msewa.closure.vault import is_key_there


def find_missing_vault_key(now: datetime) -> list[str]:
    """Look whether this month's public half is there, without which nobody could be sealed and so nobody could leave."""
    return [] if is_key_there(now=now) else [f"There is no vault key for {month_of(now)}: nobody could leave."]


def find_overdue_months(now: datetime) -> list[str]:
    """Look for months whose key had to be destroyed by now."""
    states = {row.month: state_of(row.span, destroyed_at=row.destroyed_at, now=now) for row in list_months()}
    return [f"The key of {month} must be destroyed." for month, state in states.items() if state is MonthState.OVERDUE]
