"""A feature uses a lower one by its operations, queries, models and rules, never by its pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.installation import ROOT

PAGES = {"routes", "forms", "commands"}
# Asking again for password and second key is one form with one answer, wherever it stands; a number or a name is typed alike everywhere.
SHARED = {
    "closure.routes": {"accounts.routes.passkeys", "accounts.routes.step_up"},
    "closure.ending_routes": {"accounts.routes.door"},
    "closure.forms": {"accounts.forms"},
    "privacy.forms": {"accounts.forms"},
    "dpo.forms": {"accounts.forms"},
    "grievances.forms": {"accounts.forms"},
}
HANG_IN = {"parts", "web"}  # `parts` hangs every feature's pages in; the pages' own ground is no feature


def foreign_pages(path: Path) -> Iterator[str]:
    """Yield the pages and forms of other features that a module imports."""
    own = path.relative_to(ROOT / "msewa").parts[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("msewa."):
            continue
        feature, _, room = (node.module or "").removeprefix("msewa.").partition(".")
        rooms = {room.partition(".")[0]} if room else {one.name for one in node.names}
        if feature not in {own, "web"} and rooms & PAGES:
            yield f"{feature}.{room or ', '.join(sorted(rooms & PAGES))}"


def test_no_feature_uses_the_pages_of_another() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "msewa").glob("*/**/*.py")):
        name = ".".join(path.relative_to(ROOT / "msewa").with_suffix("").parts)
        if name.partition(".")[0] not in HANG_IN and (used := set(foreign_pages(path))):
            found[name] = used

    assert found == SHARED
