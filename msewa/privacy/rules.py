"""How much a page shows, how long a download lies ready, how many may be named, and what of a value is hidden."""

from datetime import timedelta

LOOKS_BEGUN = SENT_BEGUN = 3  # on the dashboard, which only begins each part
LOOKS_SHOWN = 12
SENT_SHOWN = 6
HANDED_SHOWN = 20
MESSAGES_SHOWN = 20

READY_FOR = timedelta(hours=24)
# After the first fetch it lies on for a while: a slow line breaks, and the browser asks again.
FETCHED_FOR = timedelta(minutes=30)
PART_BYTES = 1024 * 1024
# More than any of these is left to the worker, so that no request takes seconds and holds the account meanwhile.
SMALL_BYTES = 2 * 1024 * 1024
SMALL_APPLICATIONS = 20
SMALL_ENTRIES = 200

MOST_NOMINEES = 5
LONGEST_RELATION = 60

DOTS = "••••"
SEEN_SIGNS = 4


def mask(value: str) -> str:
    """Hide a value but for its last four signs; a short one whole."""
    return DOTS + value[-SEEN_SIGNS:] if len(value) >= 2 * SEEN_SIGNS else DOTS


def mask_email(value: str) -> str:
    """Hide what stands before the @ of an address, but for its first letter."""
    name, _, host = value.rpartition("@")
    return f"{name[:1]}{DOTS}@{host}"
