"""Naming somebody who may speak for her data after her death or when she can not (DPDP Act, s. 14)."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from msewa.accounts.standing import one_at_a_time
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.privacy.models import Nominee
from msewa.privacy.queries import get_nominee, place_of_nominee
from msewa.privacy.rules import MOST_NOMINEES


class TooManyNomineesError(Exception):
    """She has named as many people as may be named."""


@dataclass(frozen=True, slots=True)
class Written:
    """What she wrote of a nominee; `mobile` as +91 and ten digits."""

    # Kept out of the repr: the message of an error may quote it.
    full_name: str = field(repr=False)
    relation: str = field(repr=False)
    mobile: str = field(repr=False)


def name_nominee(subject: Subject, written: Written, *, actor: Actor, now: datetime) -> str:
    """Keep one more nominee; return its id. Raises TooManyNomineesError."""
    one_at_a_time(subject.id)
    # Counted once nobody else can add: two forms sent at one moment would otherwise name one too many.
    count = db.session.scalar(select(func.count()).select_from(Nominee).where(Nominee.account_id == subject.id)) or 0
    if count >= MOST_NOMINEES:
        raise TooManyNomineesError
    nominee_id = secrets.token_hex(16)
    sealed = _sealed(subject, written, nominee_id=nominee_id)
    db.session.execute(insert(Nominee).values(id=nominee_id, account_id=subject.id, sealed=sealed, named_at=now))
    record("nominee.named", subject=subject, actor=actor, now=now)
    return nominee_id


def change_nominee(subject: Subject, nominee_id: str, written: Written, *, actor: Actor, now: datetime) -> None:
    """Keep what she wrote anew of a nominee; NoSuchRowError when she named nobody of this id."""
    get_nominee(subject, nominee_id)
    changed = update(Nominee).where(Nominee.id == nominee_id, Nominee.account_id == subject.id)
    db.session.execute(changed.values(sealed=_sealed(subject, written, nominee_id=nominee_id)))
    record("nominee.changed", subject=subject, actor=actor, now=now)


def remove_nominee(subject: Subject, nominee_id: str, *, actor: Actor, now: datetime) -> None:
    """Forget a nominee; NoSuchRowError when she named nobody of this id."""
    get_nominee(subject, nominee_id)
    db.session.execute(delete(Nominee).where(Nominee.id == nominee_id, Nominee.account_id == subject.id))
    record("nominee.removed", subject=subject, actor=actor, now=now)


def _sealed(subject: Subject, written: Written, *, nominee_id: str) -> bytes:
    return seal_json(subject.key, asdict(written), place=place_of_nominee(nominee_id, account_id=subject.id))
