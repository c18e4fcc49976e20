"""P77: the endeavour is constant: what the product is built from is fixed to the letter, and no check goes untried."""

import re

import pytest

from msewa.promises.checks.register import CHECKS
from tests.installation import ROOT

PINNED = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[0-9][0-9a-z.]*")


@pytest.mark.promise("P77")
@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_library_is_fixed_to_one_version(name: str) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]

    assert [line for line in lines if line and not line.startswith("-r ") and not PINNED.fullmatch(line)] == []


@pytest.mark.promise("P77")
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_fault_of_every_check_is_tried(check) -> None:
    tests = "".join(path.read_text() for path in sorted((ROOT / "tests" / "promises").glob("test_self_check*.py")))

    is_asked_by_name = f'["{check.id}"]' in tests
    is_asked_itself = f"{check.find_faults.__module__.rpartition('.')[2]}.{check.find_faults.__name__}(" in tests
    assert is_asked_by_name or is_asked_itself, "inject the fault it looks for"
