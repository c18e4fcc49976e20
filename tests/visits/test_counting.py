"""What is counted about a visit, and what never is (P13, P14, P19, P23, P39, P41)."""

import ast
import re
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, Integer, String
from sqlalchemy.exc import OperationalError

from msewa.extensions import Base
from msewa.visits import recording
from msewa.visits.counting import Cell, Period, VisitCounter
from msewa.visits.models import TABLES as MODELS
from msewa.visits.register import metrics
from msewa.visits.rules import BROWSERS, OTHER, SYSTEMS, UnlistedMetricError, browser_of, hour_of, system_of
from tests.conftest import ClockHandle
from tests.installation import ROOT
from tests.people import signed_in
from tests.strict_client import StrictClient
from tests.visits.conftest import FIREFOX, TABLES, written

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def visit(counter: VisitCounter, times: int, *, page: str = "/services", now: datetime = NOON) -> None:
    for _ in range(times):
        counter.emit({"pages": page}, now=now)


@pytest.mark.promise("P13", "P14")
def test_visits_are_written_down_by_one_dimension_each(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    for number in range(10):
        client.get(f"/services/birth-certificate?q=planted{number}", headers={"User-Agent": FIREFOX, "Accept-Language": "pa"})

    day, hour = hour_of(clock.now())
    rows = written(app)
    assert rows["visit_pages"] == [(day, hour, "/services/<slug>", 10)]
    assert rows["visit_languages"] == [(day, "pa", 10)]
    assert rows["visit_browsers"] == [(day, "firefox", 10)]
    assert rows["visit_systems"] == [(day, "linux", 10)]
    assert sum(count for *_, count in rows["visit_pace"]) <= 10


@pytest.mark.promise("P14")
def test_nothing_small_is_ever_written_down(app: Flask, client: StrictClient) -> None:
    for path in ["/services"] * 9 + ["/schemes"]:
        client.get(path)

    assert written(app)["visit_pages"] == []
    client.get("/services")
    assert [row[2:] for row in written(app)["visit_pages"]] == [("/services", 10)]
    client.get("/services")
    assert [row[2:] for row in written(app)["visit_pages"]] == [("/services", 10)], "not even the difference of two copies is small"


@pytest.mark.promise("P14")
def test_no_odd_number_stands_in_two_tables_to_join_a_language_to_a_browser(app: Flask, client: StrictClient) -> None:
    for _ in range(17):
        client.get("/services", headers={"User-Agent": "KAIOS/2.5", "Accept-Language": "hi"})
    for _ in range(23):
        client.get("/services", headers={"User-Agent": FIREFOX, "Accept-Language": "en"})

    rows = written(app, closing=True)
    assert [row[1:] for row in rows["visit_languages"]] == [("en", 20), ("hi", 10), (OTHER, 10)]
    assert {count % 10 for table in rows.values() for *_, count in table} == {0}


@pytest.mark.promise("P14")
def test_what_stays_small_is_put_together_or_dropped_when_its_time_is_over() -> None:
    counter = VisitCounter(metrics())
    visit(counter, 6, page="/schemes")
    visit(counter, 5, page="/providers")
    visit(counter, 3, now=NOON - timedelta(hours=2))

    later = counter.take(now=NOON + timedelta(hours=1))

    assert later == {Cell("pages", Period(NOON.date(), 12), OTHER): 10}
    assert counter.take(now=NOON + timedelta(days=2), closing=True) == {}


@given(st.lists(st.tuples(st.sampled_from(["/a", "/b", "/c"]), st.integers(1, 14), st.integers(0, 3)), max_size=12))
def test_no_number_that_leaves_the_counter_is_below_its_threshold(visits: list[tuple[str, int, int]]) -> None:
    counter, taken, moment = VisitCounter(metrics()), [], NOON

    for page, times, hours in visits:
        visit(counter, times, page=page, now=moment)
        taken += counter.take(now=moment).values()
        moment += timedelta(hours=hours)
    taken += counter.take(now=moment, closing=True).values()

    assert all(count >= 10 and count % 10 == 0 for count in taken)
    assert sum(taken) <= sum(times for _, times, _ in visits)


@pytest.mark.promise("P41")
def test_pages_of_a_signed_in_person_are_not_counted(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)
    for path in ("/applications", "/profile", "/account/security") * 12:
        assert client.get(path).status_code == 200

    assert written(app, closing=True)["visit_pages"] == []


def test_only_pages_that_were_shown_are_counted(app: Flask, client: StrictClient) -> None:
    for _ in range(12):
        client.get("/nothing-here")
        client.get("/health/live")
        client.get("/services/no-such-service")
        client.post("/sign-in", data={"mobile": "x"})

    assert written(app, closing=True)["visit_pages"] == []


@pytest.mark.promise("P23")
def test_a_page_works_for_a_browser_that_says_nothing_of_itself(app: Flask, client: StrictClient) -> None:
    for agent in ("", "\u00ff" * 4000, "<script>" * 40):
        for _ in range(12):
            assert client.get("/services", headers={"User-Agent": agent}).status_code == 200

    assert {row[1] for row in written(app)["visit_browsers"]} == {OTHER}


@pytest.mark.parametrize("fault", [OperationalError("insert", {}, Exception("away")), OSError("unreadable")], ids=["away", "unreadable"])
def test_a_flush_that_failed_loses_nothing(app: Flask, client: StrictClient, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    for _ in range(10):
        client.get("/services")

    def away(counts: object) -> None:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr("msewa.visits.recording.write_down", away)
        assert written(app)["visit_pages"] == []

    assert [row[3] for row in written(app)["visit_pages"]] == [10]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_writes_counts_down_outlives_a_clock_that_can_not_be_read(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    for _ in range(10):
        client.get("/services")
    clock.advance(seconds=1)
    clock_file: Path = app.extensions["settings"].data / "clock.json"
    moved = clock_file.read_text()
    clock_file.write_text(moved[:5])

    recording._try_to_flush(app)

    clock_file.write_text(moved)
    assert [row[3] for row in written(app)["visit_pages"]] == [10]


def test_two_processes_add_to_the_same_row(app: Flask, client: StrictClient) -> None:
    for _ in range(2):
        for _ in range(10):
            client.get("/services")
        rows = written(app)["visit_pages"]

    assert [row[3] for row in rows] == [20]


@pytest.mark.promise("P19")
@pytest.mark.parametrize(
    "values", [{"visitors": "1"}, {"browsers": FIREFOX}, {"pages": "planted"}, {"languages": "fr"}, {"systems": "Pixel 9"}]
)
def test_what_the_register_does_not_name_can_not_be_counted(values: dict[str, str]) -> None:
    counter = VisitCounter(metrics())

    with pytest.raises(UnlistedMetricError):
        counter.emit(values, now=NOON)
    assert counter.take(now=NOON, closing=True) == {}


@pytest.mark.promise("P19")
def test_every_table_of_visits_has_its_metric_and_every_metric_its_table() -> None:
    tables = {name for name in Base.metadata.tables if name.startswith("visit_")}

    assert tables == set(TABLES) == {model.__tablename__ for model in MODELS.values()}
    assert MODELS.keys() == metrics().keys()
    for metric in metrics().values():
        assert metric.threshold >= 10
        for words in (metric.name, metric.question, metric.counted):
            assert words.keys() == {"en", "pa", "hi"}
            assert all(words.values())


@pytest.mark.promise("P19")
def test_the_code_names_no_metric_but_those_of_the_register() -> None:
    named: set[str] = set()
    calls = 0
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            inner = list(ast.walk(function))
            if any(isinstance(node, ast.Attribute) and node.attr == "emit" for node in inner):
                calls += 1
                named |= {key.value for node in inner if isinstance(node, ast.Dict) for key in node.keys if isinstance(key, ast.Constant)}

    assert calls == 1, "visits are counted in one place"
    assert named == metrics().keys()


@pytest.mark.promise("P13", "P14", "P39")
def test_no_column_of_visits_can_hold_more_than_a_day_an_hour_a_listed_value_and_a_number() -> None:
    for name in TABLES:
        table = Base.metadata.tables[name]
        kinds = {column.name: type(column.type) for column in table.columns}
        assert kinds == {"day": Date, "value": String, "visits": Integer, **({"hour": Integer} if name == "visit_pages" else {})}
        assert not table.foreign_keys
        assert table.dialect_options["sqlite"]["with_rowid"] is False, "nor a hidden number"
    words = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    forbidden = re.compile(r"imei|imsi|device_id|fingerprint|user_agent|(?:^|_)ip(?:_|$)|ip_address|remote_addr|latitude|longitude|visitor")
    assert [word for word in words if forbidden.search(word)] == []


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            "chrome",
            "android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
            "safari",
            "ios",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/140 Mobile/15E148 Safari/604.1",
            "chrome",
            "ios",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "edge", "windows"),
        (
            "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
            "samsung",
            "android",
        ),
        ("Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "firefox", "kaios"),
        (FIREFOX, "firefox", "linux"),
        ("curl/8.5.0", OTHER, OTHER),
    ],
)
def test_a_browser_is_cut_down_to_its_family(agent: str, browser: str, system: str) -> None:
    assert (browser_of(agent), system_of(agent)) == (browser, system)
    assert {family for _, family in BROWSERS} | {OTHER} == metrics()["browsers"].values
    assert {family for _, family in SYSTEMS} | {OTHER} == metrics()["systems"].values


@pytest.mark.promise("P19")
@pytest.mark.parametrize("lang", ["en", "pa", "hi"])
def test_the_register_is_a_public_page(app: Flask, client: StrictClient, clock: ClockHandle, lang: str) -> None:
    for _ in range(12):
        client.get("/services")
    written(app)
    clock.advance(days=1)

    page = client.page(f"/statistics/visits?lang={lang}")

    shown = {node.get("data-id"): " ".join("".join(node.itertext()).split()) for node in page.all("metric-row")}
    assert shown.keys() == metrics().keys()
    for metric in metrics().values():
        assert metric.question[lang] in shown[metric.id]
        assert str(metric.threshold) in shown[metric.id]
    assert "/services10" in shown["pages"]


@pytest.mark.promise("P14")
def test_no_page_shows_a_single_visitor(app: Flask) -> None:
    about_visits = [rule.rule for rule in app.url_map.iter_rules() if "visit" in rule.rule]

    assert about_visits == ["/statistics/visits"]


def test_counting_a_visit_takes_next_to_no_time() -> None:
    counter = VisitCounter(metrics())
    agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
    spent = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(1000):
            values = {
                "pages": "/services",
                "languages": "pa",
                "browsers": browser_of(agent),
                "systems": system_of(agent),
                "pace": "under_1_s",
            }
            counter.emit(values, now=NOON)
        spent.append(time.perf_counter() - begun)

    assert statistics.median(spent) / 1000 < 50e-6, "generous, for a machine that does much else; alone it is some 6 us"
