"""Who looked and who did what, for its subject's download, the seal and the erasure. The ledger itself lies below what knows holdings."""

from typing import Any

from msewa.holdings import Holding
from msewa.ledger.operations import erase_entries
from msewa.ledger.queries import list_entries
from msewa.ledger.rules import Subject


def gather(subject: Subject) -> list[dict[str, Any]]:
    """Return every entry, newest first."""
    return list_entries(subject, limit=None)


def erase(account_id: str) -> None:
    """Remove every entry; the leaves stay and say nothing of anybody."""
    erase_entries(account_id)


HOLDING = Holding(section="access", tables=("ledger_entry", "ledger_reading"), gather=gather, erase=erase)
