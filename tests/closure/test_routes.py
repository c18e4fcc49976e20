"""The page of leaving: what it says first, one button, a receipt; and what is left for whoever comes after."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from msewa.accounts.models import Account
from msewa.closure import vault
from msewa.closure.models import VaultMonth
from msewa.extensions import db, writing
from tests.accounts.walking import Post, register
from tests.closure.conftest import Leaver, work
from tests.conftest import ClockHandle
from tests.people import PASSWORD, sign_in, signed_in
from tests.strict_client import Page, StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@ONE
@pytest.mark.promise("P52", "P62")
def test_before_she_leaves_she_reads_what_goes_what_is_sealed_and_what_others_keep(leaver: Leaver) -> None:
    page = leaver.client.page("/account/delete")

    provider = leaver.applicant.definition("birth-certificate").provider
    assert page.words("held-application") == "3"
    names = [line.text for line in page.one("fate-erased").iter() if line.tag.endswith("li")]
    assert len(names) == len(set(names)), "one line for one thing"
    assert "2029" in page.words("fate-sealed")
    assert "2030" in page.words("fate-sealed")
    assert [row.get("data-id") for row in page.all("recipient-row")] == [provider]
    assert "deletes nothing" in page.words("still-registered")
    links = {node.get("href") for node in page.root.iter() if node.get("href")}
    assert {"/privacy/download", "/account/deregister", f"/providers/{provider}"} <= links


@ONE
@pytest.mark.promise("P52")
def test_before_she_leaves_she_reads_of_every_kind_of_thing_that_goes(leaver: Leaver) -> None:
    leaver.client.submit("/privacy/nominate", "nominee", full_name="Simran Kaur", relation="Daughter", mobile="98765 00000")

    page = leaver.client.page("/account/delete")

    shown = {row.get("data-testid").removeprefix("held-"): "".join(row.itertext()) for row in page.root.iter() if _is_count(row)}
    held = {row.get("data-id"): "".join(row.itertext()).split() for row in leaver.client.page("/privacy/held").all("category-row")}
    assert shown["nominees"] == "1"
    assert shown == {name: count for name, words in held.items() for count in words if count.isdecimal()}, "the same numbers as there"


def _is_count(node: Any) -> bool:
    return (node.get("data-testid") or "").startswith("held-")


@ONE
@pytest.mark.promise("P52")
def test_it_takes_two_requests_and_no_waiting(leaver: Leaver) -> None:
    page = leaver.client.get("/account/delete")
    answer = leaver.client.submit("/account/delete", "delete", open="withdraw")

    assert page.status_code == 200
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/account/deleted?receipt=")
    assert leaver.client.get("/applications").headers["Location"].startswith("/sign-in")


@ONE
@pytest.mark.promise("P53")
def test_every_other_sign_in_of_hers_is_dead_at_once(leaver: Leaver, another_client: StrictClient) -> None:
    sign_in(another_client, leaver.person)
    assert another_client.get("/profile").status_code == 200

    leaver.leave()

    assert another_client.get("/profile").headers["Location"].startswith("/sign-in")


@ONE
@pytest.mark.promise("P52")
def test_the_receipt_is_shown_taken_along_and_checked_by_anybody(leaver: Leaver, another_client: StrictClient) -> None:
    page = leaver.client.page(leaver.leave())

    assert page.one("deletion-receipt") is not None
    file = leaver.client.get(page.one("receipt-download").get("href"))
    assert file.headers["Content-Disposition"].startswith("attachment")
    receipt = json.loads(file.get_data(as_text=True))
    assert receipt["sealed"]["month"]
    checked = another_client.submit("/account/deleted/verify", "verify", receipt=file.get_data(as_text=True))
    assert checked.status_code == 200
    assert 'data-verdict="valid"' in checked.get_data(as_text=True).replace("data-verdict=valid", 'data-verdict="valid"')


@ONE
@pytest.mark.promise("P52")
def test_of_an_office_nobody_says_that_it_was_told_before_it_was(leaver: Leaver, another_client: StrictClient) -> None:
    page = leaver.client.page(leaver.leave())
    text = leaver.client.get(page.one("receipt-download").get("href")).get_data(as_text=True)
    [office] = [row.get("data-id") for row in page.all("recipient-row")]

    before = another_client.submit("/account/deleted/verify", "verify", receipt=text).get_data(as_text=True)
    work(leaver.app)
    after = another_client.submit("/account/deleted/verify", "verify", receipt=text).get_data(as_text=True)

    assert "Offices that will be told" in page.text
    assert [(one["provider"], one["queued"]) for one in json.loads(text)["recipients"]] == [(office, True)]
    assert 'told"' not in text
    assert "has not arrived yet" in before
    assert ("has not arrived yet" in after, "told on " in after) == (False, True)


@ONE
@pytest.mark.promise("P52")
def test_a_changed_receipt_is_refused_with_a_clear_word(leaver: Leaver, another_client: StrictClient) -> None:
    page = leaver.client.page(leaver.leave())
    text = leaver.client.get(page.one("receipt-download").get("href")).get_data(as_text=True)

    later = another_client.submit("/account/deleted/verify", "verify", receipt=text.replace('"asked"', '"terminated"'))
    other = another_client.submit("/account/deleted/verify", "verify", receipt='{"id": 1}')

    assert later.status_code == 422
    assert "it was changed since" in later.get_data(as_text=True)
    assert "no deletion receipt of ours" in other.get_data(as_text=True)


@ONE
def test_the_receipt_is_gone_after_an_hour(leaver: Leaver, clock: ClockHandle) -> None:
    location = leaver.leave()

    clock.advance(minutes=61)

    assert leaver.client.page(location).all("deletion-receipt") == []


@pytest.mark.promise("P52")
def test_pressing_twice_leads_to_the_same_receipt(leaver: Leaver) -> None:
    values = {**leaver.client.page("/account/delete").fields("delete"), "open": "withdraw"}
    session = leaver.client.get_cookie("session")

    first = leaver.client.post("/account/delete", data=values)
    leaver.client.set_cookie("session", session.value)
    second = leaver.client.post("/account/delete", data=values)

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]


@ONE
@pytest.mark.promise("P52")
@pytest.mark.parametrize(
    ("typed", "field"),
    [({}, "password"), ({"password": "not hers", "code": "123456"}, "password"), ({"password": PASSWORD, "code": "000000"}, "code")],
    ids=["nothing", "a wrong password", "a wrong code"],
)
def test_without_fresh_proof_nothing_is_deleted(leaver: Leaver, clock: ClockHandle, typed: dict[str, str], field: str) -> None:
    clock.advance(minutes=11)

    answer = leaver.client.submit("/account/delete", "delete", open="withdraw", **typed)

    assert answer.status_code == 422
    assert f"error-{field}" in answer.get_data(as_text=True)
    assert leaver.client.get("/profile").status_code == 200


@ONE
def test_what_is_wrong_is_named_in_the_order_of_the_page(leaver: Leaver, clock: ClockHandle) -> None:
    clock.advance(minutes=11)

    answer = leaver.client.submit("/account/delete", "delete")

    summary = Page(answer.get_data(as_text=True)).one("error-summary")
    assert [node.get("href") for node in summary.iter() if node.get("href")] == ["#open-0", "#password", "#code"]


@pytest.mark.promise("P52")
def test_from_my_data_it_is_two_requests_also_where_she_has_to_prove_herself(leaver: Leaver, clock: ClockHandle) -> None:
    clock.advance(minutes=11)
    links = {node.get("href") for node in leaver.client.page("/privacy").root.iter()}

    answer = leaver.client.submit("/account/delete", "delete", open="withdraw", password=PASSWORD, code=leaver.person.code())

    assert "/account/delete" in links
    assert answer.headers["Location"].startswith("/account/deleted?receipt=")
    assert leaver.client.get("/profile").headers["Location"].startswith("/sign-in")


@ONE
def test_tries_on_the_page_of_leaving_are_counted_as_everywhere(leaver: Leaver, clock: ClockHandle) -> None:
    clock.advance(minutes=11)
    wrong = {"open": "withdraw", "password": "not hers", "code": "123456"}

    statuses = [leaver.client.submit("/account/delete", "delete", **wrong).status_code for _ in range(7)]

    assert statuses[0] == 422
    assert statuses[-1] == 429


@ONE
def test_with_open_applications_she_says_what_becomes_of_them(leaver: Leaver) -> None:
    answer = leaver.client.submit("/account/delete", "delete")

    assert answer.status_code == 422
    assert "error-open" in answer.get_data(as_text=True)
    assert leaver.client.get("/profile").status_code == 200


@ONE
@pytest.mark.parametrize("finish", [[], ["ZZZZ-ZZZZ"]])
def test_whoever_names_some_of_them_ticks_at_least_one_of_hers(leaver: Leaver, finish: list[str]) -> None:
    answer = leaver.client.submit("/account/delete", "delete", open="some", finish=finish)

    assert answer.status_code == 422
    assert "error-finish" in answer.get_data(as_text=True)
    assert leaver.client.get("/profile").status_code == 200


@ONE
@pytest.mark.promise("P52")
def test_somebody_without_applications_is_asked_nothing(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    answer = client.submit("/account/delete", "delete")

    assert answer.status_code == 303
    assert client.page(answer.headers["Location"]).one("deletion-receipt") is not None


@ONE
@pytest.mark.promise("P52")
@pytest.mark.parametrize("fault", ["gone", "damaged"])
def test_without_a_vault_key_the_page_says_so_and_deletes_nothing(leaver: Leaver, monkeypatch, fault: str) -> None:
    folder = leaver.app.extensions["settings"].data / "vault"
    page = leaver.client.page("/account/delete")
    values = {**page.fields("delete"), "open": "withdraw"}
    monkeypatch.setattr(vault, "prepare_demonstration", lambda settings, now: None)
    for path in folder.glob("*.pub"):
        path.rename(path.with_suffix(".away"))
        if fault == "damaged":
            good = json.loads(path.with_suffix(".away").read_text())
            path.write_text(json.dumps({**good, "public": good["public"][:-40]}))
    try:
        shown = leaver.client.get("/account/delete").get_data(as_text=True)
        pressed = leaver.client.post("/account/delete", data=values)
        ready = leaver.client.get("/health/ready")
    finally:
        for path in folder.glob("*.away"):
            path.rename(path.with_suffix(".pub"))

    assert "has no key for this month" in shown
    assert "form-delete" not in shown
    assert pressed.status_code == 503
    assert "Nothing was deleted" in pressed.get_data(as_text=True)
    assert ready.status_code == 503
    assert "vault_key" in ready.get_json()
    assert leaver.client.get("/profile").status_code == 200


@pytest.mark.promise("P59", "P60", "P61")
def test_the_same_number_and_mail_open_a_new_account_at_once_and_nothing_old_is_in_it(
    leaver: Leaver, app: Flask, another_client: StrictClient, post: Post
) -> None:
    old = leaver.person
    leaver.leave()

    register(another_client, app, post, number=old.mobile.removeprefix("+91"))

    with app.app_context():
        ids = db.session.scalars(select(Account.id)).all()
    assert len(ids) == 1
    assert ids[0] != old.id
    for reference in leaver.references:
        assert another_client.get(f"/applications/{reference}").status_code == 404
    assert another_client.page("/applications").all("application-row") == []
    profile = another_client.get("/profile").get_data(as_text=True)
    assert not re.search("Gurbachan|918273645546|8431|planted@example.org", profile)


@ONE
@pytest.mark.promise("P57")
def test_the_public_log_shows_every_month(leaver: Leaver, another_client: StrictClient) -> None:
    leaver.leave()

    page = another_client.page("/promises/destroyed-keys")

    [row] = page.all("month-row")
    assert "Not yet" in "".join(row.itertext())
    assert page.words("opening-count").startswith("0 openings")


@ONE
@pytest.mark.promise("P57")
def test_the_public_log_tells_nobody_that_somebody_left_just_now(leaver: Leaver, another_client: StrictClient, clock: ClockHandle) -> None:
    def rows() -> list[str]:
        return ["".join(row.itertext()) for row in another_client.page("/promises/destroyed-keys").all("month-row")]

    leaver.client.page("/account/delete")  # makes this month's key, should nobody have done so yet
    before = rows()
    leaver.leave()
    after = rows()
    clock.advance(days=32)

    assert len(before) == 1
    assert after == before
    assert "Sealedfewer than 10" in rows()[0], "a count there is once the month is over, and of a few it is none"


@ONE
@pytest.mark.promise("P57")
def test_the_public_log_tells_no_day_on_which_somebody_left(
    app: Flask, leaver: Leaver, another_client: StrictClient, clock: ClockHandle
) -> None:
    leaver.leave()
    clock.advance(days=32)

    with app.app_context():
        month = db.session.scalars(select(VaultMonth)).one()
        years = [moment.year for moment in (month.not_before, month.not_after)]
    # The month that runs stands below it where it has its key already.
    [row, *_] = another_client.page("/promises/destroyed-keys").all("month-row")
    told = [" ".join("".join(node.itertext()).split()) for node in row.iter() if str(node.tag).endswith("}dd")]
    number = month.month[5:]
    assert told == ["fewer than 10", *(f"{number}/{year}" for year in years), "Not yet"]


@ONE
@pytest.mark.promise("P57")
def test_a_month_that_many_left_in_has_its_count_and_is_overdue_when_its_last_month_is_over(
    app: Flask, leaver: Leaver, another_client: StrictClient, clock: ClockHandle
) -> None:
    leaver.leave()
    with app.app_context(), writing():
        db.session.execute(update(VaultMonth).values(sealed=10))
        ends = db.session.scalars(select(VaultMonth.not_after)).one()
        db.session.commit()

    def told_at(moment: datetime) -> str:
        clock.advance(seconds=(moment - clock.now()).total_seconds())
        [row, *_] = another_client.page("/promises/destroyed-keys").all("month-row")
        return "".join(row.itertext())

    on_the_day, a_month_later = told_at(ends + timedelta(minutes=1)), told_at(ends + timedelta(days=32))

    assert re.search(r"Sealed10\D", on_the_day)
    assert "Not yet" in on_the_day, "else the day would tell when somebody left"
    assert "Overdue" in a_month_later


@ONE
@pytest.mark.parametrize("language", ["pa", "hi"])
def test_the_pages_speak_her_language(leaver: Leaver, language: str) -> None:
    leaver.client.set_cookie("lang", language)

    page = leaver.client.page("/account/delete")
    receipt = leaver.client.page(leaver.leave())

    assert "Erased" not in page.text
    assert "Papers destroyed" not in receipt.text
