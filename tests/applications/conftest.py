"""A citizen at her form, and offices that can receive it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from msewa.applications.models import Application
from msewa.applications.references import new_reference
from msewa.catalogue import operations as catalogue_operations
from msewa.catalogue.models import CatalogueProvider
from msewa.catalogue.queries import catalogue, get_service
from msewa.catalogue.rules import Definition
from msewa.crypto.jose import new_provider_pair
from msewa.delivery.models import ProviderKey
from msewa.delivery.operations import register_provider
from msewa.extensions import db, writing
from msewa.outbox.worker import run_due
from msewa.sandbox.models import SandboxKey
from msewa.sandbox.store import seal_row
from tests.applications.samples import photo, sample_page
from tests.people import Somebody, signed_in
from tests.strict_client import Page, StrictClient

PROFILE = {"father_name": "Gurbachan Singh Planted", "address": "House 112-P, Bhathlan", "district": "barnala", "tehsil": "tehsil-tapa"}


@pytest.fixture
def offices(app: Flask) -> Iterator[Flask]:
    """A pretend department with a key of its own for every provider of a service; suspended ones are put back afterwards."""
    with app.app_context(), writing():
        there = set(db.session.scalars(select(ProviderKey.provider_id)))
        for provider_id in sorted({one.provider for one in catalogue().services.values()} - there):
            public, private = new_provider_pair(f"{provider_id}-test")
            db.session.merge(SandboxKey(provider_id=provider_id, sealed=seal_row("sandbox_key", provider_id, private)))
            register_provider(
                provider_id,
                endpoint=f"sandbox:{provider_id}",
                public_jwk=public,
                agreement="test",
                now=app.extensions["clock"].now(),
                is_demo=True,
            )
        db.session.commit()
    yield app
    with app.app_context(), writing():
        catalogue_operations.reinstate_providers()
        db.session.commit()


@dataclass
class Applicant:
    """Somebody signed in, walking through her form as a browser without scripts would."""

    client: StrictClient
    app: Flask
    person: Somebody

    def begin(self, service: str = "birth-certificate") -> str:
        """Begin an application from its service's page; return the address of its own."""
        answer = self.client.submit(f"/services/{service}", "apply")
        assert answer.status_code == 303
        return answer.headers["Location"].removesuffix("/edit")

    def definition(self, service: str) -> Definition:
        """Return the live definition of a service."""
        with self.app.app_context():
            return get_service(service)

    def drafts(self, count: int, service: str = "birth-certificate") -> None:
        """Put drafts that something was written into beside hers, straight into the table."""
        self.begin(service)
        with self.app.app_context(), writing():
            first = dict(db.session.execute(select(*Application.__table__.columns).where(Application.service_id == service)).one()._mapping)
            for number in range(count):
                moment = first["created_at"] + timedelta(seconds=number + 1)
                other = {"id": secrets.token_hex(16), "reference": new_reference(), "created_at": moment}
                db.session.execute(insert(Application).values(**{**first, **other, "updated_at": moment + timedelta(seconds=1)}))
            db.session.execute(delete(Application).where(Application.id == first["id"]))
            db.session.commit()

    def fill(self, base: str, service: str = "birth-certificate", **other: str) -> None:
        """Fill every step with samples, but for what is given, and add the papers."""
        definition = self.definition(service)
        for step, one in enumerate(definition.steps, 1):
            with self.app.app_context():
                typed = sample_page(definition, catalogue(), step=step)
            given = {key: value for key, value in other.items() if key in one.fields}
            answer = self.client.submit(f"{base}/edit?step={step}", "application", **{**typed, **given})
            assert answer.status_code == 303, answer.get_data(as_text=True)
        needed = [need.key for need in definition.papers if not need.made_by_us]
        if definition.papers:
            files = {key: photo(f"{key}.jpg") for key in needed}
            answer = self.client.submit(f"{base}/edit?step={len(definition.steps) + 1}", "application", files=files)
            assert answer.status_code == 303, answer.get_data(as_text=True)

    def reviewed(self, service: str = "birth-certificate", **other: str) -> str:
        """Begin, fill and look at the review; return the application's address."""
        base = self.begin(service)
        self.fill(base, service, **other)
        self.client.page(f"{base}/review")
        return base

    def send(self, base: str, **typed: Any) -> Any:
        """Confirm what the review shows."""
        return self.client.submit(f"{base}/review", "submit", **{"declare": "1", **typed})

    def sent(self, service: str = "birth-certificate", **other: str) -> str:
        """Walk all the way; return the application's address."""
        base = self.reviewed(service, **other)
        assert self.send(base).headers["Location"] == base
        return base

    def page(self, address: str) -> Page:
        """Read one of her pages."""
        return self.client.page(address)

    def work(self) -> None:
        """Let the worker do what is due."""
        with self.app.app_context():
            run_due(now=self.app.extensions["clock"].now())


@pytest.fixture
def harjinder(app: Flask, client: StrictClient, offices: Flask) -> Applicant:
    """A citizen with something in her profile."""
    return Applicant(client, app, signed_in(client, app=app, profile=PROFILE))


@pytest.fixture
def stranger(app: Flask, another_client: StrictClient) -> Applicant:
    """Another citizen, in another browser, with an empty profile."""
    return Applicant(another_client, app, signed_in(another_client, app=app, full_name="Stranger Kaur"))


def suspend(app: Flask, provider_id: str) -> None:
    """Take a provider off the register."""
    with app.app_context(), writing():
        db.session.execute(update(CatalogueProvider).where(CatalogueProvider.id == provider_id).values(is_registered=False))
        db.session.commit()
