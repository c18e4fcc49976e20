"""The frame of every page, and its components as a page would write them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string

from msewa import create_app
from msewa.config import Settings
from tests.strict_client import Page
from tests.web.parts import Render, Sample


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(mode="demo", data=tmp_path_factory.mktemp("frame")))


@pytest.fixture
def in_request(frame: Flask) -> Iterator[None]:
    with frame.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def show(in_request: None) -> Render:
    """Render one use of the components, as a page would write it."""

    def render(source: str, **values: Any) -> Page:
        return Page(render_template_string(source, **values))

    return render


@pytest.fixture
def form(in_request: None) -> Sample:
    return Sample()
