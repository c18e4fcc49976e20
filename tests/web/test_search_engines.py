"""What a search engine is told: what a page is about, and what to leave alone."""

from urllib.robotparser import RobotFileParser

import pytest

from tests.strict_client import XHTML, Page, StrictClient

OPEN = ("/", "/services?q=birth", "/services/birth-certificate", "/providers", "/schemes", "/sign-in", "/privacy/policy")

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def meta(page: Page, name: str) -> list[str]:
    return [node.get("content") for node in page.root.iter(f"{XHTML}meta") if node.get("name") == name]


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_each_open_page_says_in_a_sentence_of_its_own_what_it_is(client: StrictClient, language: str) -> None:
    said = [meta(client.page(f"{path}{'&' if '?' in path else '?'}lang={language}"), "description") for path in OPEN]

    assert all(len(one) == 1 and one[0].strip() for one in said), dict(zip(OPEN, said, strict=True))
    assert len({one[0] for one in said}) == len(OPEN)


def test_every_open_page_may_be_found(client: StrictClient) -> None:
    rules = RobotFileParser()

    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    rules.parse(answer.get_data(as_text=True).splitlines())
    assert [path for path in OPEN if not rules.can_fetch("*", path)] == []
    assert [path for path in OPEN if meta(client.page(path), "robots")] == []


def test_what_is_a_citizens_own_shows_a_stranger_nothing_to_find(client: StrictClient) -> None:
    for path in ("/applications", "/profile", "/applications/AAAA-AAAA/review", "/account/security"):
        answer = client.get(path)

        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in"), path
