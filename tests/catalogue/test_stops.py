"""Offices that are stopped by several operators at once."""

import threading
import time

import pytest
from flask import Flask
from sqlalchemy import delete, text

from msewa.catalogue.models import CatalogueList
from msewa.catalogue.operations import reinstate_provider, reinstate_providers, suspend_provider
from msewa.catalogue.queries import STOPS, is_registered, list_stops
from msewa.extensions import db, writing

pytestmark = [pytest.mark.promise("P26"), pytest.mark.parametrize("backend", ["postgres"])]


def stop_beside(app: Flask, provider_id: str) -> threading.Thread:
    """Begin to stop an office in a session of its own; return when it is held up by ours."""

    def stop() -> None:
        with app.app_context(), writing():
            suspend_provider(provider_id, why="beside")
            db.session.commit()

    thread = threading.Thread(target=stop)
    thread.start()
    waiting, until = text("select count(*) from pg_locks where not granted"), time.monotonic() + 20
    while not db.session.scalar(waiting):
        assert time.monotonic() < until, "nobody came to wait"
        time.sleep(0.05)
    return thread


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_stops_at_once_both_are_kept_and_can_be_taken_back(app: Flask, is_first: bool) -> None:
    with app.app_context(), writing():
        reinstate_providers()
        if is_first:
            db.session.execute(delete(CatalogueList).where(CatalogueList.name == STOPS))
        db.session.commit()

        suspend_provider("health", why="first")
        other = stop_beside(app, "revenue")
        db.session.commit()
        other.join(20)
        stops = list_stops()
        reinstate_provider("health")
        db.session.commit()
        left = (list_stops(), is_registered("health"), is_registered("revenue"))
        reinstate_providers()
        db.session.commit()

    assert stops == {"health": "first", "revenue": "beside"}
    assert left == ({"revenue": "beside"}, True, False)
