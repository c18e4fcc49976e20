"""What any service may ask, by category: made from the question bank, never written by hand (P7)."""

from flask_babel import lazy_gettext

from msewa.catalogue.rules import Category
from msewa.catalogue.snapshot import Catalogue
from msewa.inventory.reading import inventory

_ = lazy_gettext
NAMES = {
    Category.IDENTITY: _("Who you are"),
    Category.DEMOGRAPHIC: _("About your life"),
    Category.CONTACT: _("How to reach you"),
    Category.LOCATION: _("Where you live"),
    Category.FINANCIAL: _("Money and land"),
    Category.SENSITIVE: _("What needs special care"),
    Category.PROPERTY: _("House, connections, vehicle"),
    Category.BUSINESS: _("Your business"),
    Category.EDUCATION: _("Your studies"),
}


def name_category(category: str, *, language: str) -> str:
    """Return a category of data in words: one that forms ask for, or else one of the data inventory; an unknown one as it is."""
    asked = {str(one): words for one, words in NAMES.items()}.get(category)
    return str(asked) if asked else inventory().categories.get(category, {}).get(language, category)


def asked_by_category(known: Catalogue, *, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (category, [(field key, label), ...]) for every field that some service asks, in the closed order of categories."""
    asked = {need.key for service in known.services.values() for need in service.fields}
    return [
        (str(NAMES[category]), [(f.key, f.label[language]) for f in known.fields.values() if f.category == category and f.key in asked])
        for category in Category
    ]
