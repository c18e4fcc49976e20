"""Who is behind a request."""

import pytest
from flask_login import current_user
from sqlalchemy import event, text, update

from msewa.accounts.models import SignInSession
from msewa.accounts.operations import naming
from msewa.extensions import db, writing
from tests.accounts.walking import is_signed_in
from tests.people import sign_in, somebody


def test_a_signed_in_page_begins_no_transaction_to_know_who_it_is(app, client):
    sign_in(client, somebody(app))
    begun = []
    with app.app_context():
        engine = db.engine

    def note(connection):
        begun.append(connection)

    client.page("/accessibility")  # the first page of a while also asks whether a breach was told to anybody
    event.listen(engine, "begin", note)
    client.page("/accessibility")
    event.remove(engine, "begin", note)

    assert is_signed_in(client)
    assert begun == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_database_that_fails_is_said_kindly_to_people_signed_in(app, backend, client):
    sign_in(client, somebody(app))
    names = ("sign_in_session", "sign_in_session_away")
    with app.app_context(), writing():
        db.session.execute(text("alter table {} rename to {}".format(*names)))
        db.session.commit()

    answer = client.get("/account/security")
    with app.app_context(), writing():
        db.session.execute(text("alter table {1} rename to {0}".format(*names)))
        db.session.commit()

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert is_signed_in(client)


def test_a_changed_name_greets_at_once_and_after_the_visit_nobody_is_greeted(app, client):
    person = somebody(app)
    sign_in(client, person)
    before = client.page("/accessibility").text
    with app.app_context(), writing():
        naming.rename(person.subject(), "Gurpreet Planted", now=app.extensions["clock"].now())
        db.session.commit()
    after = client.page("/accessibility").text
    with app.app_context(), writing():
        db.session.execute(update(SignInSession).values(ends_at=app.extensions["clock"].now()))
        db.session.commit()
    gone = client.page("/accessibility").text

    assert person.full_name.split()[0] in before
    assert "Gurpreet" in after
    assert person.full_name.split()[0] not in after
    assert "Gurpreet" not in gone


def test_a_person_shows_neither_name_nor_key(app, client):
    person = somebody(app)
    sign_in(client, person)

    with client:
        client.get("/accessibility")
        shown = repr(current_user._get_current_object())
        key = current_user.key

    assert person.full_name not in shown
    assert key.hex() not in shown
    assert repr(key) not in shown
