"""Who may ask, for whom, and what is answered."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from msewa.catalogue.queries import catalogue
from msewa.consents.queries import is_allowed
from msewa.consents.rules import Recipient
from msewa.crypto.envelope import Place, unseal_json
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.ledger.queries import count_looks, list_looks_between
from msewa.ledger.rules import Subject
from msewa.tracker.models import TrackerClient, TrackerCode
from msewa.tracker.rules import Asked
from msewa.web.errors import NoSuchRowError

PURPOSE = "tracker"
SYSTEM_NAME, OPERATOR_CODE = "mSewa", "msewa"


class Client(NamedTuple):
    """A registered portal, in the order of a recipient."""

    id: str
    name: str
    address: str


class Given(NamedTuple):
    """A portal as a citizen sees it: with the code that she gave it, or None; `is_on` while she allows it."""

    client: Client
    code: str | None
    given_at: datetime | None
    is_on: bool


def list_clients() -> list[Client]:
    """Return every registered portal by name."""
    chosen = select(TrackerClient.id, TrackerClient.name, TrackerClient.address).order_by(TrackerClient.name, TrackerClient.id)
    return [Client(*row) for row in db.session.execute(chosen)]


def find_client(address: str) -> Client | None:
    """Return the portal with this X-Road client id, None when it is not registered."""
    chosen = select(TrackerClient.id, TrackerClient.name, TrackerClient.address).where(TrackerClient.address == address)
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
    return [Given(client, *given.get(client.id, (None, None)), may_ask(client, account_id=subject.id)) for client in list_clients()]


def find_account(code: str, *, client: Client) -> str | None:
    """Return whose code this is, when she gave it to this portal and allows it still; None otherwise."""
    # With the portal: a code that leaked from one is of no use to another.
    mine = (TrackerCode.code_hash == token_hash(code), TrackerCode.client_id == client.id)
    account_id = db.session.scalar(select(TrackerCode.account_id).where(*mine))
    return account_id if account_id and may_ask(client, account_id=account_id) else None


def may_ask(client: Client, *, account_id: str) -> bool:
    """Whether somebody allows a portal to ask about her, under the words that hold now."""
    return is_allowed(account_id, PURPOSE, recipient=Recipient(*client))


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
    told = {"logtime": row["at"], "action": _action(row, portals=portals)}
    return {**told, "receiverCode": code, "receiverName": name, "receiverSystem": system}


def _action(row: dict[str, Any], *, portals: dict[str, Client]) -> str:
    """Say what was done and why, in words that a person understands, as the contract asks; in English, like the rest of the answer."""
    with force_locale("en_IN"):
        done = current_app.extensions["name_act"](row["act"])
    # A portal's own row has its name for a reason; that is told as the receiver.
    why = "" if row["actor"]["id"] in portals else row["reason"]
    return f"{done}: {why}" if why else done


def _receiver(actor: dict[str, str], *, portals: dict[str, Client], operator: str) -> tuple[str, str, str]:
    """Return code, name and system of who looked: another portal, an office, or the operator's own people."""
    if actor["id"] in portals:
        portal = portals[actor["id"]]
        return portal.address, portal.name, portal.name
    office = catalogue().providers.get(actor["office"])
    # The office, never the person: an officer's own id stays within mSewa.
    return actor["office"] or OPERATOR_CODE, office.name["en"] if office else operator, SYSTEM_NAME
