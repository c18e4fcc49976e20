"""Policy and purposes in the shapes of GovStack's Consent building block; nothing in them is about anybody."""

import hashlib
from datetime import date
from typing import Any

from msewa.config import Settings
from msewa.consents.purposes import get_purpose, purposes
from msewa.consents.rules import Ground, Notice, Purpose
from msewa.consents.texts import get_current_version, get_policy
from msewa.crypto.canonical import canonical

Shape = dict[str, Any]
THE_POLICY = "1"  # the id that GovStack's own checks ask for; every version has its own besides
BASES = {Ground.CHOICE: "consent", Ground.LAW: "public_task", Ground.LEGAL_DUTY: "legal_obligation"}
LANGUAGE = "en"


def policy_answer(policy_id: str, *, settings: Settings, today: date) -> Shape:
    """Return the policy ("1") or one version of it ("1.0") with its revision; NoSuchRowError for any other id."""
    version = get_current_version("policy", today=today) if policy_id == THE_POLICY else policy_id
    text = get_policy(version, LANGUAGE)
    policy = _policy(text, policy_id=policy_id, settings=settings)
    return {"policy": policy, "revision": _revision(policy, schema="Policy", timestamp=text.effective_on)}


def agreement_answer(agreement_id: str, *, settings: Settings, today: date) -> Shape:
    """Return a purpose, by its number or its own id, with its revision; NoSuchRowError for any other id."""
    purpose = {str(one.number): one for one in purposes().values()}.get(agreement_id) or get_purpose(agreement_id)
    policy = policy_answer(THE_POLICY, settings=settings, today=today)["policy"]
    agreement = _agreement(purpose, agreement_id=agreement_id, policy=policy, settings=settings)
    return {"dataAgreement": agreement, "revision": _revision(agreement, schema="DataAgreement", timestamp=purpose.effective_on)}


def _policy(text: Notice, *, policy_id: str, settings: Settings) -> Shape:
    return {
        "id": policy_id,
        "name": "mSewa privacy policy",
        "version": text.version,
        "url": f"{settings.site}/privacy/policy/{text.version}",
        "jurisdiction": "IN",
        "industrySector": "Government services",
        "geographicRestriction": "IN",
        "storageLocation": "IN",
    }


def _agreement(purpose: Purpose, *, agreement_id: str, policy: Shape, settings: Settings) -> Shape:
    return {
        "id": agreement_id,
        "version": str(purpose.version),
        "controllerId": "operator",
        "controllerName": settings.operator[LANGUAGE],
        "controllerUrl": settings.site,
        "policy": policy,
        "purpose": purpose.title[LANGUAGE],
        "purposeDescription": purpose.why[LANGUAGE],
        "lawfulBasis": BASES[purpose.ground],
        "methodOfUse": "data-using-service",
        "dataAttributes": [
            {"id": category, "name": category, "description": purpose.what[LANGUAGE], "category": category}
            for category in purpose.categories
        ],
        "dpiaDate": "",
        "dpiaSummaryUrl": "",
        "active": True,
        "forgettable": False,  # a withdrawal is an event of its own: the record of the yes is what proves it
        "compatibleWithVersionId": "",
        "lifecycle": "complete",
    }


def _revision(content: Shape, *, schema: str, timestamp: date) -> Shape:
    facts = {
        "schemaName": schema,
        "objectId": content["id"],
        "signedWithoutObjectId": False,
        "timestamp": timestamp.isoformat(),
        "authorizedByIndividualId": "",
        "authorizedByOther": "operator",
    }
    snapshot = canonical({**facts, "objectData": content})
    return {
        **facts,
        "id": f"{content['id']}-{content['version']}",
        "serializedSnapshot": snapshot.decode(),
        # SHA-1 is what the specification names, so that a reader can compare; our own seals are SHA-256 and stand on the pages.
        "serializedHash": hashlib.sha1(snapshot, usedforsecurity=False).hexdigest(),
        "successorId": "",
        "predecessorHash": "",
        "predecessorSignature": "",
    }
