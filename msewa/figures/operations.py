"""Publishing the figures of months that are over: each once, for good."""

from datetime import datetime

from msewa.crypto.keyring import Purpose, derive
from msewa.extensions import db
from msewa.figures.models import FigureCell, FigureRelease
from msewa.figures.queries import count_people, list_months_to_release
from msewa.figures.register import tables
from msewa.figures.rules import published
from msewa.web.keys import key_ring

TOPIC = "figures.release"


def release_due(*, now: datetime) -> None:
    """Publish every month that is over and not yet published."""
    for month in list_months_to_release(now=now):
        release(month, now=now)


def release(month: str, *, now: datetime) -> None:
    """Publish a month: what is not shown is not kept either.

    It is never counted again: whoever could compare the figures before and after one person's application would learn of it.
    """
    secret = derive(key_ring().active(Purpose.NOISE), "figures")
    # The month first: of two workers at one moment its key lets one count.
    db.session.add(FigureRelease(month=month, released_at=now))
    db.session.flush()
    for (table_id, value), cell in sorted(count_people(month, secret=secret, now=now).items()):
        people = published(cell, secret=secret, threshold=tables()[table_id].threshold)
        if people is not None:
            db.session.add(FigureCell(month=month, table_id=table_id, value=value, people=people))
    db.session.flush()
