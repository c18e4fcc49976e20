"""Figures of people who allow it, month by month, and never a row of anybody (P33, P43)."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import event, select

from msewa.catalogue.queries import catalogue
from msewa.extensions import Base, db, writing
from msewa.figures.models import FigureCell
from msewa.figures.operations import release_due
from msewa.figures.register import tables
from msewa.figures.rules import month_of
from msewa.outbox import daily, worker
from tests.figures.conftest import ANOTHER, SERVICE, Applicants
from tests.strict_client import Page, StrictClient


def cells(app: Flask, table_id: str = "services") -> dict[tuple[str, str], int]:
    with app.app_context():
        rows = db.session.execute(select(FigureCell).filter_by(table_id=table_id)).scalars()
        return {(row.month, row.value): row.people for row in rows}


def people(app: Flask, service: str = SERVICE) -> int | None:
    return next((count for (_, value), count in cells(app).items() if value == service), None)


@pytest.mark.promise("P43")
def test_a_month_is_published_when_it_is_over(app: Flask, applicants: Applicants) -> None:
    month = month_of(applicants.clock.now())
    applicants.add(40)
    with app.app_context(), writing():
        release_due(now=applicants.clock.now())
        db.session.commit()
    assert cells(app) == {}

    applicants.publish()

    assert cells(app).keys() == {(month, SERVICE)}
    assert 32 <= cells(app)[month, SERVICE] <= 48
    for table_id in tables():
        assert [32 <= count <= 48 for count in cells(app, table_id).values()] == [True]


@pytest.mark.promise("P43")
def test_nobody_is_counted_who_does_not_allow_it(app: Flask, applicants: Applicants) -> None:
    for choice in (None, "refused", "withdrawn", "expired"):
        applicants.add(30, allow=choice)

    applicants.publish()

    assert cells(app) == {}


@pytest.mark.promise("P43")
def test_who_withdraws_before_the_month_is_published_is_not_counted(app: Flask, applicants: Applicants) -> None:
    for account_id in applicants.add(15):
        applicants.choose(account_id, "withdrawn", number=2)

    applicants.publish()

    assert people(app) is None


@pytest.mark.promise("P33", "P43")
def test_one_person_with_many_applications_is_one_person(app: Flask, applicants: Applicants) -> None:
    applicants.add(1, times=60)
    applicants.add(9, service=ANOTHER, times=10)

    applicants.publish()

    assert cells(app) == {}


@pytest.mark.promise("P43")
def test_a_published_month_is_never_counted_again(app: Flask, applicants: Applicants) -> None:
    accounts = applicants.add(40)
    applicants.publish()
    before = cells(app)

    for account_id in accounts[:20]:
        applicants.choose(account_id, "withdrawn", number=2)
    with app.app_context(), writing():
        release_due(now=applicants.clock.now())
        db.session.commit()

    assert cells(app) == before


def test_every_month_since_the_first_is_published_even_after_a_pause(app: Flask, applicants: Applicants) -> None:
    first = month_of(applicants.clock.now())
    applicants.add(30)
    applicants.clock.advance(days=40)
    second = month_of(applicants.clock.now())
    applicants.add(30, service=ANOTHER)
    applicants.clock.advance(days=100)

    with app.app_context(), writing():
        daily.start(now=applicants.clock.now())
        db.session.commit()
        worker.run_due(now=applicants.clock.now())

    assert cells(app).keys() == {(first, SERVICE), (second, ANOTHER)}


@pytest.mark.promise("P33", "P43")
def test_small_cells_read_fewer_than_ten_and_none_looks_the_same(app: Flask, client: StrictClient, applicants: Applicants) -> None:
    applicants.add(40)
    applicants.add(7, service=ANOTHER)
    applicants.publish()

    shown = rows_of(client, "services")

    assert shown[SERVICE] == str(people(app))
    assert shown[ANOTHER] == "fewer than 10"
    assert set(shown.values()) == {shown[SERVICE], "fewer than 10"}
    with app.app_context():
        assert shown.keys() == catalogue().services.keys()


def rows_of(client: StrictClient, table_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    number = 1
    while True:
        page = client.page(f"/statistics/{table_id}?page={number}")
        rows = {row.get("data-id"): "".join(list(row)[-1].itertext()) for row in page.all("figure-row")}
        if rows.keys() <= found.keys():
            return found
        found |= rows
        number += 1


@pytest.mark.promise("P43")
def test_the_same_question_gets_the_same_answer(client: StrictClient, applicants: Applicants) -> None:
    applicants.add(25)
    applicants.publish()

    assert len({client.get("/statistics/services.csv").get_data() for _ in range(5)}) == 1
    assert len({tuple(rows_of(client, "categories").items()) for _ in range(3)}) == 1


@pytest.mark.promise("P31", "P43")
def test_a_download_holds_cells_alone(app: Flask, client: StrictClient, applicants: Applicants) -> None:
    accounts = applicants.add(40)
    applicants.publish()

    answer = client.get("/statistics/services.csv")

    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.mimetype == "text/csv"
    assert {row["people"] for row in rows} == {str(people(app)), "<10"}
    assert len(rows) == len({(row["month"], row["service"]) for row in rows})
    assert not [one for one in accounts if one in answer.get_data(as_text=True)]


@pytest.mark.promise("P33", "P43")
def test_a_page_of_figures_reads_published_cells_and_nothing_about_people(app: Flask, client: StrictClient, applicants: Applicants) -> None:
    applicants.add(12)
    applicants.publish()
    asked: set[str] = set()

    with app.app_context():
        engine = db.engine

    def listen(conn, cursor, statement, *rest) -> None:
        asked.update(re.findall(r"(?:FROM|JOIN|INTO|UPDATE) (\w+)", statement))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        for path in ("/statistics", "/statistics/visits", *(f"/statistics/{one}{end}" for one in tables() for end in ("", ".csv"))):
            assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listen)

    public = {"figure_cell", "figure_release", "security_opening"}
    assert {name for name in asked if not name.startswith(("visit_", "catalogue_"))} <= public


@pytest.mark.promise("P33")
def test_no_person_carries_a_label_of_a_group() -> None:
    labels = re.compile(r"cohort|segment|label|cluster|score|persona_|bucket_of|group_id")

    found = [
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns if labels.search(column.name)
    ]

    assert found == []
    assert {column.name for column in FigureCell.__table__.columns} == {"month", "table_id", "value", "people"}


@pytest.mark.promise("P43")
@pytest.mark.parametrize("lang", ["en", "pa", "hi"])
def test_the_tables_are_a_public_register(client: StrictClient, lang: str) -> None:
    page = client.page(f"/statistics?lang={lang}")

    for table in tables().values():
        assert table.question[lang] in page.text
        assert table.threshold >= 10
    assert [row.get("data-id") for row in page.all("table-row")] == [*tables(), "visits"]


def test_a_table_that_is_not_in_the_register_is_not_there(client: StrictClient) -> None:
    for path in ("/statistics/people", "/statistics/people.csv", "/statistics/services.json", "/statistics/services.csv.csv"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["month=2019-01", "month=x' or 1=1--", "page=0", "page=-3", "page=999999999999999999999", "page=²", "month=%00"]
)
def test_a_table_takes_any_address(client: StrictClient, applicants: Applicants, query: str) -> None:
    applicants.add(12)
    applicants.publish()

    assert client.get(f"/statistics/services?{query}").status_code == 200


def test_before_the_first_month_a_table_says_so(client: StrictClient) -> None:
    page: Page = client.page("/statistics/services")

    assert page.all("figure-row") == []
    assert "No month has been published yet." in page.text
    assert client.get("/statistics/services.csv").get_data(as_text=True).splitlines() == ["month,service,name,people"]
