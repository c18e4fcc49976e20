"""The monthly digest of looks: how many there were, to who allowed it, and the page that lists them (purpose `digest`)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from msewa.accounts.models import Account
from msewa.accounts.rules import State
from msewa.config import Settings
from msewa.consents.announcing import announce_to
from msewa.consents.models import ChoiceEvent
from msewa.consents.rules import IN_FORCE
from msewa.extensions import db
from msewa.ledger.queries import count_looks
from msewa.ledger.rules import Subject
from msewa.outbox import operations as outbox
from msewa.privacy.months import begin_of, last_month, next_month

PUT, SEND, PURPOSE = "privacy.digests", "privacy.digest", "digest"
SHARDS = "0123456789abcdef"


def put_digests(*, now: datetime) -> None:
    """Have last month's digests sent, in pieces by the first sign of the random account ids: no piece names anybody."""
    month = last_month(now)
    # Each day anew: the outbox keeps done pieces too, so the same piece is none twice, and a day without a worker is made up for.
    for shard in SHARDS:
        outbox.put(SEND, f"{month:%Y-%m} {shard}", now=now)


def send_digests(reference: str, *, now: datetime) -> None:
    """Tell whoever allows it how often her data was looked at in a month; once for each month and piece (outbox topic privacy.digest)."""
    text, _, shard = reference.partition(" ")
    month = date.fromisoformat(f"{text}-01")
    for account_id in _who_may_be_told(shard, month=month):
        announce_to(account_id, "digest_ready", topic=PURPOSE, say=lambda subject: _said(subject, month=month), now=now)


def _said(subject: Subject, *, month: date) -> Mapping[str, str]:
    """Return what there is to tell; nothing of a month in which nobody looked."""
    # The end counts as within, and the first moment of the next month is not.
    until = begin_of(next_month(month)) - timedelta(microseconds=1)
    count = count_looks(subject, since=begin_of(month), until=until)
    settings: Settings = current_app.extensions["settings"]
    return {"count": str(count), "page": f"{settings.site}/privacy/looks?month={month:%Y-%m}"} if count else {}


def _who_may_be_told(shard: str, *, month: date) -> list[str]:
    """Return who said yes to the digest before the month was over; whether it is a yes today, sending asks."""
    chosen = select(ChoiceEvent.account_id).join(Account, Account.id == ChoiceEvent.account_id).where(Account.state == State.ACTIVE)
    said_yes = (ChoiceEvent.purpose_id == PURPOSE, ChoiceEvent.state.in_(sorted(IN_FORCE)), ChoiceEvent.at < begin_of(next_month(month)))
    hers = chosen.where(*said_yes, func.substr(ChoiceEvent.account_id, 1, 1) == shard)
    return list(db.session.scalars(hers.distinct().order_by(ChoiceEvent.account_id)))
