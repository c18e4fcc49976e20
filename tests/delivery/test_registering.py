"""Whom packages may go to: registered providers, at safe addresses, each with a key of its own."""

import logging
from datetime import timedelta

import pytest
from flask import Flask

from msewa.catalogue.operations import suspend_provider
from msewa.crypto.jose import PackageError, new_provider_pair
from msewa.delivery.operations import (
    EndpointRefusedError,
    ProviderNotRegisteredError,
    register_provider,
)
from msewa.delivery.queries import get_package_state
from msewa.extensions import Base, db, writing
from msewa.outbox import worker
from tests.delivery.conftest import NOW, PretendDepartments, opened, register, send_off
from tests.delivery.samples import A, B, count_outbound


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
        "https://department.example.org:99999/packages",
        "https://department.example.org:0/packages",
        "https://depart ment.example.org/packages",
        "https://department.example.org/packages\n",
        "https://department.example.org/ਪੈਕਟ",
        "https://[::1",
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
