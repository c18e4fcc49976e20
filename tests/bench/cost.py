"""What a signed-in list page costs beside its floor, both in one run, as the server's processor time for a request."""

import os
import secrets
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from msewa import create_app
from msewa.accounts.queries import find_account_id
from msewa.applications.models import Application
from msewa.applications.references import new_reference
from msewa.catalogue.queries import catalogue
from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.start import prepare
from tests.bench import floor
from tests.ports import free_port
from tests.served import Served, seconds_per_request

ROWS, REQUESTS, ROUNDS, MOST = 20, 600, 3, 2.0
HARJINDER = "+916280014701"


def fill(data: Path) -> None:
    """Prepare a demonstration in `data`, with twenty sent applications of its first citizen."""
    app = create_app(Settings(mode="demo", data=data))
    prepare(app)
    with app.app_context(), writing():
        account_id = find_account_id(mobile=HARJINDER)
        now = app.extensions["clock"].now()
        for number, service in enumerate(list(catalogue().services.values())[:ROWS]):
            row = {"state": "submitted", "language": "en", "data_key": secrets.token_bytes(64), "due_on": now.date() + timedelta(days=21)}
            row |= {"service_id": service.id, "service_version": service.version, "provider_id": service.provider}
            at = now - timedelta(days=number)
            moments = {"created_at": at, "updated_at": at, "submitted_at": at}
            row |= {"id": secrets.token_hex(16), "reference": new_reference(), "account_id": account_id, "digest": "0" * 64}
            db.session.add(Application(**row, **moments))
        db.session.commit()
        db.engine.dispose()


def report(served: Served, *, cookie: str, folder: Path) -> Iterator[str]:
    """Yield the cost of /applications, of its floor, and their ratio."""
    yield beside_floor(served, "/applications", cookie=cookie, name="Harjinder", folder=folder)


def beside_floor(served: Served, path: str, *, cookie: str, name: str, folder: Path) -> str:
    """Return a line with the cost of a page of `name`, of its floor, and their ratio: the median of rounds taken in turn."""
    _, page = served.get(path, cookie=cookie)
    folder.mkdir()
    floor.prepare(folder, page=page.decode(), name=name, rows=ROWS)
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "1"]
    environment = {**os.environ, "MSEWA_FLOOR": str(folder)}
    with Served([*command, "--no-ws", "tests.bench.floor:app"], port=port, environment=environment, ready_path="/") as bare:
        pairs = [
            (
                seconds_per_request(served, path, cookie=cookie, requests=REQUESTS),
                seconds_per_request(bare, path, cookie="sid=t", requests=REQUESTS),
            )
            for _ in range(ROUNDS)
        ]
    ours, bare_cost = sorted(pairs, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
    ratio = ours / bare_cost
    return f"{path}, signed in: {ours * 1e6:.0f} us, floor {bare_cost * 1e6:.0f} us, ratio {ratio:.2f} of at most {MOST} ({len(page)} B)"
