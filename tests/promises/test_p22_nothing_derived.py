"""P22: nothing about a person is worked out and kept; whoever begins to must show it in her download first."""

import pytest
from flask import Flask

from msewa.inventory.reading import inventory
from msewa.privacy.archive import gather
from tests.people import PROFILE, somebody

# What something of hers is kept for. Each of these keeps what she gave or what was done, and none what was concluded from it.
KEPT_FOR = {
    "account", "security", "service", "messages", "complaints", "access", "choices", "safety", "law", "termination", "demonstration",
    "nominees", "downloads",
}  # fmt: skip

pytestmark = pytest.mark.promise("P22")


def test_nothing_of_hers_is_kept_for_what_could_be_worked_out_of_it() -> None:
    kept_for = {column.purpose for table in inventory().tables.values() for column in table.personal}

    assert kept_for | set(inventory().purposes) == KEPT_FOR, "what is worked out of hers belongs into derived_attributes of her download"


def test_what_she_gave_stands_in_her_download_as_she_gave_it_and_nothing_beside_it(app: Flask) -> None:
    person = somebody(app, profile=PROFILE)

    with app.app_context():
        held = gather(person.subject())

    given = {key: one["value"] for key, one in held["profile"].items() if isinstance(one, dict)}
    assert {key: given.get(key) for key in PROFILE} == PROFILE
    assert set(given) - set(PROFILE) <= {"full_name", "mobile"}
    assert held["derived_attributes"] == []
