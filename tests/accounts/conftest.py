"""Fixtures of accounts."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.accounts.walking import Post


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    """What the application sends."""
    usual = app.extensions["courier"]
    app.extensions["courier"] = post = Post(app)
    yield post
    app.extensions["courier"] = usual
