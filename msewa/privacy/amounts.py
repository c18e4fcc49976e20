"""How many rows of hers each category of what we hold has now: counted up to a limit, however long her history is."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select, union_all

from msewa.accounts.models import Account, KnownDevice, LeftAddress, Passkey, RecoveryCode, SignInSession, TotpFactor
from msewa.applications.models import Application
from msewa.consents.models import ChoiceEvent, PolicySeen
from msewa.extensions import db
from msewa.grievances.models import Grievance
from msewa.ledger.models import LedgerEntry
from msewa.ledger.rules import Subject
from msewa.notifications.models import Message
from msewa.privacy.models import Nominee
from msewa.profile.queries import get_profile
from msewa.profile.rules import ACCOUNT_FIELDS

MOST_COUNTED = 99
# What counts as one in each category, by whose column its table says that it is hers; parts of a thing count with the thing.
# Demands under law are none of them: how many there are may be secret still, and her ledger has those of which she may read.
OWNERS: dict[str, tuple[Any, ...]] = {
    "identity": (Account.id,),
    "security": (
        TotpFactor.account_id,
        Passkey.account_id,
        RecoveryCode.account_id,
        SignInSession.account_id,
        KnownDevice.account_id,
    ),
    "contact": (LeftAddress.account_id,),
    "application": (Application.account_id,),
    "messages": (Message.account_id,),
    "access": (LedgerEntry.subject_id,),
    "choices": (ChoiceEvent.account_id, PolicySeen.account_id),
    "complaints": (Grievance.account_id,),
    "nominees": (Nominee.account_id,),
}
# Of the account's own row what is filled.
FILLED: dict[str, tuple[Any, ...]] = {
    "contact": (Account.mobile_index, Account.email_index),
    "security": (Account.password,),
    "profile": (Account.language,),
    "choices": (Account.notice_version,),
}


def count_kept(subject: Subject) -> dict[str, int]:
    """Return by category how many things of hers are kept, each up to one more than MOST_COUNTED."""
    questions = [_few(name, account_id=subject.id).label(name) for name in sorted(OWNERS.keys() | FILLED.keys())]
    # All in one question: of a dozen small ones the way to the database would be the most.
    counts = {name: int(count) for name, count in db.session.execute(select(*questions)).mappings().one().items()}
    # Facts of a profile lie sealed by the section, so that only opening them tells how many there are.
    return counts | {"profile": counts["profile"] + len(get_profile(subject).keys() - ACCOUNT_FIELDS)}


def _few(category: str, *, account_id: str) -> ScalarSelect[int]:
    hers: list[ColumnElement[bool]] = [owner == account_id for owner in OWNERS.get(category, ())]
    hers += [(Account.id == account_id) & column.is_not(None) for column in FILLED.get(category, ())]
    first = union_all(*(select(literal(1)).where(one) for one in hers)).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(first).scalar_subquery()
