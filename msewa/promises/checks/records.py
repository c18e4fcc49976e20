"""Records that nobody may bend: the ledger's newest rows, and counts of visits that are about many or about nobody."""

from datetime import datetime

from sqlalchemy import func, select

from msewa.extensions import db
from msewa.ledger.verifying import verify_latest
from msewa.visits.operations import TABLES
from msewa.visits.register import metrics

# The whole ledger is for `ledger verify`; whoever bends a row bends one that somebody still remembers.
NEWEST = 2000


def find_bent_rows(now: datetime) -> list[str]:
    """Hold the newest rows of the ledger against their leaves, and the last checkpoint against its signature and its tree."""
    return list(verify_latest(NEWEST))


def find_small_counts(now: datetime) -> list[str]:
    """Look for a count of visits that is smaller than the register allows to be written down."""
    return [f"{name}: {count} rows are about too few visits." for name in metrics() if (count := _count_small(name))]


def _count_small(metric_id: str) -> int:
    table = TABLES[metric_id]
    return db.session.scalar(select(func.count()).select_from(table).where(table.visits < metrics()[metric_id].threshold)) or 0
