"""Registering portals, giving them a code and taking it back."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select

from msewa.accounts.looking import look
from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.consents.operations import choose
from msewa.consents.rules import Event, Recipient
from msewa.crypto.envelope import seal_json
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.ledger.rules import SYSTEM, Actor, Kind, Subject, SubjectKey
from msewa.tracker.models import TrackerClient, TrackerCode
from msewa.tracker.queries import PURPOSE, Client, find_client, place_of
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


def end(address: str, *, now: datetime) -> int:
    """End a registration with every code that citizens gave it, and tell each of them so; return how many codes."""
    client = find_client(address)
    if client is None:
        raise ClientError(f"{address} is not registered.")
    given = select(TrackerCode.account_id, Account.language).join(Account, Account.id == TrackerCode.account_id)
    givers = db.session.execute(given.where(TrackerCode.client_id == client.id).order_by(TrackerCode.account_id)).all()
    for account_id, language in givers:
        _choose(client, Event.EXPIRED, subject=get_subject(account_id), language=language, actor=SYSTEM, now=now)
    db.session.execute(delete(TrackerCode).where(TrackerCode.client_id == client.id))
    db.session.execute(delete(TrackerClient).where(TrackerClient.id == client.id))
    return len(givers)


def give(client: Client, *, subject: Subject, language: str, actor: Actor, now: datetime) -> None:
    """Give a portal a new code for `subject`, in place of any earlier one; a yes to the words of the purpose in that language."""
    _choose(client, Event.GIVEN, subject=subject, language=language, actor=actor, now=now)
    _forget(client, subject=subject)
    # By lot and not derived from her id: a new code, or a new account, has nothing in common with an old one.
    code = secrets.token_hex(16)
    sealed = seal_json(subject.key, code, place=place_of(client.id, subject=subject))
    row = TrackerCode(code_hash=token_hash(code), client_id=client.id, account_id=subject.id, sealed=sealed, given_at=now)
    db.session.add(row)


def take_back(client: Client, *, subject: Subject, language: str, actor: Actor, now: datetime) -> None:
    """End the code that `subject` gave a portal: its next question is refused."""
    # A second press finds no code, and must not write a second withdrawal.
    if _forget(client, subject=subject):
        _choose(client, Event.WITHDRAWN, subject=subject, language=language, actor=actor, now=now)


def look_for(client: Client, *, account_id: str, now: datetime) -> SubjectKey:
    """Open somebody's ledger for a portal that has her code; the call is a row on her page."""
    actor = Actor(Kind.PROVIDER, client.id)
    # By the portal's name as the reason, so that the row still names it after its registration has ended.
    return look(account_id, actor=actor, reason=client.name, fields=("ledger",), now=now, act="ledger.read")


def _choose(client: Client, event: Event, *, subject: Subject, language: str, actor: Actor, now: datetime) -> None:
    choose(subject, PURPOSE, event, language=language, actor=actor, now=now, recipient=Recipient(*client))


def _forget(client: Client, *, subject: Subject) -> bool:
    mine = (TrackerCode.client_id == client.id, TrackerCode.account_id == subject.id)
    return bool(db.session.scalars(delete(TrackerCode).where(*mine).returning(TrackerCode.code_hash)).all())
