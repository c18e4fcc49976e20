"""GovStack's consent reads: the policy and the purposes, public, with string ids; anything else is 400."""

import hashlib
import json
from typing import Any

import pytest
from flask import Flask

from msewa.consents.purposes import purposes
from tests.people import signed_in
from tests.strict_client import StrictClient

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
AGREEMENTS = ("/api/config/data-agreement", "/api/service/data-agreement")
INVALID = ["invalid_id", "123!@#", "0", "99", "1.0.0", "²", "null", "%20", "' or 1=1--", "x" * 900, "..", "%00", "ਪੰ"]


def ids_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        own = [inner for key, inner in value.items() if key in ("id", "objectId", "controllerId")]
        return own + [one for inner in value.values() for one in ids_of(inner)]
    return [one for inner in value for one in ids_of(inner)] if isinstance(value, list) else []


def is_whole(revision: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether a revision holds the very object beside it, under the hash that the specification names."""
    snapshot = revision["serializedSnapshot"]
    same = json.loads(snapshot)["objectData"] == content and revision["objectId"] == content["id"]
    return same and revision["serializedHash"] == hashlib.sha1(snapshot.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("policy_id", ["1", "1.0"])
def test_the_policy_is_read_with_its_revision(client: StrictClient, policy_id: str, slash: str) -> None:
    response = client.get(f"/api/service/policy/{policy_id}{slash}")

    assert response.status_code == 200
    assert response.json["policy"]["id"] == policy_id
    assert response.json["policy"]["version"] == "1.0"
    assert response.json["policy"]["url"].endswith("/privacy/policy/1.0")
    assert is_whole(response.json["revision"], response.json["policy"])
    assert all(isinstance(one, str) for one in ids_of(response.json))


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", AGREEMENTS)
def test_every_purpose_is_a_data_agreement(client: StrictClient, path: str, slash: str) -> None:
    for purpose in purposes().values():
        for asked in (purpose.id, str(purpose.number)):
            response = client.get(f"{path}/{asked}{slash}")

            assert response.status_code == 200
            agreement = response.json["dataAgreement"]
            assert agreement["id"] == asked
            assert agreement["purpose"] == purpose.title["en"]
            assert agreement["lawfulBasis"] == {"choice": "consent", "law": "public_task", "legal_duty": "legal_obligation"}[purpose.ground]
            assert is_whole(response.json["revision"], agreement)
            assert all(isinstance(one, str) for one in ids_of(response.json))


@pytest.mark.parametrize("path", ["/api/service/policy", *AGREEMENTS])
@pytest.mark.parametrize("asked", INVALID)
def test_an_invalid_id_is_400_in_json(client: StrictClient, path: str, asked: str) -> None:
    for slash in ("", "/"):
        response = client.get(f"{path}/{asked}{slash}")

        if response.status_code not in (308, 404) or asked != "..":
            assert (response.status_code, response.mimetype) == (400, "application/json")


def test_the_answer_is_the_same_for_everybody(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    her = signed_in(client, app=app)

    for path in ("/api/service/policy/1/", "/api/service/data-agreement/promo.own/"):
        assert client.get(path).get_data() == another_client.get(path).get_data()
        assert her.id not in client.get(path).text
