"""Registering portals, giving them a code and taking it back."""

import secrets
from datetime import datetime

from sqlalchemy import delete

from msewa.accounts.looking import look
from msewa.crypto.envelope import seal_json
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Kind, Subject, SubjectKey
from msewa.tracker.models import TrackerClient, TrackerCode
from msewa.tracker.queries import Client, find_client, place_of
from msewa.tracker.rules import ADDRESS


class ClientError(Exception):
    """A portal can not be registered or ended; the message says why in one line."""


def register(address: str, *, name: str, now: datetime) -> str:
    """Let the system with this X-Road client id ask, for citizens who give it a code; return the id of the registration."""
    if not ADDRESS.fullmatch(address):
        raise ClientError("A client id reads INSTANCE/CLASS/MEMBER/SUBSYSTEM, such as IN/GOV/PORTAL/citizens.")
    if find_client(address) is not None:
        raise ClientError(f"{address} is registered already.")
    made = TrackerClient(id=secrets.token_hex(16), address=address, name=name, registered_at=now)
    db.session.add(made)
    db.session.flush()
    return made.id


def end(address: str) -> int:
    """End a registration with every code that citizens gave it; return how many codes."""
    client = find_client(address)
    if client is None:
        raise ClientError(f"{address} is not registered.")
    ended = delete(TrackerCode).where(TrackerCode.client_id == client.id).returning(TrackerCode.code_hash)
    count = len(db.session.scalars(ended).all())
    db.session.execute(delete(TrackerClient).where(TrackerClient.id == client.id))
    return count


def give(client: Client, *, subject: Subject, actor: Actor, now: datetime) -> None:
    """Give a portal a new code for `subject`, in place of any earlier one."""
    _forget(client, subject=subject)
    # By lot and not derived from her id: a new code, or a new account, has nothing in common with an old one.
    code = secrets.token_hex(16)
    sealed = seal_json(subject.key, code, place=place_of(client.id, subject=subject))
    row = TrackerCode(code_hash=token_hash(code), client_id=client.id, account_id=subject.id, sealed=sealed, given_at=now)
    db.session.add(row)
    record("tracker.given", subject=subject, actor=actor, now=now, fields=("ledger",), reason=client.name)


def take_back(client: Client, *, subject: Subject, actor: Actor, now: datetime) -> None:
    """End the code that `subject` gave a portal: its next question is refused."""
    if _forget(client, subject=subject):
        record("tracker.taken_back", subject=subject, actor=actor, now=now, reason=client.name)


def look_for(client: Client, *, account_id: str, now: datetime) -> SubjectKey:
    """Open somebody's ledger for a portal that has her code; the call is a row on her page."""
    actor = Actor(Kind.PROVIDER, client.id)
    return look(account_id, actor=actor, reason=client.name, fields=("ledger",), now=now, act="ledger.read")


def _forget(client: Client, *, subject: Subject) -> bool:
    mine = (TrackerCode.client_id == client.id, TrackerCode.account_id == subject.id)
    return bool(db.session.scalars(delete(TrackerCode).where(*mine).returning(TrackerCode.code_hash)).all())
