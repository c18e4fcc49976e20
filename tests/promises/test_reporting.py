"""The suite itself: a clause without proof, or with one too early, fails a full run; a run that is asked to writes its evidence."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from msewa.promises.build import build_id
from msewa.promises.queries import Evidence, clauses, read_evidence
from msewa.promises.rules import Clause, Proof, Standing, standing
from tests.evidence import Tally, find_objections, written
from tests.installation import ROOT

WORDS = {"en": "a", "pa": "b", "hi": "c"}
DUE = Clause("P1", "policy", WORDS, WORDS)
LATER = Clause("P67", "sharing", WORDS, WORDS, missing="payments")
NOTHING = Evidence("", None, {})
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def tally(**clauses: list[bool]) -> Tally:
    made = Tally()
    for clause, outcomes in clauses.items():
        for number, passed in enumerate(outcomes):
            made.note(f"tests/test_x.py::test_{number}[sqlite]", {clause}, passed=passed)
    return made


def test_a_clause_without_a_test_is_objected_to() -> None:
    objections = find_objections(tally(), [DUE])

    assert len(objections) == 1
    assert objections[0].startswith("P1 has no test")


def test_a_clause_whose_feature_is_missing_may_have_no_test() -> None:
    assert find_objections(tally(P1=[True]), [DUE, LATER]) == []
    assert find_objections(tally(P1=[True], P67=[True]), [DUE, LATER])[0].startswith("P67 has a test but is called not_yet")


def test_a_mark_of_no_clause_is_objected_to() -> None:
    assert find_objections(tally(P1=[True], P79=[True]), [DUE]) == ["P79 is marked on a test and is no clause of the policy."]


def test_only_a_green_run_moves_the_green_moment(tmp_path: Path) -> None:
    file, later = tmp_path / "evidence.json", NOON + timedelta(days=1)
    file.write_text(written(tally(P1=[True, True]), before=NOTHING, now=NOON))
    green = read_evidence(file)
    file.write_text(written(tally(P1=[True, False]), before=green, now=later))

    red = read_evidence(file)

    assert green.build == red.build == build_id()
    assert (green.proofs["P1"].passed, green.proofs["P1"].green_at) == (2, NOON)
    assert (red.proofs["P1"].failed, red.proofs["P1"].green_at, red.at) == (1, NOON, later)
    assert red.proofs["P1"].tests == ("tests/test_x.py::test_0", "tests/test_x.py::test_1")


@pytest.mark.parametrize(
    ("clause", "proof", "expected"),
    [
        (DUE, Proof(passed=2), Standing.KEPT),
        (DUE, Proof(passed=1, failed=1), Standing.BROKEN),
        (DUE, Proof(), Standing.UNPROVEN),
        (LATER, Proof(), Standing.NOT_YET),
    ],
)
def test_a_clause_is_kept_by_green_tests_alone(clause: Clause, proof: Proof, expected: Standing) -> None:
    assert standing(clause, proof) is expected


SUITE = """
import pytest

@pytest.mark.promise("P1")
def test_one():
    assert {outcome}
"""
SKIPPED = """
import pytest

@pytest.fixture(scope="session")
def browser():
    pytest.skip("no browser here")

@pytest.mark.parametrize("page", [1, 2])
def test_a_page(browser, page):
    pass
"""
PLUGIN = """
from pathlib import Path
import sys
sys.path.insert(0, {root!r})
from tests.reporting import PromiseReport

def pytest_configure(config):
    config.pluginmanager.register(PromiseReport(fail_on_skip=False, strict={strict}, write_to=Path("evidence.json")), "promise-report")
"""


def run_suite(folder: Path, *arguments: str, strict: bool, outcome: bool = True) -> subprocess.CompletedProcess[str]:
    (folder / "suite").mkdir(exist_ok=True)
    (folder / "suite" / "test_it.py").write_text(SUITE.format(outcome=outcome))
    (folder / "conftest.py").write_text(PLUGIN.format(root=str(ROOT), strict=strict))
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = suite\nmarkers = promise(clause): proves\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_a_full_run_fails_for_what_is_not_proven_and_says_so(tmp_path: Path) -> None:
    strict = run_suite(tmp_path, strict=True)
    lenient = run_suite(tmp_path, strict=False)

    due = [clause.id for clause in clauses().values() if clause.is_due]
    assert strict.returncode == 1
    assert strict.stdout.count(" has no test: ") == len(due) - 1
    assert "P2 has no test" in strict.stdout
    assert lenient.returncode == 0
    assert "clauses, warning:" in lenient.stdout


@pytest.mark.parametrize("chosen", [("suite/test_it.py",), ("-k", "one"), ("-m", "promise")])
def test_a_run_of_some_tests_neither_objects_nor_writes(tmp_path: Path, chosen: tuple[str, ...]) -> None:
    done = run_suite(tmp_path, *chosen, strict=True)

    assert done.returncode == 0
    assert "clauses proved: 1: P1(1)" in done.stdout
    assert not (tmp_path / "evidence.json").exists()


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_run_says_why_it_skipped_tests(tmp_path: Path, processes: tuple[str, ...]) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "test_far.py").write_text(SKIPPED)

    done = run_suite(tmp_path, "-q", *processes, strict=False)

    assert "skipped: 2: no browser here\n" in done.stdout


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_full_run_writes_what_it_found_red_or_green(tmp_path: Path, processes: tuple[str, ...]) -> None:
    run_suite(tmp_path, *processes, strict=False)
    green = read_evidence(tmp_path / "evidence.json")
    run_suite(tmp_path, *processes, strict=False, outcome=False)
    red = read_evidence(tmp_path / "evidence.json")

    assert (green.proofs["P1"].passed, green.proofs["P1"].failed) == (1, 0)
    assert (red.proofs["P1"].passed, red.proofs["P1"].failed) == (0, 1)
    assert red.proofs["P1"].green_at == green.proofs["P1"].green_at
    assert red.proofs["P1"].tests == ("suite/test_it.py::test_one",)
