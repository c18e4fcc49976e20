"""What a receipt says: ISO/IEC TS 27560:2023 in W3C DPV 2.3 as JSON-LD, with the terms of our `in-dpdp` profile for the Act.

DPV knows the Act (`legal-in:law-DPDP`) but not its sections; those, the seal of the notice and the digest of what was sent are the
profile's own terms. Nobody is named: the subject is a pairwise id, new for each recipient and purpose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from msewa.config import Settings
from msewa.consents.purposes import Shown
from msewa.consents.rules import IN_FORCE, Event, Purpose, Recipient
from msewa.crypto.framing import framed
from msewa.ledger.rules import VISITOR, Actor, Subject

Record = dict[str, Any]
PROFILE = "/privacy/receipts/in-dpdp#"
STANDARDS = ("ISO/IEC TS 27560:2023", "https://w3id.org/dpv/2.3", "in-dpdp 1")
STATUS = {
    Event.GIVEN: "dpv:ConsentGiven",
    Event.RENEWED: "dpv:RenewedConsentGiven",
    Event.REFUSED: "dpv:ConsentRefused",
    Event.WITHDRAWN: "dpv:ConsentWithdrawn",
    Event.EXPIRED: "dpv:ConsentExpired",
}
REFERENCES = ("hasLegalBasis", "hasApplicableLaw", "hasJurisdiction", "hasConsentStatus", "hasProcessing", "hasLocation", "isExercisedAt")
HERE = "loc:IN"
BY_LINK = "the link in a message, without signing in"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every receipt of one moment begins with: its id (urn:uuid), the installation, whose it is, and the policy in force."""

    urn: str
    settings: Settings
    subject: Subject
    policy_version: str
    now: datetime

    def address(self, path: str) -> str:
        """Return a path of this site as it stands in a receipt."""
        return self.settings.site + path


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What went to a provider: names of fields and papers, never a value; the SHA-256 of the bytes that were sent."""

    reference: str
    service_id: str
    service_name: str
    provider_id: str
    provider_name: str
    is_private: bool
    fields: Mapping[str, str]
    papers: Iterable[str]
    digest: str
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a law had us hand over: who asked and by what; names of fields, never a value; the SHA-256 of the document; when it was.

    `basis` is DPV's: a legal obligation, or a vital interest where a life was in danger.
    """

    number: str
    basis: str
    authority: str
    provision: str
    instrument: str
    fields: Mapping[str, str]
    digest: str
    at: datetime


def pairwise_id(subject: Subject, *, recipient: str, purpose_id: str) -> str:
    """Return 32 hex digits that stand for a person towards one recipient for one purpose; they end with her data key (P61)."""
    info = framed("msewa pairwise subject", recipient, purpose_id)
    return HKDF(algorithm=SHA512(), length=16, salt=None, info=info).derive(subject.key).hex()


def of_choice(frame: Frame, purpose: Purpose, event: Event, *, notice: Shown, actor: Actor, recipient: Recipient | None = None) -> Record:
    """Return the record of a choice, word for word under the notice that was shown."""
    head = _head(frame, "ConsentReceipt", notice.language, recipient=recipient.address if recipient else "self", purpose=purpose)
    # Nobody but she gives, refuses or withdraws; only a time that is over speaks for itself.
    by = head["hasDataController"]["hasName"] if event is Event.EXPIRED else head["hasDataSubject"]["hasIdentifier"]
    status: Record = {"hasConsentStatus": STATUS[event], "dct:date": frame.now.isoformat(), "isIndicatedBy": by}
    if actor == VISITOR:
        status["hasIndicationMethod"] = BY_LINK
    if event in IN_FORCE:
        status["dct:valid"] = (frame.now + purpose.validity).isoformat() if purpose.validity else "until withdrawn"
    named = {"hasIdentifier": recipient.address, "hasName": recipient.name} if recipient else {}
    receivers = {"hasRecipient": {**named, "dct:description": purpose.receivers[notice.language]}}
    data = {"hasProcessing": "dpv:Disclose" if recipient else "dpv:Use", "hasPersonalData": list(purpose.categories)}
    control = {"hasConsentControl": {"@type": "WithdrawConsent", "isExercisedAt": frame.address("/privacy/choices")}}
    return head | {"hasLegalBasis": "dpv:Consent"} | status | control | {"hasProcess": _process(frame, purpose, notice) | receivers | data}


def of_disclosure(frame: Frame, purpose: Purpose, disclosure: Disclosure, *, notice: Shown) -> Record:
    """Return the record of a disclosure: the intimation under s. 7(b) of the Act."""
    head = _head(frame, "in-dpdp:Intimation", notice.language, recipient=disclosure.provider_id, purpose=purpose)
    recipient = {
        "@id": frame.address(f"/providers/{disclosure.provider_id}"),
        "hasIdentifier": disclosure.provider_id,
        "hasName": disclosure.provider_name,
        "in-dpdp:isPrivateCompany": disclosure.is_private,
        "hasStorageCondition": {"hasDuration": f"P{disclosure.retention_days}D" if disclosure.retention_days else "not known"},
    }
    sent = {
        "hasProcessing": "dpv:DiscloseByTransmission",
        "hasPersonalData": list(disclosure.fields.values()),
        "in-dpdp:fields": list(disclosure.fields),
        "in-dpdp:papers": list(disclosure.papers),
        "in-dpdp:service": {"hasIdentifier": disclosure.service_id, "hasName": disclosure.service_name},
        "in-dpdp:application": disclosure.reference,
        "in-dpdp:sha256OfWhatWasSent": disclosure.digest,
        "hasRecipient": recipient,
    }
    return head | {"hasLegalBasis": f"in-dpdp:{purpose.provision}"} | {"hasProcess": _process(frame, purpose, notice) | sent}


def of_handing_over(frame: Frame, purpose: Purpose, handed: HandedOver, *, notice: Shown) -> Record:
    """Return the record of a disclosure under law, as she gets it when nothing forbids any more to tell her (P30)."""
    head = _head(frame, "in-dpdp:DisclosureUnderLaw", notice.language, recipient=handed.authority, purpose=purpose)
    demand = {"hasIdentifier": handed.number, "in-dpdp:provision": handed.provision, "in-dpdp:instrument": handed.instrument}
    what = {
        "hasProcessing": "dpv:Disclose",
        "dct:date": handed.at.isoformat(),
        "hasPersonalData": list(handed.fields.values()),
        "in-dpdp:fields": list(handed.fields),
        "in-dpdp:demand": demand,
        "in-dpdp:sha256OfWhatWasSent": handed.digest,
        "hasRecipient": {"hasName": handed.authority, "hasStorageCondition": {"hasDuration": "not known"}},
    }
    return head | {"hasLegalBasis": handed.basis} | {"hasProcess": _process(frame, purpose, notice) | what}


def _head(frame: Frame, kind: str, language: str, *, recipient: str, purpose: Purpose) -> Record:
    operator, contact = frame.settings.operator[language], frame.settings.contact
    controller = {"@id": frame.address("/"), "hasName": operator, "hasContact": contact or f"tel:{frame.settings.helplines[0][0]}"}
    return {
        "@context": {
            "@vocab": "https://w3id.org/dpv#",
            "dpv": "https://w3id.org/dpv#",
            "dct": "http://purl.org/dc/terms/",
            "legal-in": "https://w3id.org/dpv/legal/in#",
            "loc": "https://w3id.org/dpv/loc#",
            "in-dpdp": frame.address(PROFILE),
            **{name: {"@type": "@id"} for name in REFERENCES},
        },
        "@id": frame.urn,
        "@type": kind,
        "dct:identifier": frame.urn,
        "dct:conformsTo": list(STANDARDS),
        "dct:issued": frame.now.isoformat(),
        "dct:language": language,
        "hasDataSubject": {"hasIdentifier": pairwise_id(frame.subject, recipient=recipient, purpose_id=purpose.id)},
        "hasDataController": controller,
        "hasJurisdiction": HERE,
        "hasApplicableLaw": "legal-in:law-DPDP",
        # In one spelling whatever her language is: programs compare it.
        "in-dpdp:provision": purpose.law["en"],
        "in-dpdp:policy": {"dct:hasVersion": frame.policy_version, "@id": frame.address(f"/privacy/policy/{frame.policy_version}")},
        "hasAuthority": {"hasName": "Data Protection Board of India", "@id": "legal-in:DPA-IN"},
    }


def _process(frame: Frame, purpose: Purpose, notice: Shown) -> Record:
    address = frame.address(f"/privacy/purposes/{purpose.id}/{purpose.version}")
    words = {"dct:title": purpose.title[notice.language], "dct:description": purpose.why[notice.language]}
    return {
        "@type": "Process",
        "hasPurpose": {"@id": address, "hasIdentifier": purpose.id, "dct:hasVersion": str(purpose.version), **words},
        "hasNotice": {"@id": f"{address}?lang={notice.language}", "dct:language": notice.language, "in-dpdp:sha256": notice.sha256},
        "hasStorageCondition": {"hasLocation": HERE, "hasDuration": purpose.term[notice.language]},
    }
