"""What the console calls things: an officer reads of somebody else's data, where a citizen is asked about her own."""

from flask_babel import lazy_gettext

from msewa.catalogue.rules import Field
from msewa.grievances.naming import TOPICS as TOPICS_TO_HER
from msewa.grievances.rules import Topic

_ = lazy_gettext
TOPICS = {
    **TOPICS_TO_HER,
    Topic.LOOK: _("A look at the citizen's data"),
    Topic.CHOICE: _("One of the citizen's choices"),
    Topic.DATA: _("The citizen's data"),
}
# The question bank asks these of the one who fills a form in; all others name the thing alone.
FIELDS = {
    "full_name": _("Full name"),
    "date_of_birth": _("Date of birth"),
    "place_of_birth": _("Place of birth"),
    "country_of_residence": _("Country of residence"),
    "occupation": _("Work"),
    "education": _("Education"),
    "land_acres": _("Land held, in acres"),
    "relation_to_beneficiary": _("Relation to the person applied for"),
    "dependants": _("Who depends on the earnings"),
}


def name_of(field: Field, *, language: str) -> str:
    """Return what a field is called to somebody else than its owner, in `language`, which is the request's."""
    return str(FIELDS.get(field.key) or field.label[language])
