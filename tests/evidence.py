"""What a test run proves of the clauses: counted, held against the list of clauses, and written down."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from msewa.promises.build import build_id
from msewa.promises.queries import Evidence
from msewa.promises.rules import Clause


@dataclass
class Marked:
    """The tests of one clause: those that passed, and those that did not."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def tests(self) -> list[str]:
        """Return each test once, without what it was parametrised with."""
        return sorted({re.sub(r"\[.*\]$", "", test, flags=re.DOTALL) for test in (*self.passed, *self.failed)})


class Tally:
    """The tests of every clause that some test is marked with."""

    def __init__(self) -> None:
        self._marked: dict[str, Marked] = {}

    def note(self, test: str, marked: Iterable[str], *, passed: bool) -> None:
        """Count one test for each clause it is marked with."""
        for clause in marked:
            found = self._marked.setdefault(clause, Marked())
            (found.passed if passed else found.failed).append(test)

    def of(self, clause: str) -> Marked:
        """Return the tests of one clause."""
        return self._marked.get(clause, Marked())

    def kept(self) -> set[str]:
        """Return the clauses of which every test passed."""
        return {clause for clause, found in self._marked.items() if found.passed and not found.failed}

    def broken(self) -> set[str]:
        """Return the clauses of which a test failed."""
        return {clause for clause, found in self._marked.items() if found.failed}

    def names(self) -> set[str]:
        """Return every clause that a test is marked with."""
        return set(self._marked)


def find_objections(tally: Tally, clauses: Iterable[Clause]) -> list[str]:
    """Return, as sentences, which clauses lack a test, have one too early, or do not exist."""
    known = list(clauses)
    unproven = [clause.id for clause in known if clause.is_due and clause.id not in tally.names()]
    early = [clause.id for clause in known if not clause.is_due and clause.id in tally.names()]
    unknown = sorted(tally.names() - {clause.id for clause in known})
    return [
        *(f"{name} has no test: mark one with @pytest.mark.promise({name!r}), or call it not_yet in promises.yaml." for name in unproven),
        *(f"{name} has a test but is called not_yet in promises.yaml: call it kept, or take the mark away." for name in early),
        *(f"{name} is marked on a test and is no clause of the policy." for name in unknown),
    ]


def written(tally: Tally, *, before: Evidence, now: datetime) -> str:
    """Return the evidence of a full run as JSON; a clause that is not green keeps the moment at which it last was (`before`)."""
    rows = {}
    for clause in sorted(tally.names(), key=lambda name: int(re.sub(r"\D", "", name))):
        found = tally.of(clause)
        earlier = before.proofs[clause].green_at if clause in before.proofs else None
        green_at = now if clause in tally.kept() else earlier
        rows[clause] = {
            "tests": found.tests(),
            "passed": len(found.passed),
            "failed": len(found.failed),
            "green_at": green_at.isoformat(timespec="seconds") if green_at else None,
        }
    content = {"build": build_id(), "at": now.isoformat(timespec="seconds"), "clauses": rows}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
