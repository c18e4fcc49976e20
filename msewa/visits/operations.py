"""Writing counts down, and forgetting old security events."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from msewa.extensions import db
from msewa.visits.counting import Cell
from msewa.visits.models import TABLES, SecurityEvent

# The DPDP Rules 2025, r. 6(1)(e), ask for a year of such logs; CERT-In's 180 days (28 April 2022) lie within it.
KEPT = timedelta(days=365)


def write_down(counts: Mapping[Cell, int]) -> None:
    """Add counts to the rows of their tables; another process may add to the same rows at the same time."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    # In one order everywhere: two processes that lock the same rows crosswise would stop each other.
    for cell in sorted(counts, key=str):
        hour = {} if cell.period.hour is None else {"hour": cell.period.hour}
        rows[cell.metric].append({"day": cell.period.day, **hour, "value": cell.value, "visits": counts[cell]})
    for metric_id, added in sorted(rows.items()):
        _add(TABLES[metric_id], added)


def _add(model: Any, rows: list[dict[str, Any]]) -> None:
    # By the database, not read and written back: nothing is lost between two processes.
    dialect: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model).values(rows)
    keys = [column.name for column in model.__table__.primary_key]
    db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"visits": model.visits + statement.excluded.visits}))


def forget_old_events(*, now: datetime) -> None:
    """Remove security events of more than a year ago."""
    # The openings stay: they tell of the custodians, and nothing of the people whose tries were looked at.
    db.session.execute(delete(SecurityEvent).where(SecurityEvent.hour < now - KEPT))
