"""What her own page of everything costs with a long history, beside the pages she opens every day."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import brotli
from sqlalchemy import insert

from msewa import create_app
from msewa.accounts.queries import find_account_id, get_subject
from msewa.applications.models import Application
from msewa.applications.references import new_reference
from msewa.catalogue.queries import catalogue
from msewa.config import Settings
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db, writing
from msewa.ledger.operations import checkpoint, record
from msewa.ledger.rules import Actor, Kind
from msewa.web.keys import key_wrapper
from tests.bench.cost import beside_floor
from tests.served import Served, seconds_per_request

RAMESH = "+916280014702"
APPLICATIONS, LOOKS, REQUESTS, ROUNDS = 200, 5000, 300, 3
PAGE_MOST = 4096
BESIDE = ("/applications", "/profile")
OWN = ("/privacy", "/privacy/looks", "/privacy/shared")


def fill(data: Path) -> None:
    """Give a person of a prepared demonstration 200 sent applications, and 5,000 looks by officers."""
    app = create_app(Settings(mode="demo", data=data))
    with app.app_context(), writing():
        account_id, now = find_account_id(mobile=RAMESH) or "", app.extensions["clock"].now()
        services = list(catalogue().services.values())
        for number in range(APPLICATIONS):
            service, at, row_id = services[number % len(services)], now - timedelta(hours=number), secrets.token_hex(16)
            row = {"id": row_id, "reference": new_reference(), "account_id": account_id, "state": "received", "language": "hi"}
            row |= {"service_id": service.id, "service_version": service.version, "provider_id": service.provider, "digest": "0" * 64}
            moments = {"created_at": at, "updated_at": at, "submitted_at": at, "due_on": None}
            key = key_wrapper().wrap(new_data_key(), subject=row_id)
            db.session.execute(insert(Application).values(**row, **moments, data_key=key))
        subject, officer = get_subject(account_id), Actor(Kind.OFFICER, "f" * 32, "health")
        for number in range(LOOKS):
            at = now - timedelta(minutes=LOOKS - number)
            record("looked", subject=subject, actor=officer, now=at, fields=("full_name",), reason="Checking an application")
        checkpoint(now)
        db.session.commit()
        db.engine.dispose()


def report(served: Served, *, cookie: str, folder: Path) -> Iterator[str]:
    """Yield the cost of her dashboard beside its floor, and of her pages beside the others, and what they weigh."""
    yield beside_floor(served, "/privacy", cookie=cookie, name="Ramesh", folder=folder)
    best = {path: 1.0 for path in (*BESIDE, *OWN)}
    for _ in range(ROUNDS):
        for path, seconds in best.items():
            best[path] = min(seconds, seconds_per_request(served, path, cookie=cookie, requests=REQUESTS))
    dearest = max(best[path] for path in BESIDE)
    for path in OWN:
        sizes = [len(brotli.compress(served.get(f"{path}?lang={lang}", cookie=cookie)[1], quality=7)) for lang in ("en", "pa", "hi")]
        ratio = f"{best[path] / dearest:.2f} of the dearest of {', '.join(BESIDE)}"
        yield f"{path}, {APPLICATIONS} applications, {LOOKS} looks: {best[path] * 1e6:.0f} us, {ratio}; {max(sizes)} B of {PAGE_MOST}"
