"""The clauses of the policy, and what the tests of this release found."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from msewa.promises.rules import THEMES, Clause, Proof, Standing, standing
from msewa.web.errors import NoSuchRowError

DATA = Path(__file__).parent / "data"
EVIDENCE = DATA / "evidence.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the last full test run wrote; `build` is the id of the sources that it ran on."""

    build: str
    at: datetime | None
    proofs: dict[str, Proof]

    def of(self, clause: Clause) -> Proof:
        """Return what was found of one clause, nothing when it had no test."""
        return self.proofs.get(clause.id, Proof())


# Read once, as the evidence: both come with the release, and the front page asks for all 78 every time.
@cache
def clauses() -> dict[str, Clause]:
    """Return every clause by its id, in the order of the policy."""
    rows: list[dict[str, Any]] = yaml.safe_load((DATA / "promises.yaml").read_text(encoding="utf-8"))
    return {row["id"]: _clause(row) for row in rows}


def get_clause(clause_id: str) -> Clause:
    """Return one clause; NoSuchRowError when there is none."""
    found = clauses().get(clause_id.upper())
    if found is None:
        raise NoSuchRowError(clause_id)
    return found


def list_of_theme(theme: str) -> list[Clause]:
    """Return a theme's clauses in the order of the policy; NoSuchRowError when there is no such theme."""
    if theme not in THEMES:
        raise NoSuchRowError(theme)
    return [clause for clause in clauses().values() if clause.theme == theme]


# Read once: a release carries its evidence, and nothing that runs may write it.
@cache
def evidence() -> Evidence:
    """Return what the last full test run of this release found."""
    return read_evidence(EVIDENCE)


def read_evidence(path: Path) -> Evidence:
    """Read the file that a test run wrote; without one nothing is proven."""
    if not path.exists():
        return Evidence(build="", at=None, proofs={})
    content = json.loads(path.read_text(encoding="utf-8"))
    return Evidence(
        build=content["build"],
        at=datetime.fromisoformat(content["at"]),
        proofs={clause: _proof(row) for clause, row in content["clauses"].items()},
    )


def standing_of(clause: Clause) -> Standing:
    """Return how a clause stands today."""
    return standing(clause, evidence().of(clause))


def count_standings(theme: str | None = None) -> Counter[Standing]:
    """Count how the clauses (of a theme) stand."""
    return Counter(standing_of(clause) for clause in clauses().values() if theme in (None, clause.theme))


def list_not_kept() -> list[tuple[Clause, Standing]]:
    """Return the clauses that a test found broken and those whose feature is missing, in the order of the policy."""
    stands = [(clause, standing_of(clause)) for clause in clauses().values()]
    return [(clause, how) for clause, how in stands if how in (Standing.BROKEN, Standing.NOT_YET)]


def _clause(row: dict[str, Any]) -> Clause:
    # A promise may not be put off without a name for what it waits for.
    is_complete = (row["state"] == "not_yet") == ("missing" in row)
    if not is_complete or row["theme"] not in THEMES:
        raise ValueError(f"Clause {row['id']} does not say how it stands, or where it belongs.")
    known = {key: value for key, value in row.items() if key != "state"}
    known["seen"] = tuple(row.get("seen", ()))
    return Clause(**known)


def _proof(row: dict[str, Any]) -> Proof:
    green_at = row["green_at"]
    return Proof(tuple(row["tests"]), row["passed"], row["failed"], datetime.fromisoformat(green_at) if green_at else None)
