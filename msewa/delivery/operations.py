"""Sending an application to its provider: only to a registered one, closed to its key, through the outbox."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, delete, select, update

from msewa.catalogue import queries as catalogue
from msewa.catalogue.operations import announce
from msewa.crypto.canonical import canonical
from msewa.crypto.jose import encrypt_package, sign_package
from msewa.crypto.keyring import Purpose
from msewa.delivery.gateway import Departments, Parcel
from msewa.delivery.models import Package, ProviderKey
from msewa.delivery.queries import find_active_key
from msewa.delivery.rules import find_endpoint_problem
from msewa.extensions import db
from msewa.outbox import operations as outbox
from msewa.web import journal
from msewa.web.keys import key_ring

TOPIC = "delivery.send"
DELIVERED_TOPIC = "applications.delivered"
ORPHAN = ""  # in place of a package's digest: its applicant has left

Papers = Sequence[tuple[str, str, bytes]]  # name, media type, content


class ProviderNotRegisteredError(Exception):
    """The provider is not registered, is suspended, or has no key of its own: nothing is sent (P26)."""


class EndpointRefusedError(ValueError):
    """A provider's endpoint is not acceptable; the message says why (P74)."""


def register_provider(
    provider_id: str, *, endpoint: str, public_jwk: dict[str, Any], agreement: str, now: datetime, is_demo: bool = False
) -> None:
    """Let a provider receive packages at `endpoint`, closed to its key from now on. Raises EndpointRefusedError, PackageError."""
    problem = find_endpoint_problem(endpoint, is_demo=is_demo)
    if problem:
        raise EndpointRefusedError(problem)
    encrypt_package("", to=public_jwk)  # a key that nothing can be closed to is refused here, not at the first application
    db.session.execute(update(ProviderKey).where(ProviderKey.provider_id == provider_id).values(active=False))
    key = ProviderKey(
        provider_id=provider_id,
        kid=public_jwk["kid"],
        public_jwk=public_jwk,
        endpoint=endpoint,
        agreement=agreement,
        accepted_at=now,
        active=True,
    )
    # Merged: a provider may go back to a key that it had before.
    db.session.merge(key)
    announce()
    let_all_go(provider_id, now=now)


def dispatch(application_id: str, *, provider_id: str, payload: bytes, papers: Papers, now: datetime) -> None:
    """Close an application's payload (canonical JSON, sent byte for byte) and papers to its provider, and have it sent.

    Calling it again changes nothing. Raises ProviderNotRegisteredError, and then nothing is kept.
    """
    body = _body(application_id, provider_id=provider_id, payload=payload, papers=papers, now=now)
    _post(body, Package(application_id=application_id, provider_id=provider_id, digest=_digest(payload), created_at=now))


def follow_up(word_id: str, *, application_id: str, provider_id: str, payload: bytes, now: datetime) -> None:
    """Send a provider a later word about an application it was sent: its correction, its withdrawal; as `dispatch` otherwise."""
    body = _body(word_id, provider_id=provider_id, payload=payload, papers=(), now=now)
    word = Package(application_id=word_id, concerns=application_id, provider_id=provider_id, digest=_digest(payload), created_at=now)
    _post(body, word)


def _post(body: bytes, package: Package) -> None:
    if db.session.get(Package, package.application_id) is not None:
        return
    key = _key_of_registered(package.provider_id)
    # Signed within, closed without: on the way nobody can take our signature off and put another there.
    package.jwe = encrypt_package(sign_package(body, signing=key_ring().active(Purpose.SIGNING)), to=key.public_jwk)
    db.session.add(package)
    db.session.flush()
    outbox.put(TOPIC, package.application_id, now=package.created_at)


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def recall(application_id: str) -> bool:
    """Empty a package that its provider has not accepted; False when it is too late for that.

    Its errand stays: one that is on the road just now still notes what the provider answers.
    """
    waiting = update(Package).where(Package.application_id == application_id, Package.accepted_at.is_(None))
    return cast("CursorResult[Any]", db.session.execute(waiting.values(jwe=None))).rowcount == 1


def recall_untried(application_ids: Iterable[str]) -> set[str]:
    """Empty the packages of these applications that have not left; return those that nobody has ever tried to hand over.

    Their errands are held until the caller's transaction ends, so that no worker sets out with one meanwhile.
    """
    untried = outbox.hold_untried(TOPIC, application_ids)
    recalled = {one for one in application_ids if recall(one)} & untried
    # Later words wait behind their application: an office that never had that gets none about it.
    for word in db.session.scalars(select(Package.application_id).where(Package.concerns.in_(recalled))).all():
        recall(word)
    return recalled


def let_all_go(provider_id: str, *, now: datetime) -> None:
    """Let what waits for a provider go now, what was given up after 30 days too: a person has seen to it."""
    outbox.revive_these(TOPIC, _waiting_for(provider_id), now=now)
    _hasten_waiting(provider_id)


def _hasten_waiting(provider_id: str) -> None:
    """Let the oldest hundred packages that were tried in vain go to a provider now."""
    outbox.hasten(TOPIC, db.session.scalars(_waiting_for(provider_id).order_by(Package.created_at).limit(100)).all())


def _waiting_for(provider_id: str) -> Select[str]:
    return select(Package.application_id).where(Package.provider_id == provider_id, Package.accepted_at.is_(None))


def let_finish(application_ids: Iterable[str]) -> None:
    """Let what waits for its provider still go there after its applicant has left: closed to the provider, and gone once it is taken."""
    waiting = update(Package).where(
        Package.application_id.in_(list(application_ids)), Package.accepted_at.is_(None), Package.jwe.is_not(None)
    )
    db.session.execute(waiting.values(digest=ORPHAN))


def forget(application_ids: Iterable[str]) -> None:
    """Remove packages, later words and the work that waits for them, but for those that `let_finish` lets go on."""
    asked = list(application_ids)
    ids = [*asked, *db.session.scalars(select(Package.application_id).where(Package.concerns.in_(asked)))]
    going_on = list(db.session.scalars(select(Package.application_id).where(Package.application_id.in_(ids), Package.digest == ORPHAN)))
    gone = [one for one in ids if one not in set(going_on)]
    db.session.execute(delete(Package).where(Package.application_id.in_(gone)))
    outbox.drop_all(TOPIC, gone)
    # Of those that go on, too: nobody is left who would be told of the delivery.
    outbox.drop_all(DELIVERED_TOPIC, ids)


def sending(departments: Callable[[], Departments]) -> outbox.Errand:
    """Return the worker's errand of this feature, over the departments of the day."""

    def hand_over(parcel: Parcel) -> str:
        return departments().post(parcel)

    return outbox.Errand(pack=_pack, call=hand_over, note=_note)


def _key_of_registered(provider_id: str) -> ProviderKey:
    key = find_active_key(provider_id)
    if key is None or not catalogue.is_registered(provider_id):
        journal.event("delivery_refused", provider=provider_id, kind="no key" if key is None else "not registered")
        raise ProviderNotRegisteredError(provider_id)
    return key


def _body(application_id: str, *, provider_id: str, payload: bytes, papers: Papers, now: datetime) -> bytes:
    content = {
        "id": application_id,
        "provider": provider_id,
        "submitted_at": now.isoformat(),
        # As text: the provider sees and can hash the very bytes that the citizen reviewed.
        "payload": payload.decode(),
        "papers": [
            {
                "name": name,
                "media_type": media_type,
                "sha256": hashlib.sha256(data).hexdigest(),
                "data": base64.b64encode(data).decode(),
            }
            for name, media_type, data in papers
        ],
    }
    return canonical(content)


def _pack(reference: str, *, now: datetime) -> Parcel | None:
    package = db.session.get(Package, reference)
    if package is None or package.jwe is None:
        return None
    # Asked again at the door: a provider suspended since gets nothing, and the citizen sees it waiting.
    key = _key_of_registered(package.provider_id)
    return Parcel(id=package.application_id, provider_id=package.provider_id, endpoint=key.endpoint, jwe=package.jwe)


def _note(reference: str, receipt: str | None, *, now: datetime) -> None:
    if receipt is None:
        return
    package = db.session.get(Package, reference)
    if package is None:
        return  # its applicant left while it was on the road
    if package.digest == ORPHAN:
        db.session.delete(package)
        outbox.drop_all(TOPIC, [reference])  # it is named by the application, which is gone
        return
    package.accepted_at, package.receipt, package.jwe = now, receipt, None
    # It answers again: what waits for it goes now, in order, a hundred after each that was taken.
    _hasten_waiting(package.provider_id)
    outbox.put(DELIVERED_TOPIC, reference, now=now)
