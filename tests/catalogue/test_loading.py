"""Loading the catalogue: again and again without loss, and never with a fault."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from msewa.catalogue.checking import find_problems
from msewa.catalogue.models import CatalogueDefinition, CatalogueProvider, CatalogueService
from msewa.catalogue.operations import UnknownCategoryError, load_catalogue, suspend_provider
from msewa.catalogue.queries import catalogue, get_definition, get_service, is_registered
from msewa.catalogue.rules import Category
from msewa.catalogue.sources import FOLDER, Sources, read_sources
from msewa.extensions import db, writing
from msewa.web.errors import NoSuchRowError


@pytest.fixture(scope="module")
def files() -> Sources:
    return read_sources()


@pytest.fixture
def sources(files: Sources) -> Sources:
    """A copy that a test may spoil."""
    return Sources(copy.deepcopy(files.content), files.digest)


@pytest.fixture
def reloading(app: Flask, files: Sources) -> Iterator[Flask]:
    """An application whose catalogue is put back after the test."""
    yield app
    with app.app_context(), writing():
        db.session.execute(delete(CatalogueService))
        db.session.execute(delete(CatalogueDefinition))
        db.session.execute(delete(CatalogueProvider))
        db.session.commit()
    load(app, files)


def load(app: Flask, sources: Sources) -> int:
    with app.app_context(), writing():
        made = load_catalogue(now=app.extensions["clock"].now(), sources=sources)
        db.session.commit()
    app.extensions.pop("catalogue", None)
    return made


def row_of(sources: Sources, service_id: str) -> dict[str, Any]:
    return next(row for row in sources["services"]["services"] if row["id"] == service_id)


def test_loading_what_is_loaded_makes_nothing_new(reloading: Flask, files: Sources) -> None:
    assert load(reloading, files) == 0


def test_a_change_is_a_new_version_beside_the_old(reloading: Flask, sources: Sources) -> None:
    row_of(sources, "birth-certificate")["fee"] = 16

    made = load(reloading, sources)

    with reloading.app_context():
        live, old = get_service("birth-certificate"), get_definition("birth-certificate", 1)
        assert made == 1
        assert (live.version, live.fee_paise) == (2, 1600)
        assert (old.version, old.fee_paise) == (1, 1500)
        assert live.digest != old.digest
        with pytest.raises(NoSuchRowError):
            get_definition("birth-certificate", 3)


def test_a_service_that_left_and_came_back_takes_up_its_last_version(reloading: Flask, files: Sources, sources: Sources) -> None:
    shorter = Sources({**sources.content, "services": {**sources["services"]}}, "without")
    shorter["services"]["services"] = [row for row in sources["services"]["services"] if row["id"] != "arms-new"]

    load(reloading, shorter)
    with reloading.app_context():
        with pytest.raises(NoSuchRowError):
            get_service("arms-new")
        assert get_definition("arms-new", 1).version == 1
    row_of(sources, "arms-new")["fee"] = 77
    load(reloading, sources)

    with reloading.app_context():
        assert (get_service("arms-new").version, get_service("arms-new").fee_paise) == (2, 7700)
    assert load(reloading, files) == 1


def test_a_suspension_survives_a_reload(reloading: Flask, files: Sources) -> None:
    with reloading.app_context(), writing():
        suspend_provider("health")
        db.session.commit()

    load(reloading, files)

    with reloading.app_context():
        assert not is_registered("health")
        assert not catalogue().providers["health"].is_registered


def test_a_provider_off_the_register_may_receive_nothing(reloading: Flask, sources: Sources) -> None:
    sources["providers"]["providers"] = [row for row in sources["providers"]["providers"] if row["id"] != "peda"]

    load(reloading, sources)

    with reloading.app_context():
        assert not is_registered("peda")


def test_a_definition_once_made_is_never_written_again(reloading: Flask, sources: Sources) -> None:
    with reloading.app_context():
        query = select(CatalogueDefinition.content).where(CatalogueDefinition.service_id == "death-certificate")
        before = db.session.scalar(query)
    row_of(sources, "death-certificate")["summary"]["en"] += " Changed."

    load(reloading, sources)

    with reloading.app_context():
        rows = db.session.scalars(query.order_by(CatalogueDefinition.version)).all()
    assert rows[0] == before
    assert json.loads(rows[1])["summary"]["en"].endswith("Changed.")


def test_another_process_sees_a_new_release(reloading: Flask, sources: Sources) -> None:
    with reloading.app_context():
        catalogue()
        known, _ = reloading.extensions["catalogue"]
    row_of(sources, "birth-certificate")["fee"] = 99
    with reloading.app_context(), writing():
        load_catalogue(now=reloading.extensions["clock"].now(), sources=sources)
        db.session.commit()
    reloading.extensions["catalogue"] = (known, 0.0)  # its time to look again has come

    with reloading.app_context():
        assert get_service("birth-certificate").fee_paise == 9900


def test_every_live_definition_is_bound_to_its_content(app: Flask) -> None:
    with app.app_context():
        services = catalogue().services

    assert len(services) == 384
    assert sum(one.kind == "service" for one in services.values()) == 338
    assert all(len(one.digest) == 64 for one in services.values())
    assert len({one.digest for one in services.values()}) == 384


@pytest.mark.promise("P8")
@pytest.mark.parametrize("category", ["horoscope", None, "", "Identity"])
def test_a_field_of_unknown_category_is_not_published(reloading: Flask, sources: Sources, category: str | None) -> None:
    sources["fields"]["fields"][3]["category"] = category

    with pytest.raises(UnknownCategoryError):
        load(reloading, sources)
    assert any("category" in problem for problem in find_problems(sources))


@pytest.mark.promise("P8")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_schema_and_the_code_know_the_same_categories(app: Flask) -> None:
    schema = json.loads((FOLDER / "definition.schema.json").read_text())

    assert schema["$defs"]["field"]["properties"]["category"]["enum"] == [str(one) for one in Category]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P9")
def test_a_service_asks_for_what_it_declares_and_says_why(app: Flask) -> None:
    with app.app_context():
        known = catalogue()

    for service in known.services.values():
        assert sorted(key for step in service.steps for key in step.fields) == sorted(service.field_keys), service.id
        for need in service.fields:
            assert all(need.purpose[language] for language in ("en", "pa", "hi")), service.id
            assert need.recipient in known.providers, service.id


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_commands_check_and_load(app: Flask) -> None:
    runner = app.test_cli_runner()

    checked = runner.invoke(args=["catalogue", "check"])
    loaded = runner.invoke(args=["catalogue", "load", "--if-changed"])

    assert (checked.exit_code, checked.output) == (0, "The catalogue is in order.\n")
    assert (loaded.exit_code, loaded.output) == (0, "The catalogue is up to date.\n")
