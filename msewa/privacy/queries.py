"""What the dashboard asks: each question for one person, for the rows of one page, and opening no more than these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, tuple_

from msewa.applications import places
from msewa.applications.models import Application, ApplicationReview
from msewa.applications.references import read_reference, show_reference
from msewa.consents.models import ChoiceEvent
from msewa.consents.purposes import purposes
from msewa.consents.rules import Choice, Event, Latest, state_of
from msewa.crypto.envelope import Place, unseal_json
from msewa.delivery.queries import list_packages
from msewa.extensions import db
from msewa.hot import HotRead
from msewa.ledger.models import LedgerEntry, LedgerReading
from msewa.ledger.queries import list_entries, list_looks
from msewa.ledger.rules import Subject
from msewa.privacy.models import Download, Nominee
from msewa.privacy.months import begin_of, next_month
from msewa.privacy.rules import SENT_BEGUN, SENT_SHOWN
from msewa.web.errors import NoSuchRowError
from msewa.web.keys import key_wrapper


class Sent(NamedTuple):
    """An application that was sent; `key` is its data key, wrapped."""

    id: str
    reference: str
    service_id: str
    service_version: int
    provider_id: str
    state: str
    submitted_at: datetime
    digest: str
    key: bytes

    @property
    def ref(self) -> str:
        """The reference as it is read."""
        return show_reference(self.reference)


_TABLE = Application.__table__.c
SENT: Select[*tuple[Any, ...]] = (
    select(
        _TABLE.id,
        _TABLE.reference,
        _TABLE.service_id,
        _TABLE.service_version,
        _TABLE.provider_id,
        _TABLE.state,
        _TABLE.submitted_at,
        _TABLE.digest,
        _TABLE.data_key,
    )
    .where(_TABLE.account_id == bindparam("account_id"), _TABLE.submitted_at.is_not(None))
    .order_by(_TABLE.submitted_at.desc(), _TABLE.id.desc())
)
# The dashboard's own questions, each made once.
FIRST_SENT = {limit: HotRead(SENT.limit(limit + 1)) for limit in (SENT_BEGUN, SENT_SHOWN)}
_CHOICE = ChoiceEvent.__table__.c
CHOICES = HotRead(
    select(_CHOICE.purpose_id, _CHOICE.number, _CHOICE.state, _CHOICE.version, _CHOICE.at, _CHOICE.sealed)
    .where(_CHOICE.account_id == bindparam("account_id"))
    .order_by(_CHOICE.purpose_id, _CHOICE.number)
)
LAST_READING = HotRead(select(LedgerReading.__table__.c.read_on).where(LedgerReading.__table__.c.subject_id == bindparam("account_id")))


@dataclass(frozen=True, slots=True)
class Named:
    """A nominee: who, what of hers, where to be reached, and since when."""

    id: str
    full_name: str
    relation: str
    mobile: str
    named_at: datetime


def list_page_of_looks(
    subject: Subject, *, limit: int, before: int | None, own: bool = False, month: date | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Return up to `limit` looks (with her own acts too where `own`), newest first, and the number that the next page is before."""
    chosen = list_entries if own else list_looks
    end = _end_of(subject, month=month) if month and before is None else before
    rows = chosen(subject, limit=limit + 1, before=end)
    if month:
        # They come newest first, so the month's beginning only cuts the last page short.
        rows = [row for row in rows if datetime.fromisoformat(row["at"]) >= begin_of(month)]
    return rows[:limit], rows[limit - 1]["number"] if len(rows) > limit else None


def _end_of(subject: Subject, *, month: date) -> int:
    """Return the number before which the entries of a month, and older ones, stand."""
    # By the index on whose they are, from the newest back: a month long ago is found without opening what came since.
    until = LedgerEntry.at < begin_of(next_month(month))
    last = select(LedgerEntry.number).where(LedgerEntry.subject_id == subject.id, until).order_by(LedgerEntry.number.desc()).limit(1)
    return (db.session.scalar(last) or 0) + 1


def has_read_today(account_id: str, *, today: date) -> bool:
    """Whether her own reading of the ledger stands in it already today."""
    return LAST_READING.rows(account_id=account_id) == [(today,)]


def list_sent(account_id: str, *, limit: int, before: str | None = None, provider_id: str | None = None) -> tuple[list[Sent], str | None]:
    """Return up to `limit` applications that were sent, newest first, and the reference that the next page is before."""
    if not before and not provider_id:
        return _page([Sent(*row) for row in FIRST_SENT[limit].rows(account_id=account_id)], limit=limit)
    chosen = SENT
    if provider_id:
        chosen = chosen.where(Application.provider_id == provider_id)
    if before:
        # Among her own: another's reference is answered like none.
        last = select(Application.submitted_at, Application.id).where(
            Application.reference == read_reference(before), Application.account_id == account_id
        )
        found = db.session.execute(last).first()
        if found is None:
            raise NoSuchRowError
        # By both that give the order, or of two sent in one moment one could fall between two pages.
        chosen = chosen.where(tuple_(Application.submitted_at, Application.id) < tuple_(*found))
    return _page([Sent(*row) for row in db.session.execute(chosen.limit(limit + 1), {"account_id": account_id})], limit=limit)


def _page(rows: list[Sent], *, limit: int) -> tuple[list[Sent], str | None]:
    return rows[:limit], rows[limit - 1].ref if len(rows) > limit else None


def names_sent(rows: Sequence[Sent]) -> dict[str, list[tuple[str, str]]]:
    """Return by application id what was in each: ("field" or "paper", its key), in the order in which it was confirmed."""
    ids = {row.id: row for row in rows}
    chosen = select(ApplicationReview.application_id, ApplicationReview.digest, ApplicationReview.sealed)
    # She may have reviewed more than once: what went is the review with the digest that was sent.
    confirmed = tuple_(ApplicationReview.application_id, ApplicationReview.digest).in_([(row.id, row.digest) for row in rows])
    found: dict[str, list[tuple[str, str]]] = {}
    for review in db.session.execute(chosen.where(confirmed).order_by(ApplicationReview.application_id)):
        key = key_wrapper().unwrap(ids[review.application_id].key, subject=review.application_id)
        values = unseal_json(key, review.sealed, place=places.of_review(review.application_id, digest=review.digest))
        found[review.application_id] = [_split(name) for name in values]
    return found


def _split(name: str) -> tuple[str, str]:
    kind, _, key = name.partition(" ")
    return kind, key


def accepted_at(ids: Iterable[str]) -> dict[str, datetime | None]:
    """Return by application id since when its office has it; None while it is still on its way."""
    return {row.application_id: row.accepted_at for row in list_packages(ids)}


def list_allowed(choices: Iterable[tuple[Any, ...]], *, now: datetime) -> list[Choice]:
    """Return what she allows out of the rows of CHOICES, in the order of the register: since when, without opening any."""
    # The rows of a purpose come in the order of their numbers, so the last one stays.
    latest = {row[0]: Latest(row[1], Event(row[2]), row[3], row[4]) for row in choices}
    known = purposes().values() if latest else ()
    stands = [(purpose, latest[purpose.id]) for purpose in known if purpose.is_choice and purpose.id in latest]
    allowed = [Choice(purpose, state_of(last, purpose, now=now), last.at) for purpose, last in stands]
    return [choice for choice in allowed if choice.is_on]


def list_nominees(subject: Subject) -> list[Named]:
    """Return whom she named, in the order of naming."""
    chosen = select(Nominee.id, Nominee.sealed, Nominee.named_at).where(Nominee.account_id == subject.id)
    return [_named(subject, row) for row in db.session.execute(chosen.order_by(Nominee.named_at, Nominee.id))]


def get_nominee(subject: Subject, nominee_id: str) -> Named:
    """Return one whom she named; NoSuchRowError when she named nobody of this id."""
    chosen = select(Nominee.id, Nominee.sealed, Nominee.named_at).where(Nominee.account_id == subject.id, Nominee.id == nominee_id)
    row = db.session.execute(chosen).first()
    if row is None:
        raise NoSuchRowError
    return _named(subject, row)


def _named(subject: Subject, row: Any) -> Named:
    kept = unseal_json(subject.key, row.sealed, place=place_of_nominee(row.id, account_id=subject.id))
    return Named(row.id, kept["full_name"], kept["relation"], kept["mobile"], row.named_at)


def place_of_nominee(nominee_id: str, *, account_id: str) -> Place:
    """Return where a nominee's envelope belongs."""
    return Place(table="nominee", group="content", row=nominee_id, subject=account_id)


def find_download(account_id: str, *, now: datetime) -> Download | None:
    """Return the download she asked for; None when there is none, or its time is over."""
    # By its time and not by whether it lies there: the worker that removes it may be late.
    return db.session.scalars(select(Download).where(Download.account_id == account_id, Download.ends_at > now)).first()
