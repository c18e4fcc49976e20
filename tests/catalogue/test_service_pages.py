"""A service's own page: every fact on record, and what isn't known said so."""

import pytest
from flask import Flask

from msewa.catalogue.queries import catalogue
from tests.strict_client import XHTML, Page, StrictClient

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def words(page: Page) -> str:
    return " ".join("".join(page.one("page-catalogue.service").itertext()).split())


def test_what_is_known_is_shown(client: StrictClient) -> None:
    page = client.page("/services/birth-certificate?lang=en")

    assert page.words("value-fee") == "₹15"
    assert page.words("value-days") == "2 working days"
    assert "Registrar" in page.words("value-officer")
    for fact in ("At your door: call 1076 (₹50)", "we make this for you", "To find the record", "Department of Health", "About 6 minutes"):
        assert fact in words(page), fact


@pytest.mark.parametrize(("language", "unknown"), [("en", "Not known"), ("pa", "ਪਤਾ ਨਹੀਂ"), ("hi", "पता नहीं")])
def test_what_is_not_known_says_so(client: StrictClient, app: Flask, language: str, unknown: str) -> None:
    with app.app_context():
        slug = next(one.id for one in catalogue().services.values() if one.fee_paise is None and one.days is None and one.officer is None)

    page = client.page(f"/services/{slug}?lang={language}")

    assert {page.words(f"value-{name}") for name in ("fee", "days", "officer")} == {unknown}


def test_an_officer_who_usually_decides_is_said_to_be_so(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        slug = next(one.id for one in catalogue().services.values() if one.officer and one.officer_basis == "usual")

    assert "(as a rule)" in client.page(f"/services/{slug}?lang=en").words("value-officer")


def test_each_fact_that_is_asked_stands_with_its_reason(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        needs = catalogue().services["income-certificate"].fields

    page = client.page("/services/income-certificate?lang=pa")
    rows = ["".join(row.itertext()) for row in page.root.iter(f"{XHTML}tr")]

    assert len(rows) == len(needs) + 1
    for need, row in zip(needs, rows[1:], strict=True):
        assert need.label["pa"] in row
        assert need.purpose["pa"] in row


def test_applying_is_one_press(client: StrictClient) -> None:
    page = client.page("/services/birth-certificate")

    assert page.one("form-apply").get("action") == "/services/birth-certificate/apply"
    assert page.one("form-apply").get("method") == "post"


def test_a_complaint_is_reported_and_counted_in_plain_days(client: StrictClient) -> None:
    page = client.page("/services/complaint-no-streetlight?lang=en")

    assert "Report it" in words(page)
    assert "working" not in page.words("value-days")


def test_a_district_goes_on_showing_whose_work_it_is(client: StrictClient) -> None:
    assert "In Barnala your own town's body does this work" in words(client.page("/services/water-connection?district=barnala&lang=en"))
    assert "In Barnala" not in words(client.page("/services/birth-certificate?district=barnala&lang=en"))


def test_sources_link_to_safe_addresses_only(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        slugs = [one.id for one in catalogue().services.values() if "http://" in one.source][:5]

    for slug in slugs:
        links = [link.get("href") for link in client.page(f"/services/{slug}").root.iter(f"{XHTML}a")]
        assert not [link for link in links if link.startswith("http:")], slug


@pytest.mark.parametrize("slug", ["nothing", "birth_certificate", "..", "%00", "x" * 3000, "Birth-Certificate"])
def test_what_is_no_service_is_not_found(client: StrictClient, slug: str) -> None:
    assert client.get(f"/services/{slug}").status_code == 404


def test_every_service_has_its_page(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        slugs = list(catalogue().services)[::7]

    for place, slug in enumerate(slugs):
        assert client.get(f"/services/{slug}?lang={('en', 'pa', 'hi')[place % 3]}").status_code == 200, slug


def test_a_remark_on_the_facts_stands_with_their_sources_alone(client: StrictClient, app: Flask) -> None:
    with app.app_context():
        note = catalogue().services["birth-certificate"].note["en"]

    page = client.page("/services/birth-certificate?lang=en")

    folded = " ".join("".join("".join(node.itertext()) for node in page.root.iter(f"{XHTML}details")).split())
    assert note in folded
    assert words(page).count(note) == 1
