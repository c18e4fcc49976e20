"""A browser, a running server, and people who visit it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import ARGUMENTS, find_browser
from tests.journeys.live_server import LiveServer, new_postgres_database
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the machine's own Chromium."""
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    return {"executable_path": path, "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def embedded_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server on the embedded database for each test process that has a browser."""
    server = LiveServer.start(tmp_path_factory.mktemp("embedded"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server on PostgreSQL for each test process that asks for it."""
    server = LiveServer.start(tmp_path_factory.mktemp("postgres"), database=new_postgres_database())
    yield server
    server.stop()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> LiveServer:
    """The server of this test: on the embedded database unless it is parametrised with "postgres"."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'embedded')}_server")


@pytest.fixture
def door(server: LiveServer) -> TestersDoor:
    """The sandbox of this test's server."""
    return TestersDoor(server.url)


@pytest.fixture
def visit(browser: Browser, server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Open browsers for people; at the end each is closed, and none of them met a fault."""
    visitors: list[Visitor] = []

    def enter(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, url=server.url, **options))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.leave()
