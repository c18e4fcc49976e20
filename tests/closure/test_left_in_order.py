"""After somebody has used everything and left, the running system finds nothing wrong with itself (P77)."""

import pytest

from msewa.extensions import db, writing
from msewa.outbox import daily
from msewa.promises import checking
from tests.closure.conftest import Leaver, work

pytestmark = pytest.mark.promise("P77")


def faults(leaver: Leaver) -> dict[str, tuple[str, ...]]:
    """Return what every check finds, by check."""
    with leaver.app.app_context():
        results = checking.look(now=leaver.app.extensions["clock"].now())
    return {check.id: found for check, found in results if found}


@pytest.mark.parametrize("wish", ["withdraw", "finish"])
def test_nothing_is_out_of_order_before_or_after_she_leaves(leaver: Leaver, wish: str) -> None:
    with leaver.app.app_context(), writing():
        daily.start(now=leaver.app.extensions["clock"].now())
        db.session.commit()

    before = faults(leaver)
    leaver.leave(open=wish)
    left = faults(leaver)
    work(leaver.app)

    assert (before, left, faults(leaver)) == ({}, {}, {})
