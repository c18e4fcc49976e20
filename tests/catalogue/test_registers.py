"""The public register of providers, and the schemes."""

import pytest
from flask import Flask

from msewa.catalogue.operations import reinstate_providers, suspend_provider
from msewa.catalogue.queries import catalogue
from msewa.extensions import db, writing
from tests.strict_client import XHTML, Page, StrictClient

LANGUAGES = ("en", "pa", "hi")
BY_HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#results"}

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def ids(page: Page, noun: str) -> list[str]:
    return [row.get("data-id") for row in page.all(f"{noun}-row")]


@pytest.mark.promise("P5")
def test_every_provider_is_on_the_register_once_under_one_of_four_kinds(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        known = catalogue()

    listed = [one for number in range(1, 6) for one in ids(client.page(f"/providers?page={number}"), "provider")]
    by_kind = {kind: client.page(f"/providers?kind={kind}&lang=en") for kind in known.policy_kinds}

    assert set(listed) == set(known.providers)
    assert len(by_kind) == 4
    assert ids(by_kind["utility"], "provider")[0] == "pspcl"
    assert {"jio", "airtel", "vi"} < set(ids(by_kind["utility"], "provider"))


@pytest.mark.promise("P5")
def test_a_row_of_the_register_says_kind_contact_and_how_much_it_may_receive(client: StrictClient) -> None:
    rows = {
        row.get("data-id"): " ".join("".join(row.itertext()).split())
        for row in client.page("/providers?kind=utility&lang=en").all("provider-row")
    }

    assert "airtel.in · may receive 3 facts" in rows["airtel"]
    assert "Private company" in rows["airtel"]
    assert "Government-owned company" in rows["pspcl"]


@pytest.mark.promise("P5")
@pytest.mark.parametrize("slug", ["airtel", "revenue", "ulb"])
def test_a_provider_shows_each_fact_it_may_receive_and_why(client: StrictClient, app: Flask, slug: str) -> None:
    with app.app_context():
        needs = [need for service in catalogue().services.values() if service.provider == slug for need in service.fields]

    page = client.page(f"/providers/{slug}?lang=hi")
    rows = {row.get("data-id"): "".join(row.itertext()) for row in page.all("received-row")}

    assert set(rows) == {need.key for need in needs}
    assert all(need.purpose["hi"] in rows[need.key] for need in needs)


@pytest.mark.parametrize(("slug", "language"), [("ulb", "en"), ("social-security", "pa"), ("social-security", "hi")])
def test_a_reason_that_two_services_word_alike_is_given_once(client: StrictClient, slug: str, language: str) -> None:
    rows = client.page(f"/providers/{slug}?lang={language}").all("received-row")
    reasons = [next("".join(part.itertext()) for part in row.iter(f"{XHTML}td")).split("; ") for row in rows]

    assert all(len(given) == len(set(given)) for given in reasons)


@pytest.mark.promise("P5")
@pytest.mark.parametrize(("language", "label"), [("en", "Private company"), ("pa", "ਨਿੱਜੀ ਕੰਪਨੀ"), ("hi", "निजी कंपनी")])
def test_a_private_company_says_so(client: StrictClient, language: str, label: str) -> None:
    assert client.page(f"/providers/jio?lang={language}").words("value-kind") == label
    assert client.page(f"/providers/pspcl?lang={language}").words("value-kind") != label


def test_a_contact_without_a_safe_address_is_words_alone(client: StrictClient) -> None:
    page = client.page("/providers/bda")

    assert page.words("value-contact") == "bdabathinda.gov.in"
    assert not list(page.one("value-contact").iter(f"{XHTML}a"))


def test_a_suspension_shows_on_the_register(client: StrictClient, app: Flask) -> None:
    app.extensions.pop("catalogue", None)
    with app.app_context(), writing():
        suspend_provider("health")
        db.session.commit()

    stopped = client.page("/providers/health?lang=en").text

    with app.app_context(), writing():
        reinstate_providers()
        db.session.commit()
    app.extensions.pop("catalogue", None)
    assert "Stopped for now" in stopped
    assert "Stopped for now" not in client.page("/providers/health?lang=en").text


@pytest.mark.parametrize("path", ["/providers/nothing", "/providers/%00", "/schemes/nothing", "/schemes/birth-certificate"])
def test_what_is_not_on_record_is_not_found(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["kind=nonsense", "kind=utility&kind=x", "page=zz", "level=moon", "provider=nobody", "q=%00", "q=" + "x" * 4000]
)
@pytest.mark.parametrize("path", ["/providers", "/schemes"])
def test_odd_questions_get_an_answer(client: StrictClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("q", ["old age pension", "budhapa pension", "ਬੁਢਾਪਾ ਪੈਨਸ਼ਨ", "वृद्धावस्था पेंशन"])
def test_a_scheme_is_found_however_it_is_written(client: StrictClient, q: str) -> None:
    assert "old-age-pension" in ids(client.page("/schemes?q=" + q), "scheme")[:2]


def test_schemes_are_narrowed_by_level_and_office(client: StrictClient) -> None:
    central = client.page("/schemes?level=central&lang=en")
    board = client.page("/schemes?provider=bocw-board&lang=en")

    assert "43 schemes" in central.text
    # On a narrow screen the choices stand below fifteen rows.
    assert "#facets" in [link.get("href") for link in central.root.iter(XHTML + "a")]
    assert "12 schemes" in board.text
    assert board.fields("search")["provider"] == "bocw-board"


def test_no_scheme_by_these_words_still_helps(client: StrictClient) -> None:
    page = client.page("/schemes?q=netflix+pizza+cricket&lang=en")

    assert ids(page, "scheme") == []
    assert "tel:1100" in page.text


def test_a_fragment_of_the_schemes_is_its_part_of_the_page(client: StrictClient) -> None:
    whole, part = client.get("/schemes?level=state"), client.get("/schemes?level=state", headers=BY_HTMX)

    assert part.text.strip() in whole.text
    assert part.headers["HX-Push-Url"] == "/schemes?level=state"


def test_a_scheme_says_in_words_who_may_ask(client: StrictClient) -> None:
    page = client.page("/schemes/old-age-pension?lang=en")

    for words in (
        "₹1,500 a month",
        "Women: age 58 or more",
        "Family income up to ₹60,000 a year",
        "Land up to 2.5 acres",
        "Lives in Punjab",
    ):
        assert words in page.text, words
    assert "/services/old-age-pension" in page.text


def test_alternatives_stand_as_alternatives(client: StrictClient) -> None:
    text = client.page("/schemes/widow-pension?lang=en").text

    assert "And at least one of these:" in text
    assert "Not married · Age 31 or more" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scheme_has_its_page_in_every_language(client: StrictClient, app: Flask, language: str) -> None:
    with app.app_context():
        slugs = list(catalogue().schemes)
    client.set_cookie("lang", language)

    for slug in slugs[LANGUAGES.index(language) :: 3]:
        text = client.page(f"/schemes/{slug}").text
        assert "{" not in text.partition("<main")[2], slug
