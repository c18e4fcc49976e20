"""What a profile may hold, and in what order it is shown."""

from dataclasses import dataclass
from datetime import datetime

SECTIONS = ("identity", "contact", "address", "family", "work", "money", "papers_numbers")
# Proved by the account itself; changing them asks for more than a form.
PROVED_FIELDS = frozenset({"mobile", "email"})
# Kept by the account, not in a section.
ACCOUNT_FIELDS = PROVED_FIELDS | {"full_name"}
# Where money goes: changed only with password and second factor given just now (step-up), and from no other page.
GUARDED_FIELDS = frozenset({"bank_account"})
# Nobody is without one: it can be changed, not taken away.
REQUIRED_FIELDS = frozenset({"full_name"})
# Chosen from the places of one district, so asked once the district is known.
WITHIN_DISTRICT = frozenset({"tehsil", "ulb"})


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """A kept value and when it was given."""

    value: str
    given_at: datetime
