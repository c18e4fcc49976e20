"""Where it went, as the page of a download tells it: of every disclosure there is a receipt, and that says all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msewa.catalogue.snapshot import Catalogue
from msewa.privacy.naming import name_field

SENT, UNDER_LAW = "disclosure", "law"


@dataclass(frozen=True, slots=True)
class Went:
    """One disclosure: when, to whom, names of what went, its seal (SHA-256, hex); `about` is the application, or the demand under law.

    `how` is sent, correction, law or life.
    """

    at: datetime
    to: str
    what: Sequence[str]
    about: str
    digest: str
    how: str


def list_went(data: Mapping[str, Any], *, known: Catalogue, language: str) -> list[Went]:
    """Return every disclosure that a download tells of, the oldest first."""
    corrections = {one["package"]["digest"] for one in data["grievances"] if one["package"]}
    kept = [one for one in data["choices"]["receipts"] if one["kind"] in (SENT, UNDER_LAW)]
    return sorted((_went(one, corrections, known=known, language=language) for one in kept), key=lambda one: one.at)


def _went(receipt: Mapping[str, Any], corrections: set[str], *, known: Catalogue, language: str) -> Went:
    process, digest = receipt["record"]["hasProcess"], receipt["record"]["hasProcess"]["in-dpdp:sha256OfWhatWasSent"]
    recipient, demand = process["hasRecipient"], process.get("in-dpdp:demand")
    provider = known.providers.get(recipient.get("hasIdentifier", ""))
    keys = [*process["in-dpdp:fields"], *process.get("in-dpdp:papers", ())]
    return Went(
        # Under a gag its receipt came later than the deed.
        at=datetime.fromisoformat(process.get("dct:date") or receipt["at"]),
        to=provider.name[language] if provider else recipient["hasName"],
        what=[name_field(key, known=known, language=language) for key in keys],
        about=demand["hasIdentifier"] if demand else process["in-dpdp:application"],
        digest=digest,
        how=_how(receipt["record"]) if demand else "correction" if digest in corrections else "sent",
    )


def _how(record: Mapping[str, Any]) -> str:
    return "life" if record["hasLegalBasis"] == "dpv:VitalInterest" else "law"
