"""Forged, repeated and doubled forms: a token of this session on each, and one act for one form key."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Blueprint, Flask, request
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from msewa.extensions import db
from msewa.outbox.models import OutboxItem
from msewa.outbox.operations import put
from msewa.web import form_keys
from msewa.web.access import audience_of, public
from msewa.web.clock import now
from msewa.web.pages import see_other
from tests.people import signed_in
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])
TOKEN = re.compile(r'name="?csrf_token"? value="?([^"> ]+)')


def token_of(client: StrictClient, path: str = "/sign-in") -> str:
    return TOKEN.search(client.get(path).get_data(as_text=True))[1]


# A mail program posts here by itself (RFC 8058): the link proves itself, and there is no cookie that anybody could misuse.
PROVES_ITSELF = ("/stop/<token>",)


def unsafe_routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"GET", "HEAD", "OPTIONS"})
        if audience_of(app.view_functions[rule.endpoint]) != "sandbox" and "/test/" not in rule.rule and rule.rule not in PROVES_ITSELF
    ]


@ONE
@pytest.mark.promise("P68")
@pytest.mark.parametrize("who", ["a visitor", "a citizen"])
def test_no_form_is_taken_without_a_token(app: Flask, client: StrictClient, who: str) -> None:
    if who == "a citizen":
        signed_in(client, app=app)

    answers = {(method, path): client.open(path, method=method, data={"x": "1"}).status_code for method, path in unsafe_routes(app)}

    assert len(answers) > 5
    assert {key: status for key, status in answers.items() if status != 400} == {}


@ONE
@pytest.mark.promise("P68")
def test_no_form_is_taken_with_the_token_of_another_session(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    stolen = token_of(another_client)
    signed_in(client, app=app)
    client.get("/services")

    answers = {
        (method, path): client.open(path, method=method, data={"csrf_token": stolen}).status_code for method, path in unsafe_routes(app)
    }

    assert {key: status for key, status in answers.items() if status != 400} == {}


@ONE
@pytest.mark.parametrize("forged", ["", "x", "AAAA", "=", "ੳ", "A" * 9000, "%00", "\x00", "null", "[]"])
def test_a_made_up_token_is_refused(client: StrictClient, forged: str) -> None:
    client.get("/sign-in")

    assert client.post("/sign-in", data={"csrf_token": forged, "mobile": "1"}).status_code == 400


@ONE
def test_one_bit_off_is_no_token(client: StrictClient) -> None:
    token = token_of(client)
    other = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]

    assert client.post("/sign-in", data={"csrf_token": other}).status_code == 400
    assert client.post("/sign-in", data={"csrf_token": token}).status_code != 400


@ONE
def test_a_token_looks_different_in_every_answer_and_each_is_good(client: StrictClient) -> None:
    tokens = [token_of(client) for _ in range(6)]

    assert len(set(tokens)) == 6
    assert {client.post("/sign-in", data={"csrf_token": token}).status_code for token in tokens} == {422}


@ONE
def test_a_token_in_the_address_counts_for_nothing(client: StrictClient) -> None:
    assert client.post(f"/sign-in?csrf_token={token_of(client)}", data={}).status_code == 400


bp = Blueprint("test_forms", __name__, url_prefix="/test")


@bp.post("/count")
@form_keys.once
@public
def count():
    """Do something that can be counted, or refuse the form."""
    if request.form.get("text") == "wrong":
        return "wrong", 422
    if request.form.get("text") == "broken":
        put("test.broken", "x", now=now())
        raise RuntimeError
    number = db.session.scalar(select(func.count()).select_from(OutboxItem))
    put("test.count", f"{number}-{request.form['form_key'][:12]}", now=now())
    location = f"/test/done-{number}"
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


@pytest.fixture
def counting(app: Flask) -> Flask:
    if "test_forms" not in app.blueprints:
        app._got_first_request = False
        count.audience = "public"
        app.register_blueprint(bp)
    return app


class Poster:
    def __init__(self, client: StrictClient, app: Flask) -> None:
        self.client, self.app, self.token = client, app, token_of(client)
        with app.test_request_context():
            self.key = form_keys.issue()

    def post(self, text: str = "a", **more: str) -> TestResponse:
        return self.client.post("/test/count", data={"csrf_token": self.token, "form_key": self.key, "text": text, **more})

    def acts(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.topic.like("test.%")))


@pytest.fixture
def poster(counting: Flask, client: StrictClient) -> Poster:
    return Poster(client, counting)


def test_the_same_key_gets_the_same_answer_and_acts_once(poster: Poster) -> None:
    first, again, with_another_token = poster.post(), poster.post(), poster.post(csrf_token=token_of(poster.client))

    assert first.status_code == 303
    assert {first.headers["Location"], again.headers["Location"], with_another_token.headers["Location"]} == {first.headers["Location"]}
    assert poster.acts() == 1


def test_another_body_under_the_same_key_is_a_conflict(poster: Poster) -> None:
    poster.post("a")

    assert poster.post("b").status_code == 409
    assert poster.post("a", extra="1").status_code == 409
    assert poster.acts() == 1


@pytest.mark.parametrize("forged", ["", "x", ".", "abc.def", "ੳ.ੳ", "a" * 5000, "a.\ud800", "\x00.\x00"])
def test_a_key_that_is_not_ours_is_refused(poster: Poster, forged: str) -> None:
    poster.key = forged.encode("utf-8", "surrogatepass")

    assert poster.post().status_code == 400
    assert poster.acts() == 0


def test_a_form_sent_back_with_its_errors_leaves_the_key_free(poster: Poster) -> None:
    wrong = poster.post("wrong")

    right = poster.post("a")

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert poster.acts() == 1


def test_a_form_that_broke_leaves_nothing_and_the_key_free(poster: Poster) -> None:
    broken = poster.post("broken")
    after_it_broke = poster.acts()

    right = poster.post("a")

    assert (broken.status_code, after_it_broke) == (500, 0)
    assert right.status_code == 303
    assert poster.acts() == 1


def test_twenty_posts_of_one_key_at_the_same_moment_act_once(poster: Poster, counting: Flask) -> None:
    def post(number: int) -> tuple[int, str]:
        client = counting.test_client()
        client.set_cookie("seed", poster.client.get_cookie("seed").value)
        answer = client.post("/test/count", data={"csrf_token": poster.token, "form_key": poster.key, "text": "a"})
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(post, range(20)))

    assert len(answers) == 1
    assert answers.pop()[0] == 303
    assert poster.acts() == 1


def test_a_key_is_good_for_one_place_only(poster: Poster) -> None:
    poster.post()

    elsewhere = poster.client.post("/test/count?other=1", data={"csrf_token": poster.token, "form_key": poster.key, "text": "a"})

    assert elsewhere.status_code in (303, 409)
    assert poster.acts() == 1
