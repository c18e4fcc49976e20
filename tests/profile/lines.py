"""Every line of a profile that its citizen may change, what somebody types into each kind, and how it is changed."""

from werkzeug.test import TestResponse

from msewa.profile.queries import get_profile
from tests.people import Somebody
from tests.strict_client import StrictClient

# What somebody types, and how it reads afterwards, by the kind of question.
TYPED = {
    "name": ("ਸੁਰਜੀਤ ਕੌਰ", "ਸੁਰਜੀਤ ਕੌਰ"),
    "text": ("By <b>well</b> & 7", "By <b>well</b> & 7"),
    "address": ("House 9\nLane 3", "House 9 Lane 3"),
    "people": ("Asha, 40, mother\nRavi, 12, son", "Asha, 40, mother Ravi, 12, son"),
    "date": ("੫-੧-੯੦", "05/01/1990"),
    "year": ("2019", "2019"),
    "district": ("barnala", "Barnala"),
    "tehsil": ("tehsil-tapa", "Tapa"),
    "ulb": ("ulb-tapa", "Tapa"),
    "pincode": ("148 102", "148102"),
    "money": ("2,50,000", "₹2,50,000"),
    "number": ("2.5", "2.5"),
    "percent": ("40%", "40%"),
    "last4": ("8431", "8431"),
    "pan": ("abcpe1234f", "ABCPE1234F"),
    "gstin": ("27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
    "vehicle": ("pb 19 ab 1234", "PB19AB1234"),
    "bank_account": ("918273645546 sbin0009182", "918273645546 SBIN0009182"),
}
EDITABLE = [
    ("full_name", "name"), ("father_name", "name"), ("mother_name", "name"), ("spouse_name", "name"), ("gender", "choice"),
    ("date_of_birth", "date"), ("place_of_birth", "text"), ("address", "address"), ("district", "district"), ("tehsil", "tehsil"),
    ("village", "text"), ("pincode", "pincode"), ("ulb", "ulb"), ("aadhaar_last4", "last4"), ("passport_number", "text"),
    ("country_of_residence", "text"), ("income_annual", "money"), ("bank_account", "bank_account"), ("pan", "pan"), ("gstin", "gstin"),
    ("caste_category", "choice"), ("religion", "choice"), ("disability_type", "choice"), ("disability_percent", "percent"),
    ("blood_group", "choice"), ("marital_status", "choice"), ("marriage_date", "date"), ("marriage_place", "text"),
    ("occupation", "choice"), ("education", "choice"), ("land_acres", "number"), ("land_khewat_khasra", "text"), ("property_id", "text"),
    ("connection_number", "text"), ("electricity_account", "text"), ("vehicle_number", "vehicle"), ("arms_licence_number", "text"),
    ("business_name", "text"), ("business_type", "text"), ("roll_number", "text"), ("passing_year", "year"),
    ("worker_registration_number", "text"), ("dependants", "people"), ("family_members", "people"), ("ration_card_number", "text"),
]  # fmt: skip


def edit(client: StrictClient, key: str, **typed: str) -> TestResponse:
    """Send one line of the profile, as its form does."""
    return client.submit(f"/profile?edit={key}", f"profile-{key}", **typed)


def kept_by(person: Somebody) -> dict[str, str]:
    """Return what is kept of somebody's profile."""
    with person.app.app_context():
        return {key: one.value for key, one in get_profile(person.subject()).items()}


def page_value(client: StrictClient, key: str) -> str:
    """Return what the open line holds, as a browser would send it untouched."""
    return client.page(f"/profile?edit={key}").fields(f"profile-{key}")[key]
