"""What a check is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the living system: `find_faults(now)` returns a sentence for each fault, without anything personal, or nothing.

    `sentence` says what holds when nothing is found. One without clauses is for whoever runs the system, and on no page.
    """

    id: str
    clauses: tuple[str, ...]
    sentence: LazyString
    find_faults: Callable[[datetime], list[str]]
