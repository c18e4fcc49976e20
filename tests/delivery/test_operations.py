"""Packages are closed to their provider's key, sent once, and kept until they are taken."""

import base64
import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.crypto.jose import PackageError
from msewa.delivery.models import Package
from msewa.delivery.operations import (
    DELIVERED_TOPIC,
    TOPIC,
    dispatch,
)
from msewa.delivery.queries import get_package_state
from msewa.extensions import db, writing
from msewa.outbox import worker
from msewa.outbox.queries import find_progress
from msewa.web.errors import NoSuchRowError
from tests.delivery.conftest import NOW, PAPERS, PAYLOAD, PretendDepartments, opened, register, send_off
from tests.delivery.samples import A, count_outbound


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
