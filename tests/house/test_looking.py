"""Who may open a data key, and who reads a ledger: every place in the code stands here with its reason, so that a new one is a decision."""

import ast
from collections.abc import Iterator

import pytest

from tests.installation import ROOT

HERSELF = "she acts herself, on the way in or signed in"
SYSTEM = "the system tells or books something; what it opens is shown to nobody"
# What opens data keys. A console takes `msewa.accounts.looking.look` instead, which leaves a row on her page in the same step.
OPENERS = {
    "accounts/holding.py": "her own download, the seal and the erasure",
    "accounts/looking.py": "the look itself",
    "accounts/operations/entering.py": HERSELF,
    "accounts/operations/numbers.py": SYSTEM,
    "accounts/operations/proving.py": HERSELF,
    "accounts/operations/resets.py": SYSTEM,
    "accounts/operations/visits.py": "an unfinished visit's own key",
    "accounts/people.py": HERSELF,
    "accounts/queries.py": "get_subject is here",
    "accounts/routes/recover.py": HERSELF,
    "accounts/routes/recover_anew.py": HERSELF,
    "accounts/routes/register_keys.py": HERSELF,
    "accounts/routes/rest.py": HERSELF,
    "accounts/routes/security.py": HERSELF,
    "accounts/routes/sign_in.py": HERSELF,
    "applications/holding.py": "her own download, the seal and the erasure",
    "applications/operations/following.py": SYSTEM,
    "applications/queries.py": "an application's key, for its owner",
    "closure/ending_routes.py": HERSELF,
    "closure/operations/closing.py": "the seal",
    "closure/operations/terminating.py": SYSTEM,
    "consents/announcing.py": SYSTEM,
    "consents/operations.py": SYSTEM,
    "dpo/operations/breaches.py": SYSTEM,
    "dpo/operations/disclosing.py": "only while the law forbids to tell; the row follows when that ends",
    "dpo/papers.py": "a paper's own key",
    "grievances/operations.py": SYSTEM,
    "notifications/operations.py": "a message's own key",
    "privacy/operations/downloading.py": "her own download, made in the background",
    "privacy/queries.py": "an application's key, for its owner",
    "promises/checks/keys.py": "tries its own made-up key",
    "upkeep/operations.py": SYSTEM,
}
# What reads a ledger: her own reading is kept once a day by `note_own_reading`, that of staff each time by `read_ledger`.
READERS = {
    "accounts/access_holding.py": "her own download, the seal and the erasure",
    "accounts/looking.py": "read_ledger is here",
    "grievances/naming.py": "names the row that she asks about, to herself",
    "privacy/archive.py": "her own download",
    "privacy/queries.py": "the dashboard, which keeps her reading",
}
# Pages for people who act on others' records.
CONSOLES = ("dpo/routes/", "kiosk/", "desk/")


def places_of(names: set[str]) -> Iterator[str]:
    """Yield the modules below msewa/ that use one of these names."""
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        tree = ast.walk(ast.parse(path.read_text(), filename=str(path)))
        if any(
            (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names) for node in tree
        ):
            yield path.relative_to(ROOT / "msewa").as_posix()


@pytest.mark.promise("P31")
@pytest.mark.promise("P48")
def test_every_place_that_opens_a_data_key_is_a_decision() -> None:
    unknown = set(places_of({"get_subject", "unwrap"})) - OPENERS.keys()

    assert unknown == set(), "take msewa.accounts.looking.look, or write the place and its reason into OPENERS"


@pytest.mark.promise("P48")
def test_every_place_that_reads_a_ledger_is_a_decision() -> None:
    unknown = set(places_of({"list_entries", "list_looks"})) - READERS.keys()

    assert unknown == set(), "take read_ledger or note_own_reading, and write the place and how reading is kept into READERS"


@pytest.mark.promise("P31")
@pytest.mark.promise("P47")
@pytest.mark.promise("P48")
def test_no_page_of_a_console_opens_anything_but_by_a_look() -> None:
    around = [place for place in places_of({"get_subject", "unwrap", "list_entries", "list_looks"}) if place.startswith(CONSOLES)]

    assert around == []
