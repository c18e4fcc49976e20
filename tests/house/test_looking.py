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
    "accounts/operations/appointing.py": SYSTEM,
    "accounts/operations/entering.py": HERSELF,
    "accounts/operations/numbers.py": SYSTEM,
    "accounts/operations/proving.py": HERSELF,
    "accounts/operations/putting_back.py": "what was sent to her earlier address, for whoever holds it",
    "accounts/operations/resets.py": SYSTEM,
    "accounts/operations/resting.py": SYSTEM,
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
    "consents/stopping.py": SYSTEM,
    "dpo/operations/breaches.py": SYSTEM,
    "dpo/operations/disclosing.py": "only while the law forbids to tell; the row follows when that ends",
    "dpo/operations/showing.py": "the system puts the row there when the law forbids no more to tell, and gives her the receipt",
    "dpo/papers.py": "a paper's own key",
    "dpo/values.py": "an application's values, for a look or a demand that is kept",
    "grievances/operations.py": SYSTEM,
    "notifications/operations.py": "a message's own key",
    "privacy/operations/downloading.py": "her own download, made in the background",
    "privacy/queries.py": "an application's key, for its owner",
    "promises/checks/keys.py": "unwraps keys to see that they open, and opens nothing with them",
    "tracker/operations.py": SYSTEM,
    "upkeep/operations.py": SYSTEM,
}
# What reads a ledger: her own reading is kept once a day by `note_own_reading`, that of staff each time by `read_ledger`.
READERS = {
    "accounts/access_holding.py": "her own download, the seal and the erasure",
    "accounts/looking.py": "read_ledger is here",
    "dpo/operations/breaches.py": "the system finds whom a breach concerns; the console is told how many",
    "grievances/naming.py": "names the row that she asks about, to herself",
    "ledger/operations.py": "writes and erases",
    "ledger/queries.py": "the questions are here",
    "ledger/verifying.py": "holds ciphertext against leaves, and opens none",
    "privacy/amounts.py": "how many rows she has, told to herself; none is opened",
    "privacy/digesting.py": "counts for the message that she asked for, and opens none",
    "privacy/operations/downloading.py": "how long her download will be",
    "privacy/queries.py": "the dashboard, which keeps her reading",
    "tracker/queries.py": "another portal's question, which is a look",
}
OPENING = {"get_subject", "unwrap", "get_case_by_id"}
READING = {"list_entries", "list_looks", "list_looks_between", "count_looks", "LedgerEntry"}
# What consoles take from where people's data lies, sealed or not.
TAKEN = {
    "accounts.models.Account": "that the account of a row still is",
    "accounts.queries.find_account_id": "the search by number, which is a look; a demand under law, which is kept",
    "accounts.queries.get_contact": "after a look",
    "accounts.queries.get_subject": "see OPENERS",
    "applications.models.Application": "whose an application is: of a demand, of a breach",
    "applications.queries.get_case_by_id": "see OPENERS",
    "applications.queries.read_pages": "see OPENERS",
    "closure.queries.count_openings": "a count",
    "closure.queries.list_months": "nothing of anybody",
    "grievances.queries.Complaint": "its words stay closed until a look",
    "grievances.queries.count_by_state": "a count",
    "grievances.queries.count_overdue": "a count",
    "grievances.queries.get_complaint": "its words stay closed until a look",
    "grievances.queries.list_inbox": "their words stay closed until a look",
    "grievances.queries.list_steps": "their words stay closed without her key",
    "grievances.queries.read_words": "after a look",
    "ledger.models.LedgerEntry": "see READERS",
    "ledger.queries.find_checkpoint": "nothing of anybody",
    "profile.queries.get_profile": "after a look, or for a demand that is kept",
    "sqlalchemy.text": "the condition of an index; never a question",
}
# For people who act on others' records.
CONSOLES = ("dpo/", "kiosk/", "desk/")
OWN = ("dpo.", "kiosk.", "desk.", "catalogue.")


def trees() -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield every module below msewa/ with the nodes of its code."""
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        yield path.relative_to(ROOT / "msewa").as_posix(), list(ast.walk(ast.parse(path.read_text(), filename=str(path))))


def places_of(names: set[str]) -> set[str]:
    """Return the modules that use one of these names, or import it under another."""
    return {place for place, nodes in trees() if any(name_of(node) in names for node in nodes)}


def name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name
        case _:
            return ""


@pytest.mark.promise("P31")
@pytest.mark.promise("P48")
def test_every_place_that_opens_a_data_key_is_a_decision() -> None:
    differs = places_of(OPENING) ^ OPENERS.keys()

    assert differs == set(), "take msewa.accounts.looking.look, or write the place and its reason into OPENERS"


@pytest.mark.promise("P48")
def test_every_place_that_reads_a_ledger_is_a_decision() -> None:
    differs = places_of(READING) ^ READERS.keys()

    assert differs == set(), "take read_ledger or note_own_reading, and write the place and how reading is kept into READERS"


@pytest.mark.promise("P31")
@pytest.mark.promise("P47")
@pytest.mark.promise("P48")
def test_no_page_of_a_console_opens_anything_but_by_a_look() -> None:
    around = [place for place in places_of(OPENING | READING) if place.startswith(CONSOLES) and "/routes/" in place]

    assert around == []


@pytest.mark.promise("P31")
@pytest.mark.promise("P48")
def test_whatever_a_console_takes_from_where_peoples_data_lies_is_a_decision() -> None:
    """Much of it is in no envelope (which services she asked for, and when), so that no key would have to be opened for it."""
    console = [node for place, nodes in trees() if place.startswith(CONSOLES) for node in nodes]
    named = {f"{node.module}.{name.name}" for node in console if isinstance(node, ast.ImportFrom) for name in node.names}
    whole = {name.name for node in console if isinstance(node, ast.Import) for name in node.names}
    taken = {name.removeprefix("msewa.") for name in named | whole if "." in name}

    differs = {name for name in taken if name.split(".")[1] in ("queries", "models", "text") and not name.startswith(OWN)} ^ TAKEN.keys()
    assert differs == set(), "show it after a look alone, and write into TAKEN what it is for"
