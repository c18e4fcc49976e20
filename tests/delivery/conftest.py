"""Providers with keys of their own, and departments to send to."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from msewa.catalogue import operations as catalogue
from msewa.crypto.jose import Jwk, new_provider_pair, open_package, public_jwk
from msewa.crypto.keyring import Purpose
from msewa.delivery.gateway import NotAcceptedError, Parcel
from msewa.delivery.models import ProviderKey
from msewa.delivery.operations import dispatch, register_provider
from msewa.extensions import db, writing
from msewa.web.keys import key_ring
from tests.installation import ROOT

NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
PAYLOAD = '{"fields":{"full_name":"ਹਰਜਿੰਦਰ ਕੌਰ","tehsil":"Tapa"},"service":"birth-certificate"}'.encode()
PAPERS = [("id_proof", "image/png", b"\x89PNG pretend picture")]


@pytest.fixture
def room(app: Flask) -> Iterator[Flask]:
    """An application context; whatever a test did to the register of providers is put back."""
    with app.app_context():
        keys = [dict(row._mapping) for row in db.session.execute(select(*ProviderKey.__table__.columns))]
        departments = app.extensions["departments"]
        db.session.rollback()
        yield app
        app.extensions["departments"] = departments
        db.session.rollback()
        with writing():
            db.session.execute(delete(ProviderKey))
            if keys:
                db.session.execute(insert(ProviderKey), keys)
            catalogue.reinstate_providers()
            db.session.commit()


@dataclass
class PretendDepartments:
    """Takes packages in memory; `answers` decides what happens to each."""

    answers: Callable[[Parcel], str]
    taken: list[Parcel]

    def post(self, parcel: Parcel) -> str:
        """Take one package, or raise what `answers` raises."""
        receipt = self.answers(parcel)
        self.taken.append(parcel)
        return receipt


@pytest.fixture
def departments(room: Flask) -> PretendDepartments:
    """Departments that take everything."""
    pretend = PretendDepartments(lambda parcel: f"R-{parcel.id[:4]}", [])
    room.extensions["departments"] = pretend
    return pretend


def closed(parcel: Parcel) -> str:
    """Answer as a department that is away."""
    raise NotAcceptedError(503)


def register(provider_id: str, *, endpoint: str = "https://department.example.org/packages", kid: str = "k1") -> Jwk:
    """Register a provider with a new key; return its private half."""
    public, private = new_provider_pair(f"{provider_id}-{kid}")
    with writing():
        register_provider(provider_id, endpoint=endpoint, public_jwk=public, agreement="1.0", now=NOW, is_demo="127.0.0.1" in endpoint)
        db.session.commit()
    return private


def send_off(application_id: str, *, provider_id: str = "health", now: datetime = NOW) -> None:
    """Dispatch the sample application."""
    with writing():
        dispatch(application_id, provider_id=provider_id, payload=PAYLOAD, papers=PAPERS, now=now)
        db.session.commit()


def opened(jwe: str, *, private: Jwk) -> dict[str, Any]:
    """Open a package as its provider."""
    return json.loads(open_package(jwe, private=private, sender=public_jwk(key_ring().active(Purpose.SIGNING))))


class RunningDepartment:
    """A department in a process of its own."""

    def __init__(self, key: Path, *arguments: str) -> None:
        command = [sys.executable, str(ROOT / "tests" / "department.py"), "--key", str(key), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.address = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def told(self) -> dict[str, Any]:
        """Ask what it received."""
        with urlopen(self.address, timeout=5) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture
def department(room: Flask, tmp_path: Path) -> Iterator[Callable[..., RunningDepartment]]:
    """Start the health department's system as a process, registered with its key."""
    running: list[RunningDepartment] = []

    def start(*arguments: str) -> RunningDepartment:
        public, private = new_provider_pair("health-process")
        key = tmp_path / "key.json"
        key.write_text(json.dumps({"private": private, "sender": public_jwk(key_ring().active(Purpose.SIGNING))}))
        process = RunningDepartment(key, *arguments)
        running.append(process)
        with writing():
            endpoint = f"{process.address}/packages"
            register_provider("health", endpoint=endpoint, public_jwk=public, agreement="1.0", now=NOW, is_demo=True)
            db.session.commit()
        return process

    yield start
    for process in running:
        process.stop()
