"""Packages that wait: for a department that is away, or until they are recalled."""

from datetime import timedelta

from msewa.delivery.models import Package
from msewa.delivery.operations import (
    recall,
)
from msewa.delivery.queries import get_package_state
from msewa.extensions import db, writing
from msewa.outbox import worker
from tests.delivery.conftest import NOW, PretendDepartments, closed, register, send_off
from tests.delivery.samples import A, B, C


def test_a_refusal_by_the_department_is_shown_as_waiting_and_tried_again(departments: PretendDepartments) -> None:
    register("health")
    departments.answers = closed
    send_off(A)

    worker.run_due(now=NOW)
    state = get_package_state(A)

    assert (state.state, state.attempts) == ("waiting", 1)
    assert state.next_try_at > NOW


def test_a_department_away_for_30_days_gets_everything_in_order_when_it_is_back(departments: PretendDepartments) -> None:
    """F08: backoff with a cap, the citizen sees it, nothing dropped, drains in order."""
    register("health")
    departments.answers = closed
    for minute, application_id in enumerate((A, B, C)):
        send_off(application_id, now=NOW + timedelta(minutes=7 * minute))
    now = NOW
    while now < NOW + timedelta(days=29, hours=12):
        now += timedelta(hours=1)
        worker.run_due(now=now)
    shown = [get_package_state(application_id).state for application_id in (A, B, C)]

    departments.answers = lambda parcel: "back"
    for _ in range(7):
        now += timedelta(hours=1)
        worker.run_due(now=now)
        if departments.taken:
            break

    assert shown == ["waiting"] * 3
    assert sorted(parcel.id for parcel in departments.taken) == [A, B, C]
    later = [parcel.id for parcel in departments.taken[1:]]
    assert later == sorted(later)


def test_a_package_refused_for_more_than_30_days_needs_attention_and_is_still_there(departments: PretendDepartments) -> None:
    register("health")
    departments.answers = closed
    send_off(A)
    now = NOW
    while now < NOW + timedelta(days=31):
        now += timedelta(hours=3)
        worker.run_due(now=now)

    state = get_package_state(A)

    assert state.state == "attention"
    assert db.session.get_one(Package, A).jwe


def test_a_recalled_package_is_empty_and_never_leaves(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)

    with writing():
        is_recalled = recall(A)
        db.session.commit()
    worker.run_due(now=NOW)

    assert (is_recalled, departments.taken) == (True, [])
    assert get_package_state(A).state == "recalled"
    assert db.session.get_one(Package, A).jwe is None


def test_a_package_that_was_taken_can_not_be_recalled(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)
    worker.run_due(now=NOW)

    assert recall(A) is False
    assert get_package_state(A).state == "accepted"
