"""What a profile may hold, and in what order it is shown."""

from dataclasses import dataclass
from datetime import datetime

SECTIONS = ("identity", "contact", "address", "family", "work", "money", "papers_numbers")
# Proved and kept by the account itself; changing them asks for more than a form.
ACCOUNT_FIELDS = frozenset({"full_name", "mobile", "email"})


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """A kept value and when it was given."""

    value: str
    given_at: datetime
