"""flask providers: the operator registers an office's gateway, stops it and lets it receive again (P26)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from msewa.catalogue.models import CatalogueProvider
from msewa.catalogue.queries import is_registered
from msewa.crypto.jose import new_provider_pair
from msewa.delivery.queries import can_receive, find_active_key, get_package_state
from msewa.extensions import db, writing
from msewa.outbox import worker
from msewa.outbox.models import OutboxItem
from msewa.web.clock import now
from tests.delivery.conftest import NOW, PretendDepartments, opened, register, send_off
from tests.delivery.samples import A, B

pytestmark = pytest.mark.promise("P26")
ENDPOINT = "https://department.example.org/packages"
MOVED = "https://moved.example.org/packages"


def run(app: Flask, *arguments: str) -> Any:
    app.extensions.pop("catalogue", None)
    return app.test_cli_runner().invoke(args=["providers", *arguments])


def key_file(folder: Path, content: Any) -> str:
    path = folder / "key.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_an_office_that_is_registered_gets_what_only_it_can_open(departments: PretendDepartments, room: Flask, tmp_path: Path) -> None:
    public, private = new_provider_pair("health-2026")

    result = run(room, "register", "health", "--endpoint", ENDPOINT, "--key", key_file(tmp_path, public), "--agreement", "HFW/7")
    send_off(A)
    worker.run_due(now=NOW)

    assert (result.exit_code, result.output) == (0, f"health receives applications at {ENDPOINT} now.\n")
    assert opened(departments.taken[0].jwe, private=private)["id"] == A
    assert find_active_key("health").agreement == "HFW/7"


PUBLIC, PRIVATE = new_provider_pair("k1")
RIGHT = {"provider": "health", "endpoint": ENDPOINT, "key": PUBLIC, "agreement": "1"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"provider": "nobody"}, "There is no office 'nobody'"),
        ({"endpoint": "http://department.example.org"}, "The endpoint must begin with https://."),
        ({"endpoint": "https://[::1"}, "The endpoint must be a web address"),
        ({"endpoint": f"{ENDPOINT}?{'x' * 300}"}, "The endpoint is longer than 300 signs."),
        ({"agreement": ""}, "Name the agreement in 1 to 40 signs."),
        ({"agreement": "x" * 41}, "Name the agreement in 1 to 40 signs."),
        ({"key": "-----BEGIN PUBLIC KEY-----"}, "The key is no JSON"),
        ({"key": []}, "The key is no JWK"),
        ({"key": {"keys": [PUBLIC]}}, "The key is no JWK"),
        ({"key": PRIVATE}, "This is a private key"),
        ({"key": {**PUBLIC, "kid": ""}}, "The key has no name"),
        ({"key": {**PUBLIC, "kid": 7}}, "The key has no name"),
        ({"key": {**PUBLIC, "crv": "P-521"}}, "it must be an EC key on P-256"),
        ({"key": {"kty": "EC", "kid": "k"}}, "it must be an EC key on P-256"),
        ({"key": {"kty": 5, "kid": "k"}}, "it must be an EC key on P-256"),
    ],
)
def test_what_is_wrong_with_a_registration_is_said_in_one_line(room: Flask, tmp_path: Path, wrong: dict[str, Any], sentence: str) -> None:
    before = find_active_key("health")
    one = {**RIGHT, **wrong}

    key = key_file(tmp_path, one["key"])

    result = run(room, "register", one["provider"], "--endpoint", one["endpoint"], "--key", key, "--agreement", one["agreement"])

    assert result.exit_code == 1
    assert sentence in result.output
    assert result.output.count("\n") == 1
    assert find_active_key("health") is before


def test_a_stopped_office_gets_nothing_until_it_is_reinstated(departments: PretendDepartments, room: Flask) -> None:
    register("health")
    send_off(A)

    stopped = run(room, "suspend", "health", "--why", "Its system was broken into")
    again = run(room, "suspend", "health", "--why", "Once more")
    listed = run(room, "list")
    worker.run_due(now=NOW)
    waiting = (get_package_state(A).state, len(departments.taken), can_receive("health"))
    db.session.rollback()
    back = run(room, "reinstate", "health")
    worker.run_due(now=NOW + timedelta(seconds=1))

    assert (stopped.exit_code, again.exit_code, back.exit_code) == (0, 1, 0)
    assert "health is stopped already." in again.output
    assert "health  receives  stopped: Its system was broken into" in listed.output
    assert waiting == ("waiting", 0, False)
    assert [parcel.id for parcel in departments.taken] == [A], "what waited goes at once, not at its next try"
    assert "stopped" not in run(room, "list").output


def test_a_new_key_is_refused_while_what_waits_is_closed_to_another(departments: PretendDepartments, room: Flask, tmp_path: Path) -> None:
    public, private = new_provider_pair("k1")
    same_name, _ = new_provider_pair("k1")
    renamed = {**public, "kid": "k2"}

    def move(key: Any, *more: str) -> Any:
        return run(room, "register", "health", "--endpoint", MOVED, "--key", key_file(tmp_path, key), "--agreement", "2", *more)

    run(room, "register", "health", "--endpoint", ENDPOINT, "--key", key_file(tmp_path, public), "--agreement", "1")
    send_off(A)
    refused = [move(same_name), move(renamed)]
    kept = find_active_key("health").endpoint
    db.session.rollback()
    moved, opening = move(public), move(same_name, "--old-key-opens")
    worker.run_due(now=NOW)
    free = move(renamed)

    sentence = "Error: Packages that wait for health, closed to its earlier key: 1; let them go before, or say --old-key-opens"
    assert [(one.exit_code, one.output.startswith(sentence), one.output.count("\n")) for one in refused] == [(1, True, 1)] * 2
    assert kept == ENDPOINT
    assert [one.exit_code for one in (moved, opening, free)] == [0, 0, 0]
    assert opened(departments.taken[0].jwe, private=private)["id"] == A


def test_an_office_off_the_register_is_not_said_to_receive(room: Flask, tmp_path: Path) -> None:
    with writing():
        db.session.execute(update(CatalogueProvider).where(CatalogueProvider.id == "health").values(is_registered=False))
        db.session.commit()

    moved = run(room, "register", "health", "--endpoint", ENDPOINT, "--key", key_file(tmp_path, PUBLIC), "--agreement", "1")

    assert moved.output.endswith(" But it is off the register.\n")
    assert "health  receives  off the register\n" in run(room, "list").output


def test_what_was_given_up_during_a_long_stop_goes_first_when_it_ends(departments: PretendDepartments, room: Flask) -> None:
    register("health")
    send_off(A)
    send_off(B, now=NOW + timedelta(days=20))
    run(room, "suspend", "health", "--why", "x")
    for quarter in range(4 * 32):
        worker.run_due(now=NOW + quarter * timedelta(hours=6))
    shown = (get_package_state(A).state, get_package_state(B).state)
    db.session.rollback()
    moment = now()

    run(room, "reinstate", "health")
    begun_at = db.session.scalar(select(OutboxItem.created_at).where(OutboxItem.reference == A))
    worker.run_due(now=NOW + timedelta(days=32))

    assert shown == ("attention", "waiting")
    assert begun_at >= moment, "the 30 days begin anew"
    assert [parcel.id for parcel in departments.taken] == [A, B]


def test_an_office_that_is_unknown_or_not_stopped_is_said_in_one_line(room: Flask) -> None:
    unknown = run(room, "suspend", "nobody", "--why", "x")
    nobody = run(room, "reinstate", "nobody")
    not_stopped = run(room, "reinstate", "health")

    assert [one.exit_code for one in (unknown, nobody, not_stopped)] == [1, 1, 1]
    assert "There is no office 'nobody'" in unknown.output
    assert "There is no office 'nobody'" in nobody.output
    assert "health is not stopped." in not_stopped.output
    assert is_registered("health")


def test_a_stop_outlives_a_new_key_and_a_load_of_the_catalogue(room: Flask, tmp_path: Path) -> None:
    run(room, "suspend", "health", "--why", "x")

    moved = run(room, "register", "health", "--endpoint", ENDPOINT, "--key", key_file(tmp_path, PUBLIC), "--agreement", "1")
    room.test_cli_runner().invoke(args=["catalogue", "load"])

    assert "But it is stopped." in moved.output
    assert not can_receive("health")
    assert "health  receives  stopped: x" in run(room, "list").output
