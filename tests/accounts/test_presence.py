"""Who is behind a request."""

import pytest
from flask_login import current_user
from sqlalchemy import event, text

from msewa.extensions import db, writing
from tests.accounts.walking import is_signed_in
from tests.people import sign_in, somebody


def test_a_signed_in_page_asks_the_database_once_who_it_is(app, client):
    sign_in(client, somebody(app))
    asked = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.page("/accessibility")
    event.remove(engine, "before_cursor_execute", note)

    assert len(asked) == 1
    assert "JOIN account" in asked[0]


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
