"""Reading what was counted: numbers of several days together, the largest first."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from msewa.extensions import db
from msewa.visits.models import TABLES
from msewa.visits.rules import hour_of

DAYS = 7


def list_totals(metric_id: str, *, now: datetime, limit: int = 20) -> list[tuple[str, int]]:
    """Return each value of a metric with its count over the last seven whole days."""
    # Not today: whoever looked again every minute would see numbers grow, and when.
    model, (today, _) = TABLES[metric_id], hour_of(now)
    total = func.sum(model.visits)
    chosen = select(model.value, total).where(model.day >= today - timedelta(days=DAYS), model.day < today)
    rows = db.session.execute(chosen.group_by(model.value).order_by(total.desc(), model.value).limit(limit))
    return [(value, int(count)) for value, count in rows]
