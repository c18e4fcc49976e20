"""Packages go only to registered providers, closed to their keys, and are kept until they are taken."""

import base64
import hashlib
import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.catalogue.operations import suspend_provider
from msewa.crypto.jose import PackageError, new_provider_pair
from msewa.delivery.models import Package
from msewa.delivery.operations import (
    DELIVERED_TOPIC,
    TOPIC,
    EndpointRefusedError,
    ProviderNotRegisteredError,
    dispatch,
    recall,
    register_provider,
)
from msewa.delivery.queries import get_package_state
from msewa.extensions import Base, db, writing
from msewa.outbox import worker
from msewa.outbox.models import OutboxItem
from msewa.outbox.queries import find_progress
from msewa.web.errors import NoSuchRowError
from tests.delivery.conftest import NOW, PAPERS, PAYLOAD, PretendDepartments, closed, opened, register, send_off

A, B, C = "a" * 32, "b" * 32, "c" * 32


def count_outbound() -> int:
    return db.session.scalar(select(func.count()).select_from(Package)) + db.session.scalar(
        select(func.count()).select_from(OutboxItem).where(OutboxItem.topic == TOPIC)
    )


@pytest.mark.promise("P27")
def test_a_provider_receives_the_very_bytes_that_were_reviewed_and_the_papers_and_nothing_else(departments: PretendDepartments) -> None:
    private = register("health")
    send_off(A)

    worker.run_due(now=NOW)
    package = opened(departments.taken[0].jwe, private=private)

    assert package.pop("payload").encode() == PAYLOAD
    assert package.pop("papers") == [
        {
            "name": "id_proof",
            "media_type": "image/png",
            "sha256": hashlib.sha256(PAPERS[0][2]).hexdigest(),
            "data": base64.b64encode(PAPERS[0][2]).decode(),
        }
    ]
    assert package == {"id": A, "provider": "health", "submitted_at": NOW.isoformat()}


@pytest.mark.promise("P27")
def test_no_other_provider_can_open_a_package(departments: PretendDepartments) -> None:
    register("health")
    others = register("revenue")
    send_off(A)

    worker.run_due(now=NOW)

    with pytest.raises(PackageError):
        opened(departments.taken[0].jwe, private=others)


def test_dispatching_twice_is_dispatching_once(departments: PretendDepartments) -> None:
    register("health")

    send_off(A)
    send_off(A, now=NOW + timedelta(hours=1))
    worker.run_due(now=NOW + timedelta(hours=2))
    send_off(A, now=NOW + timedelta(hours=3))
    worker.run_due(now=NOW + timedelta(hours=4))

    assert [parcel.id for parcel in departments.taken] == [A]


@pytest.mark.promise("P26")
def test_a_suspended_provider_is_refused_with_no_outbound_row(room: Flask, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("msewa").addHandler(caplog.handler)
    register("health")
    with writing():
        suspend_provider("health")
        db.session.commit()

    with pytest.raises(ProviderNotRegisteredError):
        send_off(A)

    logging.getLogger("msewa").removeHandler(caplog.handler)
    db.session.rollback()
    assert count_outbound() == 0
    assert '"event": "delivery_refused", "provider": "health", "kind": "not registered"' in caplog.text


@pytest.mark.promise("P26")
@pytest.mark.parametrize("provider_id", ["health", "never-heard-of"])
def test_a_provider_without_a_key_or_a_registration_is_refused(room: Flask, provider_id: str) -> None:
    if provider_id == "never-heard-of":
        register(provider_id)
    else:
        with writing():
            db.session.execute(Base.metadata.tables["provider_key"].delete())
            db.session.commit()

    with pytest.raises(ProviderNotRegisteredError):
        send_off(A, provider_id=provider_id)

    db.session.rollback()
    assert count_outbound() == 0


@pytest.mark.promise("P26")
def test_nothing_leaves_for_a_provider_suspended_after_the_dispatch(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)
    with writing():
        suspend_provider("health")
        db.session.commit()

    worker.run_due(now=NOW)

    assert departments.taken == []
    assert get_package_state(A).state == "waiting"


@pytest.mark.promise("P74")
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://department.example.org/packages",
        "HTTP://department.example.org/packages",
        "ftp://department.example.org",
        "https://",
        "https://user:secret@department.example.org/",
        "https://127.0.0.1/packages",
        "https://[::1]/packages",
        "https://10.1.2.3/packages",
        "https://169.254.169.254/latest",
        "https://localhost/packages",
        "https://intranet/packages",
        "https://printer.local/packages",
        "http://127.0.0.1:8000/packages",
        "sandbox:health",
        "",
    ],
)
def test_an_endpoint_in_the_clear_or_inside_is_refused(room: Flask, endpoint: str) -> None:
    public, _ = new_provider_pair("k1")

    with pytest.raises(EndpointRefusedError):
        register_provider("health", endpoint=endpoint, public_jwk=public, agreement="1.0", now=NOW)


def test_a_key_that_nothing_can_be_closed_to_is_refused(room: Flask) -> None:
    public, _ = new_provider_pair("k1")

    with pytest.raises(PackageError):
        register_provider(
            "health", endpoint="https://department.example.org/", public_jwk=public | {"crv": "P-521"}, agreement="1.0", now=NOW
        )


def test_a_new_key_closes_what_is_dispatched_from_now_on(departments: PretendDepartments) -> None:
    old = register("health", kid="k1")
    send_off(A)
    new = register("health", kid="k2")
    send_off(B, now=NOW + timedelta(seconds=1))

    worker.run_due(now=NOW + timedelta(seconds=1))

    first, second = departments.taken
    assert opened(first.jwe, private=old)["id"] == A
    assert opened(second.jwe, private=new)["id"] == B


@pytest.mark.promise("P74")
def test_no_plain_text_of_a_package_is_kept_and_none_at_all_once_it_was_taken(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)
    waiting = str(db.session.execute(select(*Package.__table__.columns)).all())

    worker.run_due(now=NOW)
    package = db.session.get_one(Package, A)

    assert "Tapa" not in waiting
    assert "pretend picture" not in waiting
    assert (package.jwe, package.receipt) == (None, "R-aaaa")
    assert package.digest == hashlib.sha256(PAYLOAD).hexdigest()


def test_a_package_that_was_taken_tells_the_application_once(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)

    worker.run_due(now=NOW)

    assert find_progress(DELIVERED_TOPIC, A)
    assert get_package_state(A)[:2] == ("accepted", "health")


def test_a_package_nobody_made_has_no_state(room: Flask) -> None:
    with pytest.raises(NoSuchRowError):
        get_package_state(A)


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


def test_dispatch_belongs_to_the_transaction_around_it(room: Flask) -> None:
    register("health")

    with writing():
        dispatch(A, provider_id="health", payload=PAYLOAD, papers=PAPERS, now=NOW)
        db.session.rollback()

    assert count_outbound() == 0


def test_doing_the_same_delivery_twice_has_one_effect(departments: PretendDepartments) -> None:
    register("health")
    send_off(A)
    worker.run_due(now=NOW)
    before = get_package_state(A)
    errand = worker.handlers()[TOPIC]

    parcel = errand.pack(A, now=NOW)
    with writing():
        errand.note(A, None, now=NOW + timedelta(hours=1))
        db.session.commit()

    assert parcel is None
    assert get_package_state(A) == before
    assert len(departments.taken) == 1


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
