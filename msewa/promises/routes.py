"""The promise page: every clause of the policy, how it is kept, and what proves it."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify

from msewa.consents.purposes import purposes
from msewa.promises import checking, figures, queries
from msewa.promises.build import build_id
from msewa.promises.places import PLACES
from msewa.promises.rules import GROUNDS, MISSING, THEMES, Proof, Standing
from msewa.promises.showing import sentences_by_file
from msewa.web.access import blueprint, public
from msewa.web.clock import now
from msewa.web.pages import render_page

bp = blueprint("promises", __name__)


@bp.get("/promises")
@public
def index() -> Response:
    """Show how the promises stand as a whole, by theme, with the figures of this moment."""
    moment, last_check = now(), checking.last_run()
    return render_page(
        "promises/index.html",
        counts=queries.count_standings(),
        themes=[(theme, name, queries.count_standings(theme)) for theme, name in THEMES.items()],
        not_kept=queries.list_not_kept(),
        missing=MISSING,
        found=queries.evidence(),
        # What was found of other sources proves nothing of these, and the page says so.
        is_this_build=queries.evidence().build == build_id(),
        figures=figures.read(now=moment),
        last_check=last_check,
        is_check_late=last_check is not None and last_check.is_late(now=moment),
        Standing=Standing,
    )


@bp.get("/promises/themes/<theme>")
@public
def theme(theme: str) -> Response:
    """Show the clauses of one theme."""
    rows = [(clause, queries.standing_of(clause), queries.evidence().of(clause)) for clause in queries.list_of_theme(theme)]
    return render_page("promises/theme.html", title=THEMES[theme], rows=rows)


@bp.get("/promises/<clause_id>")
@public
def clause(clause_id: str) -> Response:
    """Show one clause: how it is kept, the tests that prove it, what the running system finds, and what is lacking."""
    clause = queries.get_clause(clause_id)
    proof = queries.evidence().of(clause)
    return render_page(
        "promises/clause.html",
        clause=clause,
        standing=queries.standing_of(clause),
        proof=proof,
        tests=sentences_by_file(proof.tests),
        places=PLACES,
        missing=MISSING[clause.missing] if clause.missing else None,
        theme=THEMES[clause.theme],
        figures=[figure for figure in figures.read(now=now()) if figure.clause == clause.id],
        checks=checking.results_of(clause.id),
    )


@bp.get("/promises/law")
@public
def law() -> Response:
    """Show which law each use of data stands on (P4)."""
    return render_page("promises/law.html", purposes=purposes().values(), grounds=GROUNDS)


@bp.get("/promises/evidence.json")
@public
def evidence() -> Response:
    """Give what the last full test run wrote, for whoever wants to compare."""
    # Built anew rather than sent as a file: without a run there is an answer too.
    found = queries.evidence()
    return jsonify({"build": found.build, "at": _moment(found.at), "clauses": {name: _row(proof) for name, proof in found.proofs.items()}})


def _row(proof: Proof) -> dict[str, Any]:
    return {"tests": proof.tests, "passed": proof.passed, "failed": proof.failed, "green_at": _moment(proof.green_at)}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
