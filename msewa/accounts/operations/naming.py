"""Changing the name of an account."""

from datetime import datetime

from sqlalchemy import update

from msewa.accounts.models import Account
from msewa.accounts.operations.opening import sealed_identity
from msewa.extensions import db
from msewa.ledger.rules import Subject


def rename(subject: Subject, full_name: str, *, now: datetime) -> None:
    """Keep another name for `subject`; who asks for it writes the ledger."""
    sealed = sealed_identity(subject, full_name, now=now)
    db.session.execute(update(Account).where(Account.id == subject.id).values(identity=sealed))
