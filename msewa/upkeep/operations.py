"""Following a rotated key through the database, in batches that can stop and go on anywhere."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, select, update

from msewa.accounts.models import Account, SignInSession
from msewa.accounts.queries import get_contact, get_subject, index_of, indexes_of
from msewa.applications.models import Application
from msewa.dpo.models import Breach, LegalDisclosure
from msewa.extensions import Base, db
from msewa.notifications.models import Message
from msewa.web.keys import key_wrapper

BATCH = 200


class Holder(NamedTuple):
    """A table that keeps wrapped data keys in `column`, each for the subject that its row's id names."""

    model: type[Base]
    column: str


# Whatever is left out stays under the old wrapping key, and can't be opened any more once that is destroyed.
HOLDERS = (
    Holder(Account, "data_key"),
    Holder(SignInSession, "data_key"),
    Holder(Application, "data_key"),
    Holder(Message, "wrapped_key"),
    Holder(LegalDisclosure, "data_key"),
    Holder(Breach, "data_key"),
)


def rewrap_all(*, batch: int = BATCH) -> Iterator[int]:
    """Wrap every data key under the wrapping key of today; yield after each batch how many changed, for the caller to commit."""
    for holder in HOLDERS:
        after = ""
        # By the last id and not by an offset: rows come and go between two batches.
        while rows := _read(holder, after=after, batch=batch):
            yield sum(_rewrap(holder, row_id, wrapped) for row_id, wrapped in rows)
            after = rows[-1][0]


def reindex_all(*, batch: int = BATCH) -> Iterator[int]:
    """Compute every blind index under the index key of today; yield after each batch how many changed, for the caller to commit."""
    after = ""
    while ids := list(db.session.scalars(select(Account.id).where(Account.id > after).order_by(Account.id).limit(batch))):
        yield sum(_reindex(account_id) for account_id in ids)
        after = ids[-1]


def count_outdated() -> int:
    """Count the data keys that still lie under an earlier wrapping key."""
    wrapper, left = key_wrapper(), 0
    for holder in HOLDERS:
        wrapped = getattr(holder.model, holder.column)
        left += sum(wrapper.needs_rewrap(blob) for blob in db.session.scalars(select(wrapped).where(wrapped.is_not(None))))
    return left


def _read(holder: Holder, *, after: str, batch: int) -> list[tuple[str, bytes]]:
    row: Any = holder.model
    wrapped = getattr(row, holder.column)
    chosen = select(row.id, wrapped).where(row.id > after, wrapped.is_not(None)).order_by(row.id).limit(batch)
    return [(found[0], found[1]) for found in db.session.execute(chosen)]


def _rewrap(holder: Holder, row_id: str, wrapped: bytes) -> bool:
    wrapper, row = key_wrapper(), cast(Any, holder.model)
    if not wrapper.needs_rewrap(wrapped):
        return False
    renewed = wrapper.wrap(wrapper.unwrap(wrapped, subject=row_id), subject=row_id)
    # Only over what was read: a key that was removed or replaced meanwhile stays so.
    unchanged = update(row).where(row.id == row_id, getattr(row, holder.column) == wrapped)
    return _changed(unchanged.values({holder.column: renewed}))


def _reindex(account_id: str) -> bool:
    chosen = select(Account.contact, Account.mobile_index, Account.email_index).where(Account.id == account_id)
    kept = db.session.execute(chosen).first()
    if kept is None:
        return False
    contact = get_contact(get_subject(account_id))
    mobile, email = index_of("mobile", contact.mobile), index_of("email", contact.email) if contact.email else None
    if kept.mobile_index not in indexes_of("mobile", contact.mobile):
        mobile = kept.mobile_index  # her number has a new holder, and must not lead back to her (P66)
    if (mobile, email) == (kept.mobile_index, kept.email_index):
        return False
    # Only over the addresses that were read: a change of number meanwhile has written its own index.
    unchanged = update(Account).where(Account.id == account_id, Account.contact == kept.contact)
    return _changed(unchanged.values(mobile_index=mobile, email_index=email))


def _changed(statement: Any) -> bool:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
