"""House rules for the repository: it speaks of the product alone, and keeps its measure."""

import ast
import re
import subprocess

import pytest

from tests.installation import ROOT

FOREIGN = re.compile(r"(?<![\w./-])/(?:work|farm|root|home)/|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian")
TOP = {"app.py", "msewa", "templates", "static", "migrations", "tests", "requirements.txt", "README.md", "pyproject.toml", "Makefile"}


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return listed.split("\n")[:-1]


def test_the_top_level_holds_what_the_house_names(tracked: list[str]) -> None:
    top = {path.split("/")[0] for path in tracked}

    assert {name for name in top if not name.startswith(".")} == TOP


def test_no_file_names_a_place_outside_the_product(tracked: list[str]) -> None:
    named = []
    for path in tracked:
        if path.endswith((".png", ".jpg", ".gz", ".br")) or path == "tests/house/test_repository.py":
            continue
        found = FOREIGN.search((ROOT / path).read_text(encoding="utf-8", errors="replace"))
        if found:
            named.append(f"{path}: {found[0]}")

    assert named == []


def test_files_stay_short() -> None:
    long = {str(path.relative_to(ROOT)): count for path in sources() if (count := len(path.read_text().splitlines())) > 400}

    assert long == {}


def test_functions_stay_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 50
    ]

    assert long == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "helpers", "common", "misc", "services"}

    assert [str(path) for path in sources() if path.stem in drawers or path.parent.name in drawers] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [str(path.relative_to(ROOT)) for path in sources() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def sources() -> list:
    return sorted((ROOT / "msewa").rglob("*.py"))
