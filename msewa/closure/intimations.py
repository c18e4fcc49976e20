"""Telling providers that somebody has left: to each its own applications' ids, closed to its key, through the outbox."""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from msewa.catalogue import queries as catalogue
from msewa.closure.models import ClosureIntimation
from msewa.closure.rules import Wish
from msewa.consents.records import pairwise_id
from msewa.crypto.canonical import canonical
from msewa.crypto.jose import encrypt_package, sign_package
from msewa.crypto.keyring import Purpose
from msewa.delivery.gateway import Departments, Parcel
from msewa.delivery.queries import find_active_key
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.outbox import operations as outbox
from msewa.web.clock import day_of
from msewa.web.keys import key_ring

TOPIC = "closure.tell"
SERVICE = "service"  # the purpose under which a provider knows her


class Sent(NamedTuple):
    """One application that a provider has, or will have, and whether it was taken back, by now or before."""

    provider_id: str
    application_id: str
    is_withdrawn: bool


class Told(NamedTuple):
    """A provider, how many applications of hers it has, and whether word for it waits in the outbox (it has a key)."""

    provider_id: str
    applications: int
    queued: bool


def tell_providers(sent: Iterable[Sent], *, subject: Subject, wish: Wish, now: datetime) -> list[Told]:
    """Have each provider told which of its applications belong to somebody who has left, and what she wished for them."""
    by_provider: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        by_provider[one.provider_id].append(one)
    return [
        Told(name, len(its), _put(name, its, subject=subject, wish=_wish_for(its, wish=wish), now=now))
        for name, its in sorted(by_provider.items())
    ]


def list_arrivals(provider_ids: Collection[str], *, deleted_at: datetime) -> dict[str, datetime | None]:
    """Return of each provider when it took the word of a leaving at `deleted_at` (of that second); None while it is on its way.

    Of several who left in one second no receipt tells which is whose: there all have to have arrived.
    """
    of_then = (ClosureIntimation.made_at >= deleted_at, ClosureIntimation.made_at < deleted_at + timedelta(seconds=1))
    chosen = select(ClosureIntimation.provider_id, ClosureIntimation.accepted_at)
    moments: dict[str, list[datetime | None]] = defaultdict(list)
    for provider_id, accepted_at in db.session.execute(chosen.where(ClosureIntimation.provider_id.in_(provider_ids), *of_then)):
        moments[provider_id].append(accepted_at)
    return {name: None if None in its else max(filter(None, its)) for name, its in moments.items()}


def _wish_for(sent: list[Sent], *, wish: Wish) -> Wish:
    """Return what she wishes of one office: where she named some applications, whether any of them is with it."""
    if wish is not Wish.SOME:
        return wish
    return Wish.WITHDRAW if all(one.is_withdrawn for one in sent) else Wish.FINISH


def _put(provider_id: str, sent: list[Sent], *, subject: Subject, wish: Wish, now: datetime) -> bool:
    key = find_active_key(provider_id)
    if key is None:
        return False
    intimation_id = secrets.token_hex(16)
    payload = {
        "kind": "account_deleted",
        # For each provider another: two of them can not find out that they mean the same person.
        "subject": pairwise_id(subject, recipient=provider_id, purpose_id=SERVICE),
        "applications": [one.application_id for one in sent],
        # Named one by one: a wish that offices finish what is open is none for what she took back before.
        "withdrawn": [one.application_id for one in sent if one.is_withdrawn],
        "wish": wish,
        "deleted_on": day_of(now).isoformat(),
    }
    body = _framed(intimation_id, provider_id, payload, now=now)
    jwe = encrypt_package(sign_package(body, signing=key_ring().active(Purpose.SIGNING)), to=key.public_jwk)
    db.session.add(ClosureIntimation(id=intimation_id, provider_id=provider_id, jwe=jwe, made_at=now))
    db.session.flush()
    outbox.put(TOPIC, intimation_id, now=now)
    return True


def _framed(intimation_id: str, provider_id: str, payload: dict[str, Any], *, now: datetime) -> bytes:
    """Return what is signed: in the frame of an application's package, so that a provider opens both alike."""
    text = json.dumps(payload)
    return canonical({"id": intimation_id, "provider": provider_id, "submitted_at": now.isoformat(), "payload": text, "papers": []})


def telling(departments: Callable[[], Departments]) -> outbox.Errand:
    """Return the worker's errand of this feature, over the departments of the day."""

    def hand_over(parcel: Parcel) -> str:
        return departments().post(parcel)

    return outbox.Errand(pack=_pack, call=hand_over, note=_note)


def _pack(reference: str, *, now: datetime) -> Parcel | None:
    intimation = db.session.get(ClosureIntimation, reference)
    if intimation is None or intimation.jwe is None:
        return None
    key = find_active_key(intimation.provider_id)
    if key is None or not catalogue.is_registered(intimation.provider_id):
        # Suspended, or without a key just now: the word waits, as its packages do.
        raise outbox.TryLaterError
    return Parcel(id=intimation.id, provider_id=intimation.provider_id, endpoint=key.endpoint, jwe=intimation.jwe)


def _note(reference: str, receipt: str | None, *, now: datetime) -> None:
    intimation = db.session.get(ClosureIntimation, reference)
    if intimation is not None and receipt is not None:
        intimation.accepted_at, intimation.jwe = now, None
