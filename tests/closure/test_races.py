"""Leaving while something else of hers is under way (F15): afterwards nothing of hers lies outside the seal, and nothing breaks."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.catalogue.queries import catalogue
from msewa.extensions import Base, db, writing
from msewa.inventory.reading import tables_of
from msewa.outbox.worker import run_due
from msewa.web.errors import NoSuchRowError
from tests.applications.conftest import Applicant
from tests.applications.samples import photo, sample_page
from tests.at_once import Press, at_once, prepared
from tests.people import PASSWORD, Somebody, sign_in, somebody
from tests.strict_client import StrictClient

ROUNDS = 3


def left_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        tables = [Base.metadata.tables[name] for name in sorted(tables_of("account", "access"))]
        counted = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}
    return {name: rows for name, rows in counted.items() if rows}


def acts(app: Flask, person: Somebody) -> list[Press]:
    """Return four things that she is about to do in four browsers."""
    browsers = [StrictClient.of(app) for _ in range(4)]
    for browser in browsers[:3]:
        sign_in(browser, person)
    applicant = Applicant(browsers[0], app, person)
    reviewed, draft = applicant.reviewed(), applicant.begin("death-certificate")
    browsers[3].submit("/sign-in", "sign-in", mobile=person.mobile, password=PASSWORD)
    definition = applicant.definition("death-certificate")
    papers = {need.key: photo(f"{need.key}.jpg") for need in definition.papers if not need.made_by_us}
    with app.app_context():
        typed = sample_page(definition, catalogue(), step=1)
    return [
        prepared(browsers[0], f"{reviewed}/review", "submit", declare="1"),
        prepared(browsers[1], f"{draft}/edit?step={len(definition.steps) + 1}", "application", **papers)
        if papers
        else prepared(browsers[1], f"{draft}/edit?step=1", "application", **typed),
        prepared(browsers[2], "/profile/identity", "profile-identity", full_name="Another Planted Name", gender="female"),
        prepared(browsers[3], "/sign-in/second-factor", "second-factor", code=person.code()),
    ]


@pytest.mark.promise("P53")
def test_nothing_of_hers_is_written_beside_her_leaving(app: Flask, offices: Flask) -> None:
    for _ in range(ROUNDS):
        person, browser = somebody(app), StrictClient.of(app)
        others = acts(app, person)
        sign_in(browser, person)
        leave = prepared(browser, "/account/delete", "delete")

        answers = at_once(leave, *others)
        if answers[0].status_code == 422:  # an application got away meanwhile: now she is asked about it
            answers[0] = browser.submit("/account/delete", "delete", open="withdraw")
        with app.app_context():
            run_due(now=app.extensions["clock"].now())

        assert answers[0].status_code == 303, answers[0].status_code
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
        assert left_of(app) == {}


@pytest.mark.promise("P53")
def test_what_comes_after_it_leads_to_the_sign_in_page(app: Flask, offices: Flask) -> None:
    person, browser = somebody(app), StrictClient.of(app)
    others = acts(app, person)
    sign_in(browser, person)
    browser.submit("/account/delete", "delete", open="withdraw")

    answers = [post() for post in others]

    assert [answer.status_code for answer in answers[:3]] == [303] * 3
    assert {answer.headers["Location"].partition("?")[0] for answer in answers[:3]} == {"/sign-in"}
    assert answers[3].status_code in (303, 404, 422)
    assert left_of(app) == {}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_two_presses_at_once_leave_once(app: Flask) -> None:
    person, browsers = somebody(app), [StrictClient.of(app), StrictClient.of(app)]
    sign_in(browsers[0], person)
    sign_in(browsers[1], person)

    answers = at_once(*(prepared(browser, "/account/delete", "delete") for browser in browsers))

    assert sorted(answer.headers["Location"].partition("?")[0] for answer in answers) == ["/account/deleted", "/sign-in"]


def test_whoever_writes_for_somebody_gone_is_refused(app: Flask) -> None:
    with app.app_context(), writing(), pytest.raises(NoSuchRowError):
        get_subject("0" * 32)


@pytest.mark.parametrize("backend", ["postgres"])
def test_a_writer_holds_the_account_until_it_is_done(app: Flask) -> None:
    person = somebody(app)
    done, order = threading.Event(), list[str]()

    def leave() -> None:
        with app.app_context(), writing():
            db.session.execute(select(Account.id).where(Account.id == person.id).with_for_update()).one()
            order.append("left")
            db.session.rollback()
        done.set()

    with app.app_context(), writing():
        get_subject(person.id)
        thread = threading.Thread(target=leave)
        thread.start()
        assert not done.wait(0.5), "the lock of a writer must keep whoever ends the account waiting"
        db.session.execute(update(Account).where(Account.id == person.id).values(language="hi"))
        order.append("wrote")
        db.session.commit()
    thread.join(10)

    assert order == ["wrote", "left"]
