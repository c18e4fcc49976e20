"""An installation that is ready, and its checks."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.outbox import daily
from msewa.promises import checking


@pytest.fixture
def prepared(app: Flask) -> Iterator[None]:
    """Plan the daily work, as every installation does when it is made ready."""
    with app.app_context(), writing():
        daily.start(now=app.extensions["clock"].now())
        db.session.commit()
    yield
    app.extensions.pop("promise_figures", None)


@pytest.fixture
def check(app: Flask) -> Callable[[], dict[str, tuple[str, ...]]]:
    """Run the checks; return the faults of those that found some."""

    def run() -> dict[str, tuple[str, ...]]:
        with app.app_context(), writing():
            now = app.extensions["clock"].now()
            results = checking.look(now=now)
            checking.keep(results, now=now)
            db.session.commit()
        return {one.id: faults for one, faults in results if faults}

    return run
