"""Where it went: each application and correction with what was in it, to whom, how long they keep it, and where to reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msewa.catalogue.queries import get_definition
from msewa.catalogue.rules import Definition, FieldNeed, PaperNeed, Provider
from msewa.catalogue.snapshot import Catalogue
from msewa.ledger.rules import Subject
from msewa.privacy.corrected import Corrected, list_corrections
from msewa.privacy.queries import Sent, accepted_at, names_sent


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction that followed; the field by the name under which it was asked."""

    sent: Corrected
    field: str
    kept_days: int | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One application that went, and what followed it; `kept_days` is None where the office has not said how long it keeps it."""

    sent: Sent
    provider: Provider | None
    service_name: str
    fields: Sequence[str]
    papers: Sequence[str]
    kept_days: int | None
    accepted_at: datetime | None
    corrections: Sequence[Correction]


def list_disclosures(subject: Subject, rows: Sequence[Sent], *, known: Catalogue, language: str) -> list[Disclosure]:
    """Return what was in each of these applications and in what followed, by the names under which it was asked."""
    names, accepted = names_sent(rows), accepted_at(row.id for row in rows)
    corrected = list_corrections(subject, [row.id for row in rows])
    return [
        _disclosure(row, names.get(row.id, []), accepted.get(row.id), corrected.get(row.id, ()), known=known, language=language)
        for row in rows
    ]


def _disclosure(
    row: Sent,
    names: Sequence[tuple[str, str]],
    accepted: datetime | None,
    corrected: Sequence[Corrected],
    *,
    known: Catalogue,
    language: str,
) -> Disclosure:
    definition = definition_of(row, known=known)
    asked = {need.key: need for need in definition.fields}
    wanted = {need.key: need for need in definition.papers}
    fields = [asked[key] for kind, key in names if kind == "field" and key in asked]
    papers = [wanted[key] for kind, key in names if kind == "paper" and key in wanted]
    return Disclosure(
        sent=row,
        provider=known.providers.get(row.provider_id),
        service_name=definition.name[language],
        fields=[need.label[language] for need in fields],
        papers=[need.name[language] for need in papers],
        kept_days=_longest([*fields, *papers]),
        accepted_at=accepted,
        corrections=[Correction(one, asked[one.field].label[language], asked[one.field].retention_days) for one in corrected],
    )


def definition_of(row: Sent, *, known: Catalogue) -> Definition:
    """Return the service as it was when it was sent."""
    live = known.services.get(row.service_id)
    # The one in memory serves nearly always; an earlier version costs a question.
    return live if live and live.version == row.service_version else get_definition(row.service_id, row.service_version)


def _longest(needs: Sequence[FieldNeed | PaperNeed]) -> int | None:
    days = [need.retention_days for need in needs]
    known = [one for one in days if one is not None]
    # While the time of one is not known, neither is that of the whole.
    return max(known) if known and len(known) == len(days) else None
