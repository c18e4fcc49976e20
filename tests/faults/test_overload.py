"""Slow, silent and greedy clients, and slow gateways: others keep their pace (F16, F20)."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import Throttle
from msewa.accounts.routes.crowd import (
    HASHING,
    MOST_AT_ONCE,
    MOST_OF_ONE_ADDRESS,
    MOST_OF_ONE_BROWSER,
    MOST_STRANGERS,
    MOST_STRANGERS_WAITING,
    PATIENCE_SECONDS,
    Guest,
    Room,
    room,
)
from msewa.crypto.passwords import at_once
from msewa.extensions import db, writing
from msewa.notifications.gateway import Letter
from msewa.notifications.operations import send
from msewa.outbox import worker
from tests.accounts.walking import sign_in as walk_in
from tests.faults.serving import Server, served
from tests.people import PROFILE, sign_in, somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])
FORM = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HALF = {
    "a half-sent head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "a silent client": b"",
    "a form that never ends": FORM + b"Content-Length: 1000\r\n\r\nmobile=",
    "chunks that never end": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nmobil\r\n",
}


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    with served(app) as running:
        yield running


@ONE
@pytest.mark.parametrize("kind", HALF)
def test_forty_clients_that_never_finish_hold_up_nobody(server: Server, kind: str) -> None:
    with ExitStack() as open_ones:
        for _ in range(40):
            connection = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
            connection.sendall(HALF[kind])
        time.sleep(0.2)
        began = time.monotonic()
        statuses = [server.ask("/services", timeout=5)[0] for _ in range(5)]
        spent = time.monotonic() - began

    assert statuses == [200] * 5
    assert spent < 4


@ONE
@pytest.mark.parametrize("size", ["Content-Length: 99999999", "Transfer-Encoding: chunked"])
def test_a_huge_body_is_refused_early_and_others_are_served(server: Server, size: str) -> None:
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n{size}\r\n\r\n".encode()
    piece = b"a" * 65536
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head)
        try:
            while sent < 40_000_000:
                connection.sendall(b"10000\r\n" + piece + b"\r\n" if "chunked" in size else piece)
                sent += len(piece)
        except OSError:
            pass
        try:
            status = connection.recv(64)
        except OSError:
            status = b""

    assert sent < 40_000_000 or b" 413 " in status or b" 400 " in status
    assert server.ask("/services")[0] == 200


@ONE
@pytest.mark.parametrize(
    "smuggled",
    [
        FORM + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET http://evil.example.org/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G" * 70_000,
    ],
)
def test_a_request_with_two_meanings_gets_one_answer_or_none(server: Server, smuggled: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(smuggled)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            pass

    assert answer.count(b"HTTP/1.1 200") <= 1
    assert b"/smuggled" not in answer
    assert b" 500 " not in answer[:200]
    assert server.ask("/health/live")[0] == 200


def test_a_slow_gateway_holds_up_no_page(app: Flask, client: StrictClient) -> None:
    class Slow:
        def send(self, letter: Letter) -> None:
            time.sleep(1.5)

    sign_in(client, somebody(app, profile=PROFILE))
    fields = client.page("/profile/identity").fields("profile-identity")
    with app.app_context(), writing():
        for _ in range(2):
            send(
                "code_register",
                to="+917000000447",
                channel="sms",
                language="en",
                values={"code": "123456"},
                now=app.extensions["clock"].now(),
            )
        db.session.commit()
    courier, app.extensions["courier"] = app.extensions["courier"], Slow()

    def work() -> None:
        with app.app_context():
            worker.run_due(now=app.extensions["clock"].now())

    thread = threading.Thread(target=work)
    try:
        thread.start()
        time.sleep(0.2)
        began = time.monotonic()
        read, written = client.get("/profile").status_code, client.post("/profile/identity", data=fields).status_code
        spent = time.monotonic() - began
    finally:
        thread.join()
        app.extensions["courier"] = courier

    assert (read, written) == (200, 303)
    assert spent < 1.4


def test_a_crowd_that_signs_in_leaves_room_for_readers_and_counts_no_try_of_whom_it_sends_away(app: Flask, client: StrictClient) -> None:
    known = somebody(app)
    fields = client.page("/sign-in?lang=pa").fields("sign-in")
    seed = client.get_cookie("seed")
    assert seed is not None

    def press(number: int) -> tuple[int, str | None, str]:
        browser = app.test_client()
        browser.set_cookie("seed", seed.value)
        answer = browser.post("/sign-in?lang=pa", data=fields | {"mobile": f"70443{number:05d}", "password": "no such password"})
        return answer.status_code, answer.headers.get("Retry-After"), answer.text

    with ThreadPoolExecutor(MOST_OF_ONE_ADDRESS + 6) as threads:
        with at_once, at_once:
            pressed = [threads.submit(press, number) for number in range(MOST_OF_ONE_ADDRESS + 6)]
            patience = time.monotonic() + 20
            while sum(one.done() for one in pressed) < 6:
                assert time.monotonic() < patience
                time.sleep(0.02)
            sent_away = [one.result() for one in pressed if one.done()]
            tries = count_tries(app)
            read = client.get("/services").status_code
        waited = [one.result()[0] for one in pressed if one.result()[0] != 503]

    assert [(status, later) for status, later, _ in sent_away] == [(503, "30")] * 6
    assert all('lang="pa"' in text for _, _, text in sent_away)
    assert (read, waited) == (200, [422] * MOST_OF_ONE_ADDRESS)
    assert tries <= 2 * MOST_OF_ONE_ADDRESS, "whom we sent away has not tried"
    sign_in(client, known)


def test_a_full_address_leaves_places_to_other_addresses_and_to_known_browsers() -> None:
    room, full = Room(), Guest("192.0.2.7", is_known=False)
    inside = [room.take(full) for _ in range(MOST_OF_ONE_ADDRESS)]
    elsewhere = [room.take(Guest(f"192.0.2.{number}", is_known=False)) for number in range(20, 20 + MOST_STRANGERS - MOST_OF_ONE_ADDRESS)]
    known = [room.take(Guest(f"browser {number}", is_known=True)) for number in range(MOST_AT_ONCE - MOST_STRANGERS)]

    assert all(inside + elsewhere + known)


def test_a_known_browser_takes_few_places_itself() -> None:
    room, known = Room(), Guest("browser", is_known=True)
    inside = [room.take(known) for _ in range(MOST_OF_ONE_BROWSER)]

    assert inside == [True] * MOST_OF_ONE_BROWSER
    assert not room.take(known)


def test_whoever_finds_no_place_waits_a_moment_for_the_next() -> None:
    room, one = Room(), Guest("192.0.2.7", is_known=False)
    for _ in range(MOST_OF_ONE_ADDRESS):
        room.take(one)

    with ThreadPoolExecutor(MOST_STRANGERS_WAITING + 1) as threads:
        waiting = [threads.submit(room.take, one) for _ in range(MOST_STRANGERS_WAITING + 1)]
        time.sleep(PATIENCE_SECONDS / 5)
        refused = [one.result() for one in waiting if one.done()]
        for _ in range(MOST_STRANGERS_WAITING):
            room.give_back(one)
        let_in = [one.result() for one in waiting]

    assert refused == [False]
    assert sorted(let_in) == [False] + [True] * MOST_STRANGERS_WAITING


@ONE
def test_a_known_browser_signs_in_while_strangers_from_its_address_crowd_in(app: Flask, client: StrictClient) -> None:
    person = somebody(app)
    walk_in(client, person)
    client.post("/sign-out", data=client.page("/sign-out").fields("leave"))
    crowd = Guest("127.0.0.1", is_known=False)
    for _ in range(MOST_OF_ONE_ADDRESS):
        room.take(crowd)
    stranger = StrictClient.of(app)

    try:
        sent_away = stranger.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
        known = client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    finally:
        for _ in range(MOST_OF_ONE_ADDRESS):
            room.give_back(crowd)

    assert (sent_away.status_code, known.status_code) == (503, 303)


def count_tries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Throttle)) or 0


@ONE
def test_every_form_of_the_room_is_there(app: Flask) -> None:
    assert set(app.view_functions) >= HASHING
