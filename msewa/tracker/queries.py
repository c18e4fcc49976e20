"""Who may ask, for whom, and what is answered."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from msewa.catalogue.queries import catalogue
from msewa.crypto.envelope import Place, unseal_json
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.ledger.queries import count_looks, list_looks_between
from msewa.ledger.rules import Subject
from msewa.tracker.models import TrackerClient, TrackerCode
from msewa.tracker.rules import Asked
from msewa.web.errors import NoSuchRowError

SYSTEM_NAME, OPERATOR_CODE = "mSewa", "msewa"


class Client(NamedTuple):
    """A registered portal."""

    id: str
    address: str
    name: str


class Given(NamedTuple):
    """A portal as a citizen sees it: with the code that she gave it, or None."""

    client: Client
    code: str | None
    given_at: datetime | None


def list_clients() -> list[Client]:
    """Return every registered portal by name."""
    chosen = select(TrackerClient.id, TrackerClient.address, TrackerClient.name).order_by(TrackerClient.name, TrackerClient.id)
    return [Client(*row) for row in db.session.execute(chosen)]


def find_client(address: str) -> Client | None:
    """Return the portal with this X-Road client id, None when it is not registered."""
    chosen = select(TrackerClient.id, TrackerClient.address, TrackerClient.name).where(TrackerClient.address == address)
    row = db.session.execute(chosen).first()
    return Client(*row) if row else None


def get_client(client_id: str) -> Client:
    """Return a registered portal; NoSuchRowError when there is none."""
    for client in list_clients():
        if client.id == client_id:
            return client
    raise NoSuchRowError


def list_given(subject: Subject) -> list[Given]:
    """Return every portal with what `subject` gave it."""
    chosen = select(TrackerCode.client_id, TrackerCode.sealed, TrackerCode.given_at).where(TrackerCode.account_id == subject.id)
    given = {
        row.client_id: (unseal_json(subject.key, row.sealed, place=place_of(row.client_id, subject=subject)), row.given_at)
        for row in db.session.execute(chosen)
    }
    return [Given(client, *given.get(client.id, (None, None))) for client in list_clients()]


def find_account(code: str, *, client: Client) -> str | None:
    """Return whose code this is, when she gave it to this portal; None otherwise."""
    # With the portal: a code that leaked from one is of no use to another.
    mine = (TrackerCode.code_hash == token_hash(code), TrackerCode.client_id == client.id)
    return db.session.scalar(select(TrackerCode.account_id).where(*mine))


def find_usages(subject: Subject, asked: Asked, *, operator: str) -> dict[str, Any]:
    """Return the answer of findUsage: how many looks there are in the period, and the page that was asked for, newest first."""
    rows = list_looks_between(subject, since=asked.since, until=asked.until, limit=asked.limit, offset=asked.offset)
    total = count_looks(subject, since=asked.since, until=asked.until)
    portals = {client.id: client for client in list_clients()}
    return {"totalUsages": total, "usages": [_usage(row, portals=portals, operator=operator) for row in rows]}


def place_of(client_id: str, *, subject: Subject) -> Place:
    """Return where a sealed code belongs."""
    return Place(table="tracker_code", group="code", row=client_id, subject=subject.id)


def _usage(row: dict[str, Any], *, portals: dict[str, Client], operator: str) -> dict[str, str]:
    code, name, system = _receiver(row["actor"], portals=portals, operator=operator)
    told = {"logtime": row["at"], "action": row["reason"] or row["act"]}
    return {**told, "receiverCode": code, "receiverName": name, "receiverSystem": system}


def _receiver(actor: dict[str, str], *, portals: dict[str, Client], operator: str) -> tuple[str, str, str]:
    """Return code, name and system of who looked: another portal, an office, or the operator's own people."""
    if actor["id"] in portals:
        portal = portals[actor["id"]]
        return portal.address, portal.name, portal.name
    office = catalogue().providers.get(actor["office"])
    # The office, never the person: an officer's own id stays within mSewa.
    return actor["office"] or OPERATOR_CODE, office.name["en"] if office else operator, SYSTEM_NAME
