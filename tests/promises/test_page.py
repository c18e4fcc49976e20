"""The promise page: all 78 clauses in public, each with how it stands, and light enough for any phone."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
import yaml
from flask import Flask

from msewa.closure.models import VaultMonth, VaultOpening
from msewa.extensions import db, writing
from msewa.grievances.models import Grievance
from msewa.promises import figures, queries
from msewa.promises.places import PLACES
from msewa.promises.queries import DATA, Evidence, clauses
from msewa.promises.rules import THEMES, Proof
from msewa.promises.showing import MOST_SHOWN, sentences_by_file
from tests.installation import ROOT
from tests.people import somebody
from tests.strict_client import StrictClient

LANGUAGES = ("en", "pa", "hi")
SCRIPTS = {"pa": re.compile(r"[\u0A00-\u0A7F]"), "hi": re.compile(r"[\u0900-\u097F]")}
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
SENTENCE_MOST = 110
PAGE_MOST = 4096
ROWS = yaml.safe_load((DATA / "promises.yaml").read_text(encoding="utf-8"))
NOT_YET = {"P3", "P18", "P20", "P21", "P24", "P36", "P40", "P67"}


@pytest.fixture(autouse=True)
def _count_anew(app: Flask):
    app.extensions.pop("promise_figures", None)
    yield
    app.extensions.pop("promise_figures", None)


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch):
    """Stand in for the file that a full run writes: it may hold anything on the day these tests run."""

    def prove(**proofs: Proof) -> None:
        monkeypatch.setattr(queries, "evidence", lambda: Evidence("build", None, proofs))

    return prove


def test_every_clause_of_the_policy_stands_there_once() -> None:
    assert list(clauses()) == [f"P{number}" for number in range(1, 79)]
    assert {clause.id for clause in clauses().values() if not clause.is_due} == NOT_YET


@pytest.mark.parametrize("part", ["sentence", "kept_by", "gap"])
def test_every_clause_speaks_three_languages_shortly(part: str) -> None:
    wrong = []
    for row in ROWS:
        words = row.get(part)
        if words is None and part == "gap":
            continue
        others = [lang for lang, script in SCRIPTS.items() if not script.search(words[lang])]
        mixed = SCRIPTS["hi"].search(words["pa"].replace("।", "")) or SCRIPTS["pa"].search(words["hi"])
        if list(words) != list(LANGUAGES) or others or mixed or (part == "sentence" and len(words["en"]) > SENTENCE_MOST):
            wrong.append(row["id"])
        if any("mSewa" in words[lang] for lang in SCRIPTS):
            wrong.append(row["id"])

    assert wrong == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_page_that_a_clause_points_to_is_there(app: Flask) -> None:
    served = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}

    assert {path for clause in clauses().values() for path in clause.seen} == set(PLACES)
    assert set(PLACES) - served == set()


@pytest.mark.promise("P77")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_anybody_can_walk_from_any_page_to_every_clause(client: StrictClient) -> None:
    front = client.page("/services")
    assert 'href="/promises"' in front.text

    found = []
    for row in client.page("/promises").all("theme-row"):
        page = client.page(f"/promises/themes/{row.get('data-id')}")
        found += [clause.get("data-id") for clause in page.all("promise-row")]

    assert sorted(found) == sorted(clauses())


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_clause_says_plainly_how_it_stands(client: StrictClient, proven) -> None:
    proven(P1=Proof(("tests/a.py::test_it_holds",), passed=2), P2=Proof(("tests/a.py::test_it_fails",), passed=1, failed=1))

    standings = {name: client.page(f"/promises/{name}").words("value-standing") for name in ("P1", "P2", "P5", "P67")}

    assert standings == {"P1": "Kept", "P2": "Broken", "P5": "No proof yet", "P67": "Not yet kept"}
    assert "it holds" in client.page("/promises/P1").text
    assert "paying" in client.page("/promises/P67").text


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_not_kept_stands_on_the_first_page(client: StrictClient, proven) -> None:
    proven(P2=Proof(("tests/a.py::test_it_fails",), passed=1, failed=1))

    rows = {row.get("data-id"): "".join(row.itertext()) for row in client.page("/promises").all("promise-row")}

    assert set(rows) == NOT_YET | {"P2"}
    assert "Broken" in rows["P2"]
    assert all("Not yet kept" in rows[name] for name in NOT_YET)
    assert "acting for somebody else" in rows["P3"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_lacking_is_not_hidden(client: StrictClient) -> None:
    lacking = [clause for clause in clauses().values() if clause.gap]

    assert len(lacking) > 10
    for clause in lacking:
        assert client.page(f"/promises/{clause.id}").words("value-gap") == clause.gap["en"]


def test_figures_are_counted_in_the_living_tables(app: Flask, client: StrictClient) -> None:
    page = client.page("/promises/P28")

    assert figures_of(app)["without_basis"] == 0
    assert [row.get("data-id") for row in page.all("figure-row")] == ["without_basis"]
    assert "sent without a ground 0" in client.page("/promises").words("page-promises.index")


def test_figures_follow_what_happens_within_a_minute(app: Flask, client: StrictClient) -> None:
    before = figures_of(app)
    person, now = somebody(app), app.extensions["clock"].now()
    years = {"not_before": now, "not_after": now}
    opening = {"instrument": "17/2029", "months": "2026-11", "tried": 3, "opened": 1}
    late = {
        "topic": "look",
        "state": "received",
        "sealed": b"\x01",
        "filed_at": now - timedelta(days=91),
        "due_at": now - timedelta(days=1),
    }
    with app.app_context(), writing():
        db.session.add(VaultMonth(month="2026-01", key_id="k", sealed=3, **years))
        db.session.add(VaultMonth(month="2023-01", key_id="k", sealed=5, destroyed_at=now, **years))
        db.session.add(VaultOpening(id="a" * 32, opened_at=now, **opening))
        db.session.add(Grievance(id="b" * 32, reference="K7M4TXQ9", account_id=person.id, **late))
        db.session.commit()

    at_once = figures_of(app)
    app.extensions["clock"].move(now + timedelta(minutes=1, seconds=1))

    assert set(before.values()) == {0}
    assert at_once == before, "counted at most once a minute, however many ask"
    assert figures_of(app) == {"without_basis": 0, "stopped": 0, "sealed": 3, "opened": 1, "ended": 1, "late": 1}
    assert [row.get("data-id") for row in client.page("/promises/P57").all("figure-row")] == ["ended"]


def figures_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {figure.id: figure.value for figure in figures.read(now=app.extensions["clock"].now())}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_unknown_clause_or_theme_is_not_there(client: StrictClient) -> None:
    assert [client.get(f"/promises/{name}").status_code for name in ("P79", "P0", "x", "themes/x")] == [404] * 4
    assert client.get("/promises/p26").status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_page_of_promises_weighs_more_than_4_kb(app: Flask, proven, lang: str) -> None:
    client = app.test_client()
    client.set_cookie("lang", lang)
    tests = [
        f"{path.relative_to(ROOT)}::{name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in TEST.findall(path.read_text())
    ]
    names = tuple(tests[:: len(tests) // 60])
    assert len(names) > MOST_SHOWN
    proven(**{name: Proof(names, passed=80) for name in clauses()})

    themes, each = [f"/promises/themes/{theme}" for theme in THEMES], [f"/promises/{name}" for name in clauses()]
    sizes = {}
    for address in ["/promises", "/promises/law", *themes, *each]:
        response = client.get(address, headers={"Accept-Encoding": "br"})
        assert response.headers["Content-Encoding"] == "br"
        assert brotli.decompress(response.get_data())
        sizes[address] = len(response.get_data())

    assert {address: size for address, size in sizes.items() if size > PAGE_MOST} == {}


def test_long_proofs_are_cut_and_counted() -> None:
    names = [f"tests/a.py::test_number_{number}" for number in range(MOST_SHOWN + 3)]

    shown, rest = sentences_by_file(names)

    assert shown["tests/a.py"][0] == "number 0"
    assert (sum(map(len, shown.values())), rest) == (MOST_SHOWN, 3)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_use_names_its_law(client: StrictClient) -> None:
    from msewa.consents.purposes import purposes

    page = client.page("/promises/law?lang=en")
    rows = {row.get("data-id"): "".join(row.itertext()) for row in page.all("purpose-row")}

    assert list(rows) == list(purposes())
    assert [name for name, purpose in purposes().items() if purpose.law["en"] not in rows[name]] == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_evidence_is_there_for_machines_too(client: StrictClient, proven) -> None:
    proven(P1=Proof(("tests/a.py::test_it",), passed=2, green_at=datetime(2026, 11, 23, 12, tzinfo=UTC)))

    answer = json.loads(client.get("/promises/evidence.json").get_data())

    green_at = "2026-11-23T12:00:00+00:00"
    assert answer["clauses"]["P1"] == {"tests": ["tests/a.py::test_it"], "passed": 2, "failed": 0, "green_at": green_at}


def test_evidence_that_the_release_carries_reads() -> None:
    found = queries.read_evidence(queries.EVIDENCE)

    assert set(found.proofs) <= set(clauses())
    assert queries.read_evidence(Path("none.json")).at is None
