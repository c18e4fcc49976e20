"""The data inventory is whole and true: every column, every form field, every purpose with somebody who reads for it (P2, P34)."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask

from msewa.extensions import Base
from msewa.holdings import holdings
from msewa.inventory.reading import HERS, PLANES, inventory, tables_of
from msewa.web.forms import Form
from tests.installation import ROOT

LANGUAGES = {"en", "pa", "hi"}
ANYWHERE = {"never kept"}
WRITTEN = re.compile(r"""(?:<(?:input|select|textarea|button)\b[^>]*?|ui\.(?:submit|button)\([^)]*?)\bname="(\w+)\"""")
READ = re.compile(r"""request\.(?:form|files)\.get\("(\w+)"|"(\w+)" in request\.form""")


def every_form(base: type = Form) -> set[type]:
    found = {form for child in base.__subclasses__() for form in {child, *every_form(child)} if form.__module__.startswith("msewa.")}
    # A form that a page puts together from the question bank is a class of the moment; its questions are the bank's.
    return {form for form in found if getattr(sys.modules[form.__module__], form.__qualname__, None) is form}


def fields_of(form: type) -> set[str]:
    return {name for name in dir(form) if hasattr(getattr(form, name), "field_class")}


@pytest.mark.promise("P2")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_column_of_every_table_stands_in_the_inventory(app: Flask) -> None:
    served = {table.name: {column.name for column in table.columns} for table in Base.metadata.sorted_tables}

    named = {table.name: {*table.plain, *(column.name for column in table.personal)} for table in inventory().tables.values()}
    assert {name: sorted(columns ^ named.get(name, set())) for name, columns in served.items() if columns != named.get(name)} == {}
    assert sorted(named.keys() - served.keys()) == []


@pytest.mark.promise("P2")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_field_of_every_form_stands_in_the_inventory(app: Flask) -> None:
    served = {f"{form.__module__.removeprefix('msewa.')}.{form.__qualname__}": fields_of(form) for form in every_form()}

    named = {name: set(fields) for name, fields in inventory().forms.items()}
    assert {name: sorted(fields ^ named.get(name, set())) for name, fields in served.items() if fields != named.get(name)} == {}
    assert sorted(named.keys() - served.keys()) == []


@pytest.mark.promise("P2")
def test_every_field_that_a_page_writes_outside_of_a_form_stands_in_the_inventory() -> None:
    written = {name for page in (ROOT / "templates").rglob("*.html") for name in WRITTEN.findall(page.read_text())}
    read = {name for module in (ROOT / "msewa").rglob("*.py") for found in READ.findall(module.read_text()) for name in found if name}

    assert sorted((written | read) ^ inventory().inputs.keys()) == []


@pytest.mark.promise("P2")
def test_what_is_typed_ends_in_a_column_that_there_is() -> None:
    columns = {
        f"{table.name}.{name}" for table in inventory().tables.values() for name in (*table.plain, *(c.name for c in table.personal))
    }

    ends = {end for fields in (*inventory().forms.values(), inventory().inputs) for end in fields.values()}
    assert sorted(ends - columns - ANYWHERE) == []


@pytest.mark.promise("P34")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_purpose_is_without_a_reader(app: Flask) -> None:
    sources = {name: [source_of(reader) for reader in purpose.readers] for name, purpose in inventory().purposes.items()}

    planes = inventory().personal(planes=PLANES)
    unread = {
        f"{column.table} for {column.purpose}"
        for column in planes
        if not any(str(inventory().tables[column.table].model) in source for source in sources[column.purpose])
    }
    assert sorted(unread) == []
    assert sorted(sources.keys() - {column.purpose for column in planes}) == [], "a purpose that nothing is kept for"


def source_of(module: str) -> str:
    spec = find_spec(module)
    assert spec is not None, f"{module} reads for a purpose, and is not there"
    assert spec.origin is not None
    return Path(spec.origin).read_text()


@pytest.mark.promise("P7")
def test_everything_is_said_in_the_words_of_three_languages() -> None:
    known = inventory()
    lists = {**known.categories, **known.retentions, **known.recipients, **{name: one.what for name, one in known.purposes.items()}}
    columns = {f"{column.table}.{column.name}": column.what for column in known.personal(planes=PLANES)}

    assert {name for name, words in {**lists, **columns}.items() if set(words) != LANGUAGES or not all(words.values())} == set()


@pytest.mark.promise("P8")
def test_every_word_of_the_inventory_is_one_of_a_closed_list() -> None:
    known = inventory()

    for column in known.personal(planes=PLANES):
        place = f"{column.table}.{column.name}"
        assert column.category in known.categories, place
        assert column.purpose in known.purposes, place
        assert column.retention in known.retentions, place
        assert set(column.recipients) <= set(known.recipients), place
    assert {table.plane for table in known.tables.values()} <= set(PLANES)


@pytest.mark.promise("P53")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_table_about_her_is_erased_by_one_holding(app: Flask) -> None:
    with app.app_context():
        erased = [table for holding in holdings() for table in holding.tables]

    assert sorted(erased) == sorted(set(erased))
    assert sorted(set(erased) ^ tables_of(*HERS)) == [], "a table about her that no holding erases, or the other way round"


@pytest.mark.promise("P2")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_holdings_have_one_section_each(app: Flask) -> None:
    with app.app_context():
        sections = [holding.section for holding in holdings()]

    assert sorted(sections) == sorted(set(sections))
