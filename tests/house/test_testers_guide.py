"""The testers' guide is true: what it names is served, and what is served stands in it."""

import re

import pytest
from flask import Flask

from tests.installation import ROOT

GUIDE = (ROOT / "tests" / "CONTRACT.md").read_text()
NAMED = {re.sub(r"<\w+>", "<>", path.partition("?")[0]) for path in re.findall(r"`(?:GET |POST )?(/[^`]*)`", GUIDE)}
INNER = ("/register/", "/sign-in/", "/recover/", "/account/", "/sign-out/", "/test-fault/")


def served(app: Flask) -> set[str]:
    return {re.sub(r"<[^>]+>", "<>", rule.rule) for rule in app.url_map.iter_rules() if rule.rule != "/forgotten"}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_address_in_the_guide_is_served(app: Flask) -> None:
    assert sorted(NAMED - served(app)) == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_page_that_is_served_stands_in_the_guide(app: Flask) -> None:
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    plain = {re.sub(r"<[^>]+>", "<>", path) for path in pages if path != "/forgotten" and not path.startswith(INNER)}

    assert sorted(plain - NAMED) == [], "add them to tests/CONTRACT.md"
