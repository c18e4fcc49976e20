"""Which rows are looked at where there are too many to look at all of them every day."""

import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select

from msewa.extensions import db


def some(chosen: Select[*tuple[Any, ...]], *, by: ColumnElement[str], most: int) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield up to `most` rows along random ids from anywhere on, and as many from their beginning: others each day."""
    # Not in random order: the database would have to put a whole long table into it.
    anywhere = secrets.token_hex(16)
    for part in (by >= anywhere, by < anywhere):
        yield from db.session.execute(chosen.where(part).order_by(by).limit(most))
