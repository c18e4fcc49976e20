"""What the receipt of a sending says: to whom, for which service, names of fields and papers, never what stands in them."""

from collections.abc import Collection

from msewa.applications.queries import Case
from msewa.applications.references import show_reference
from msewa.catalogue.queries import get_provider
from msewa.catalogue.rules import Definition
from msewa.consents.records import Disclosure


def disclosure_of(case: Case, definition: Definition, *, fields: Collection[str], papers: Collection[str], digest: str) -> Disclosure:
    """Return what of an application goes to its provider; `digest` is the SHA-256 of the bytes that are sent."""
    provider, language = get_provider(definition.provider), case.language
    days = [need.retention_days for need in definition.fields if need.key in fields]
    days += [need.retention_days for need in definition.papers if need.key in papers]
    return Disclosure(
        reference=show_reference(case.reference),
        service_id=definition.id,
        service_name=definition.name[language],
        provider_id=provider.id,
        provider_name=provider.name[language],
        is_private=provider.is_private,
        fields={need.key: need.label[language] for need in definition.fields if need.key in fields},
        papers=list(papers),
        digest=digest,
        # As long as the longest of them; where one is not known, the whole is not.
        retention_days=None if None in days else max((one for one in days if one is not None), default=None),
    )
