"""The pages of choices: own notice for each, one press on, one press off, and no pressure."""

import pytest
from flask import Flask

from msewa.consents import queries
from msewa.consents.purposes import get_purpose, purposes, shown
from tests.people import Somebody, signed_in, somebody
from tests.strict_client import StrictClient

CHOICES = ("promo.own", "promo.gov", "promo.private", "newsletter", "digest", "statistics", "channel.sms", "channel.email")
ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "pa", "hi"])


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app)


def states(her: Somebody) -> dict[str, str]:
    with her.app.app_context():
        return {choice.purpose.id: str(choice.state) for choice in queries.list_choices(her.subject())}


def press(client: StrictClient, purpose_id: str) -> None:
    """Press a switch as a browser does."""
    page = client.page("/privacy/choices")
    button = next(node for node in page.one(f"form-choice-{purpose_id}").iter() if node.get("role") == "switch")
    response = client.submit("/privacy/choices", f"choice-{purpose_id}", on=button.get("value"))
    assert response.status_code == 303


@pytest.mark.promise("P38")
@pytest.mark.promise("P35")
def test_every_switch_is_off_at_first(her: Somebody, client: StrictClient) -> None:
    page = client.page("/privacy/choices")

    rows = {row.get("data-id"): row for row in page.all("choice-row")}
    assert list(rows) == list(CHOICES)
    assert {row.get("data-state") for row in rows.values()} == {"not_asked"}
    assert [node.get("aria-checked") for row in rows.values() for node in row.iter() if node.get("role") == "switch"] == ["false"] * 8


@ONE_BACKEND
@pytest.mark.parametrize("purpose_id", CHOICES)
def test_yes_and_no_look_alike_on_a_choices_own_page(her: Somebody, client: StrictClient, purpose_id: str) -> None:
    page = client.page(f"/privacy/choices/{purpose_id}")

    buttons = [node for node in page.one("form-answer").iter() if str(node.tag).endswith("button")]
    assert [node.get("class") for node in buttons] == ["quiet", "quiet"]
    assert not [node for node in page.one("form-answer").iter() if node.get("checked") is not None]
    assert client.submit(f"/privacy/choices/{purpose_id}", "answer", on="no").status_code == 303
    assert states(her)[purpose_id] == "refused"


@pytest.mark.promise("P44")
def test_a_yes_to_other_words_than_those_that_hold_is_not_taken(her: Somebody, client: StrictClient) -> None:
    response = client.submit("/privacy/choices", "choice-digest", on="1", notice="0" * 64)

    assert response.status_code == 409
    assert states(her)["digest"] == "not_asked"


@ONE_BACKEND
def test_a_no_is_taken_whatever_words_were_shown(her: Somebody, client: StrictClient) -> None:
    press(client, "digest")

    client.submit("/privacy/choices", "choice-digest", on="0", notice="")

    assert states(her)["digest"] == "withdrawn"


@ONE_BACKEND
@LANGUAGES
def test_a_choice_is_bound_to_the_language_it_was_read_in(app: Flask, client: StrictClient, language: str) -> None:
    her = signed_in(client, app=app, language=language)

    press(client, "statistics")

    with app.app_context():
        (event,) = queries.list_events(her.subject())
        assert event["notice"]["sha256"] == shown(get_purpose("statistics"), language).sha256
        assert event["notice"]["language"] == language


@ONE_BACKEND
@pytest.mark.parametrize("on", ["", "2", "yes", "given", "expired"])
def test_what_no_button_says_is_refused(her: Somebody, client: StrictClient, on: str) -> None:
    assert client.submit("/privacy/choices", "choice-digest", on=on).status_code == 400
    assert states(her)["digest"] == "not_asked"


@ONE_BACKEND
def test_what_the_law_requires_takes_no_press(her: Somebody, client: StrictClient) -> None:
    page = client.page("/privacy/choices")
    values = page.fields("choice-digest")

    assert [row.get("data-id") for row in page.all("by-law-row")] == ["account", "service", "security", "disclosure"]
    assert client.post("/privacy/choices/service", data={**values, "on": "0"}).status_code == 400
    assert client.get("/privacy/choices/service").status_code == 404
    assert client.post("/privacy/choices/anything.else", data={**values, "on": "1"}).status_code == 404


@ONE_BACKEND
def test_a_press_leads_back_to_the_page_it_was_made_on_and_nowhere_else(her: Somebody, client: StrictClient) -> None:
    inside = client.submit("/privacy/choices", "choice-digest", on="1", next="/privacy#choices")
    outside = client.submit("/privacy/choices", "choice-digest", on="0", next="//elsewhere.example")

    assert inside.headers["Location"] == "/privacy#choices"
    assert outside.headers["Location"].startswith("/privacy/choices?done=digest")


@ONE_BACKEND
@pytest.mark.promise("P10")
def test_a_choice_says_under_which_policy_it_was_made(her: Somebody, client: StrictClient) -> None:
    press(client, "promo.own")

    page = client.page("/privacy/choices")

    row = next(row for row in page.all("choice-row") if row.get("data-id") == "promo.own")
    assert "under policy 1.0" in " ".join("".join(row.itertext()).split())


@ONE_BACKEND
def test_a_yes_that_ends_soon_can_be_kept_on(her: Somebody, client: StrictClient, clock: object) -> None:
    press(client, "promo.own")
    assert not client.page("/privacy/choices").all("form-renew-promo.own")
    her.app.extensions["clock"].move(clock.advance(days=340))
    from tests.people import sign_in

    sign_in(client, her)

    assert client.submit("/privacy/choices", "renew-promo.own", on="again").status_code == 303
    assert states(her)["promo.own"] == "renewed"


@ONE_BACKEND
@LANGUAGES
@pytest.mark.parametrize("purpose_id", [*CHOICES, "account", "service", "security", "disclosure"])
def test_every_purpose_has_a_public_notice_that_stands_alone(client: StrictClient, language: str, purpose_id: str) -> None:
    page = client.page(f"/privacy/purposes/{purpose_id}?lang={language}")
    again = client.page(f"/privacy/purposes/{purpose_id}/1?lang={language}")

    purpose = get_purpose(purpose_id)
    said = " ".join("".join(page.one("page-consents.purpose").itertext()).split())
    for words in (purpose.law, purpose.title, purpose.what, purpose.why, purpose.receivers, purpose.term, purpose.withdraw):
        assert words[language] in said
    assert page.words("notice-digest") == again.words("notice-digest") == shown(purpose, language).sha256


@ONE_BACKEND
@pytest.mark.parametrize("path", ["x", "promo", "promo.own/0", "promo.own/2", "promo.own/1.0", "promo.own/²", "promo.own/" + "9" * 300])
def test_a_purpose_that_was_never_published_is_not_found(client: StrictClient, path: str) -> None:
    assert client.get(f"/privacy/purposes/{path}").status_code == 404


@ONE_BACKEND
def test_the_register_lists_every_purpose(client: StrictClient) -> None:
    page = client.page("/privacy/purposes")

    assert {row.get("data-id") for row in page.all("purpose-row")} == set(purposes())


@ONE_BACKEND
@pytest.mark.promise("P35")
def test_nothing_is_chosen_for_whoever_registers(app: Flask) -> None:
    her = somebody(app)

    assert set(states(her).values()) == {"not_asked"}


@ONE_BACKEND
@pytest.mark.promise("P38")
@pytest.mark.promise("P35")
def test_refusing_everything_costs_nothing_in_any_service(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    signed_in(client, app=app, full_name="Gurmeet Kaur")
    for purpose_id in CHOICES:
        client.submit(f"/privacy/choices/{purpose_id}", "answer", on="no")
    signed_in(another_client, app=app, full_name="Gurmeet Kaur")
    for purpose_id in CHOICES:
        another_client.submit(f"/privacy/choices/{purpose_id}", "answer", on="1")

    for path in ("/services", "/services/birth-certificate", "/applications"):
        refused, allowed = client.page(path), another_client.page(path)
        links = [[node.get("href") for node in page.root.iter() if node.get("href")] for page in (refused, allowed)]
        assert links[0] == links[1]
    answers = [one.submit("/services/birth-certificate", "apply").status_code for one in (client, another_client)]
    assert answers == [303, 303]


@ONE_BACKEND
@pytest.mark.promise("P35")
@pytest.mark.parametrize("answers", [["1", "0"], ["0", "1"], ["1", "no"], ["again", "0"]])
def test_a_yes_and_a_no_in_one_form_are_no_answer(her: Somebody, client: StrictClient, answers: list[str]) -> None:
    fields = client.page("/privacy/choices").fields("choice-digest")

    refused = client.post("/privacy/choices/digest", data={**fields, "on": answers})

    assert refused.status_code == 422
    assert states(her)["digest"] == "not_asked"
