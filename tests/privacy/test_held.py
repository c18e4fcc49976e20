"""What we hold: made from the inventory, so that nothing kept is missing there."""

import re

import pytest
from flask import Flask

from msewa.inventory.reading import inventory
from msewa.privacy.amounts import FILLED, OWNERS
from msewa.privacy.held import CHANGED_AT, PLACES
from msewa.privacy.rules import DOTS, mask, mask_email
from tests.people import PROFILE, signed_in
from tests.privacy.conftest import looked_at
from tests.strict_client import StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.promise("P7")
@ONE_BACKEND
def test_every_personal_column_stands_on_the_page_of_its_category(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    categories = [row.get("data-id") for row in client.page("/privacy/held").all("category-row")]
    shown = {row.get("data-id") for one in categories for row in client.page(f"/privacy/held/{one}").all("held-row")}

    assert {f"{column.table}.{column.name}" for column in inventory().personal()} - shown == set()


def test_every_category_has_a_place_where_it_is_seen_and_changed() -> None:
    assert {column.category for column in inventory().personal()} - PLACES.keys() == set()


def amounts(client: StrictClient) -> dict[str, str]:
    rows = client.page("/privacy/held").all("category-row")
    return {row.get("data-id"): next(node for node in row.iter() if str(node.tag).endswith("}small")).text for row in rows}


@pytest.mark.promise("P7", "P27")
def test_of_what_nobody_has_given_yet_it_says_that_nothing_is_kept(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, email="harjinder@example.org")

    kept = amounts(client)

    assert {name for name, amount in kept.items() if amount == "nothing yet"} >= {"application", "complaints", "nominees"}
    assert (kept["identity"], kept["contact"], kept["profile"]) == ("1 entry", "2 entries", "1 entry")
    assert client.page("/privacy/held/nominees").all("nothing-yet")
    assert client.page("/privacy/held/profile").all("nothing-yet") == []


@pytest.mark.promise("P7")
def test_what_is_kept_is_counted_and_a_long_history_only_up_to_a_limit(app: Flask, client: StrictClient) -> None:
    her = signed_in(client, app=app, profile=PROFILE)
    client.submit("/privacy/nominate", "nominee", full_name="Gurdev Kaur", relation="Sister", mobile="98765 43210")
    looked_at(her, 100)

    kept = amounts(client)

    assert kept["nominees"] == "1 entry"
    assert kept["profile"] == f"{len(PROFILE) + 1} entries"
    assert kept["access"] == "more than 99 entries"
    assert client.page("/privacy/held/nominees").all("nothing-yet") == []


def test_every_category_is_counted() -> None:
    assert {column.category for column in inventory().personal()} - (OWNERS.keys() | FILLED.keys()) == set()


@pytest.mark.promise("P7")
@ONE_BACKEND
def test_what_is_kept_alike_is_named_together_and_explained_once(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    page = client.page("/privacy/held/security")

    words = next(" ".join("".join(part.itertext()).split()) for part in page.root.iter() if str(part.tag).endswith("}dl"))
    assert words.count("until you sign out; 12 hours at most") == 1
    assert len([row for row in page.all("held-row") if row.get("data-id").startswith("sign_in_session.")]) > 1


@pytest.mark.promise("P51")
@ONE_BACKEND
def test_only_what_can_be_changed_leads_to_a_change_and_to_where_it_is_made(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, email="harjinder@example.org")

    lines = [
        row
        for one in ("identity", "contact", "profile", "security", "choices")
        for row in client.page(f"/privacy/held/{one}").all("held-row")
    ]
    found = {row.get("data-id"): [node.get("href") for node in row.iter() if str(node.tag).endswith("}a")] for row in lines}

    changes = {line: links[0] for line, links in found.items() if links}
    assert changes == CHANGED_AT
    assert client.page(changes["account.identity"].partition("#")[0]).one("form-profile-full_name") is not None
    assert client.page(changes["account.language"]).one("form-language") is not None
    assert [link for link in changes.values() if client.get(link.partition("#")[0]).status_code != 200] == []


@pytest.mark.promise("P51")
@ONE_BACKEND
def test_every_fact_of_the_profile_is_shown_with_a_way_to_change_it(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE)

    page = client.page("/privacy/held/profile")

    facts = {row.get("data-id"): row for row in page.all("held-row")}
    assert PROFILE.keys() <= facts.keys()
    for key in PROFILE.keys() - {"bank_account"}:  # that one asks for fresh proof first
        link = next(node.get("href") for node in facts[key].iter() if node.get("href"))
        form = client.page(link.partition("#")[0]).one(f"form-profile-{key}")
        assert any(node.get("name") == key for node in form.iter())


@ONE_BACKEND
def test_sensitive_values_are_hidden_and_others_are_hers_to_read(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile={**PROFILE, "blood_group": "b_pos"}, email="harjinder@example.org")

    profile, contact = client.page("/privacy/held/profile"), client.page("/privacy/held/contact")

    assert profile.words("value-father_name") == PROFILE["father_name"]
    assert PROFILE["bank_account"] not in profile.text
    assert profile.words("value-blood_group") == DOTS
    assert re.fullmatch(rf"{DOTS}\d{{4}}, h{DOTS}@example\.org", contact.words("value-account.contact"))


@ONE_BACKEND
def test_secrets_are_named_and_never_shown(app: Flask, client: StrictClient) -> None:
    her = signed_in(client, app=app)

    page = client.page("/privacy/held/security")

    assert page.words("value-account.password") == DOTS
    assert her.totp_secret not in page.text


@ONE_BACKEND
def test_a_category_that_there_is_not_is_not_found(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    assert client.get("/privacy/held/everything").status_code == 404


@pytest.mark.parametrize(("value", "hidden"), [("9182736455", "••••6455"), ("8431", "••••"), ("", "••••"), ("12345678", "••••5678")])
def test_of_a_long_value_the_last_four_signs_stay(value: str, hidden: str) -> None:
    assert mask(value) == hidden


def test_of_an_address_its_first_letter_and_host_stay() -> None:
    assert mask_email("harjinder@example.org") == "h••••@example.org"
