"""Home and the list of services: found without an account, narrowed with and without scripts, never a dead end."""

import re
from typing import Any
from urllib.parse import urlencode

import brotli
import pytest
from flask import Flask

from tests.installation import raw_bytes
from tests.strict_client import XHTML, Page, StrictClient

LANGUAGES = ("en", "pa", "hi")
BY_HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#results"}
NAUGHTY = [
    "\x00",
    "a" * 5000,
    "'; drop table account; --",
    "<script>x</script>",
    "%F0%28",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "ਜ" * 300,
    "\ufdd0\ufffe\x9b",
]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def ids(page: Page, noun: str = "service") -> list[str]:
    return [row.get("data-id") for row in page.all(f"{noun}-row")]


def address(**asked: str) -> str:
    return "/services?" + urlencode(asked)


def chosen(page: Page, name: str) -> Any:
    select = next(node for node in page.root.iter(f"{XHTML}select") if node.get("name") == name)
    return {option.get("value"): "".join(option.itertext()) for option in select.iter(f"{XHTML}option")}


def test_home_shows_what_people_ask_for_and_leads_everywhere(client: StrictClient) -> None:
    page = client.page("/?lang=en")

    assert ids(page)[0] == "birth-certificate"
    assert 6 <= len(ids(page)) <= 8
    assert "384 services" in page.text
    links = [link.get("href") for link in page.root.iter(f"{XHTML}a")]
    for link in sorted({link for link in links if link.startswith(("/services", "/providers", "/schemes"))}):
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("q", ["janam parman patar", "ਜਨਮ ਸਰਟੀਫਿਕੇਟ", "brith certficate", "जन्म प्रमाण पत्र"])
def test_a_service_is_found_however_it_is_written(client: StrictClient, q: str) -> None:
    assert ids(client.page(address(q=q)))[0] == "birth-certificate"


def test_a_row_says_fee_and_days_or_that_they_are_not_known(client: StrictClient) -> None:
    rows = {
        row.get("data-id"): " ".join("".join(row.itertext()).split())
        for row in client.page(address(q="birth certificate", lang="en")).all("service-row")
    }

    assert "Fee ₹15 · 2 working days" in rows["birth-certificate"]
    assert "Department of Health and Family Welfare" in rows["birth-certificate"]
    assert "Fee: not known · days not known" in rows["birth-correction"]


def test_a_row_says_why_it_was_found_where_its_name_does_not(client: StrictClient) -> None:
    romanised = client.page(address(q="janam parman patar", lang="en")).all("service-row")[0]
    plain = client.page(address(q="income certificate", lang="en")).all("service-row")[0]

    assert "janam parman patar" in "".join(romanised.itertext())
    assert "“" not in "".join(plain.itertext())


def test_what_is_chosen_narrows_and_the_counts_agree(client: StrictClient) -> None:
    everything = client.page(address(q="certificate", lang="en"))
    count = int(re.search(r"\((\d+)\)", chosen(everything, "category")["civil"])[1])

    narrowed = client.page(address(q="certificate", category="civil", lang="en"))

    assert f"{count} services found" in narrowed.text
    assert 0 < count < int(re.search(r"(\d+) services found", everything.text)[1])


def test_category_and_provider_narrow_together(client: StrictClient) -> None:
    page = client.page(address(category="civil", provider="home"))

    assert ids(page)
    assert not {"birth-certificate"} & set(ids(page))


def test_a_chosen_one_stays_chosen_when_it_leaves_nothing(client: StrictClient) -> None:
    page = client.page(address(q="pension", category="arms", lang="en"))

    assert ids(page) == []
    assert "(0)" in chosen(page, "category")["arms"]
    assert page.fields("search")["category"] == "arms"


def test_a_district_hides_no_service_and_goes_along_to_the_service(client: StrictClient, app: Flask) -> None:
    everywhere, barnala = client.page("/services?lang=en"), client.page("/services?district=barnala&lang=en")

    assert ids(barnala) == ids(everywhere)
    assert "?district=barnala" in barnala.text
    town = client.page(address(district="barnala", provider="ulb", lang="en")).all("service-row")[0]
    assert "given by your town's body in Barnala" in "".join(town.itertext())


def test_each_choice_can_be_taken_away_alone(client: StrictClient) -> None:
    page = client.page(address(q="certificate", category="civil", district="barnala", lang="en"))
    chips = [link.get("href") for link in page.root.iter(f"{XHTML}a") if "take away" in "".join(link.itertext())]

    assert sorted(chips) == ["/services?q=certificate&category=civil", "/services?q=certificate&district=barnala"]


def test_without_words_all_services_are_listed_by_pages(client: StrictClient) -> None:
    first, last = client.page("/services?lang=en"), client.page("/services?page=999&lang=en")

    assert len(ids(first)) == 20
    assert "Page 1 of 20" in first.text
    assert "Page 20 of 20" in last.text
    assert len(ids(last)) == 384 - 19 * 20


def test_an_event_in_life_lists_its_own_services_first(client: StrictClient) -> None:
    page = client.page("/services?event=birth")

    assert ids(page)[:2] == ["birth-registration", "birth-certificate"]
    assert page.fields("search")["event"] == "birth"


def test_an_empty_page_helps(client: StrictClient) -> None:
    page = client.page(address(q="netflix pizza cricket", lang="en"))

    assert ids(page) == []
    assert "tel:1100" in page.text
    assert "All services" in page.text


@pytest.mark.parametrize("q", NAUGHTY)
def test_odd_words_are_shown_inert_or_found_nothing(client: StrictClient, q: str) -> None:
    answer = client.get(address(q=q))

    assert answer.status_code == 200
    assert "<script>x" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "category=nonsense",
        "category=civil&category=land",
        "provider[]=home",
        "district=__proto__",
        "page=-1",
        "page=%E0%A9%A8",
        "page=1e9",
        "q=%00%FF",
        "event=",
    ],
)
def test_unknown_choices_narrow_nothing(client: StrictClient, query: str) -> None:
    assert client.get(f"/services?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["q=pension", "q=pension&category=pension&district=barnala", "", "page=3", "q=netflix+pizza+cricket", "provider=ulb"]
)
def test_a_fragment_is_its_part_of_the_page(client: StrictClient, query: str) -> None:
    whole = client.get(f"/services?{query}&lang=en")
    part = client.get(f"/services?{query}&lang=en", headers=BY_HTMX)

    assert unsigned(part.text).strip() in unsigned(whole.text)
    assert part.text.lstrip().startswith('<div id="results"')
    assert "HX-Target" in part.headers["Vary"]


def test_the_address_pushed_says_only_what_was_chosen(client: StrictClient) -> None:
    answer = client.get("/services?q=pension&category=&provider=&district=barnala", headers=BY_HTMX)

    assert answer.headers["HX-Push-Url"] == "/services?q=pension&district=barnala"


def unsigned(text: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", text)


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/services?q=pension",
        "/services",
        "/schemes?q=pension",
        "/schemes",
        "/schemes/widow-pension",
        "/providers",
        "/providers/health",
    ],
)
def test_looking_needs_no_account_and_leaves_no_cookie(client: StrictClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.promise("P6")
def test_a_service_page_leaves_no_cookie_that_outlives_the_visit(client: StrictClient) -> None:
    cookies = client.get("/services/birth-certificate").headers.getlist("Set-Cookie")

    assert all("Expires" not in cookie and "Max-Age" not in cookie for cookie in cookies)


@pytest.mark.promise("P23")
def test_pages_work_without_a_user_agent_and_keep_none(client: StrictClient, app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    told = client.get("/services?q=pension", headers={"User-Agent": "Tell-Tale/77"})
    silent = client.get("/services?q=pension", environ_overrides={"HTTP_USER_AGENT": ""})

    assert (told.status_code, silent.status_code) == (200, 200)
    assert told.text == silent.text or unsigned(told.text) == unsigned(silent.text)
    kept = b"".join(raw_bytes(path) for path in app.extensions["settings"].data.rglob("*") if path.is_file())
    assert b"Tell-Tale" not in kept
    assert "Tell-Tale" not in "".join(capsys.readouterr())


@pytest.mark.promise("P23")
def test_the_browsers_language_is_used_when_none_was_chosen(client: StrictClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "pa-IN,pa;q=0.9,en;q=0.5"})

    assert '<html lang="pa"' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/services",
        "/services?q=certificate&district=barnala",
        "/services?page=10",
        "/services/birth-certificate",
        "/services/marriage-compulsory",
        "/providers",
        "/providers/ulb",
        "/providers/revenue",
        "/schemes",
        "/schemes?page=2",
    ],
)
def test_every_page_is_light(client: StrictClient, path: str, language: str) -> None:
    client.set_cookie("lang", language)

    answer = client.get(path)

    assert f'<html lang="{language}"' in answer.text
    assert len(brotli.compress(answer.data, quality=5)) <= 4096
