"""An office that can not receive here says so before anything is filled in, and a draft may still be begun (P26)."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from msewa.delivery.models import ProviderKey
from msewa.delivery.operations import announce
from msewa.extensions import db, writing
from tests.applications.conftest import Applicant
from tests.strict_client import StrictClient

pytestmark = pytest.mark.promise("P26")
WORDS = {
    "en": "This office can not receive applications here just now.",
    "pa": "ਇਹ ਦਫ਼ਤਰ ਇਸ ਵੇਲੇ ਇੱਥੋਂ ਅਰਜ਼ੀਆਂ ਨਹੀਂ ਲੈ ਸਕਦਾ।",
    "hi": "यह दफ़्तर अभी यहाँ से आवेदन नहीं ले सकता।",
}
SERVICE = "/services/birth-certificate"


def change(app: Flask, statement: Any) -> None:
    app.extensions.pop("catalogue", None)
    with app.app_context(), writing():
        db.session.execute(statement)
        announce()
        db.session.commit()


@pytest.fixture
def no_gateway(offices: Flask) -> Iterator[Flask]:
    """The office of births as in a new installation: on the register, and without a gateway."""
    with offices.app_context():
        keys = [dict(row._mapping) for row in db.session.execute(select(*ProviderKey.__table__.columns).filter_by(provider_id="health"))]
    change(offices, delete(ProviderKey).where(ProviderKey.provider_id == "health"))
    yield offices
    change(offices, insert(ProviderKey).values(keys))


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_the_service_says_so_before_anything_is_begun(no_gateway: Flask, client: StrictClient, language: str) -> None:
    page = client.page(f"{SERVICE}?lang={language}")

    assert WORDS[language] in page.text
    assert page.text.index(WORDS[language]) < page.text.index(page.words("submit"))


def test_an_office_with_a_gateway_says_nothing_of_it(offices: Flask, client: StrictClient) -> None:
    offices.extensions.pop("catalogue", None)

    assert WORDS["en"] not in client.page(f"{SERVICE}?lang=en").text


def test_a_draft_can_be_begun_and_its_review_says_so(harjinder: Applicant, no_gateway: Flask) -> None:
    base = harjinder.reviewed()

    review = harjinder.page(f"{base}/review?lang=en")
    refused = harjinder.send(base)

    assert WORDS["en"] in review.text
    assert "what you wrote stays with you" in review.text
    assert refused.status_code == 409


def test_it_is_gone_once_the_office_can_receive(harjinder: Applicant) -> None:
    base = harjinder.reviewed()

    assert WORDS["en"] not in harjinder.page(f"{base}/review?lang=en").text
