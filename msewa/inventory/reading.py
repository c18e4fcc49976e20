"""Reading the inventory: tables, columns, form fields, and the words for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "inventory.yaml"
PLANES = ("account", "access", "visit", "archive", "security", "operation", "public")
# What is hers to see, to take along and to end. Security events and the archive tell of people too, but of none that we could look up.
HERS = ("account", "access")
Words = Mapping[str, str]  # {"en": ..., "pa": ..., "hi": ...}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds something of a person; `recipients` and the like are ids of the inventory's own word lists."""

    table: str
    name: str
    category: str
    purpose: str
    retention: str
    recipients: tuple[str, ...]
    what: Words


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its plane, whose it is, the class that keeps it, its personal columns and the plain ones."""

    name: str
    plane: str
    whose: str
    model: str | None
    personal: tuple[Column, ...]
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something is kept, and the modules that read it for this."""

    what: Words
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The whole inventory; `forms` and `inputs` tell where what is typed into a field ends."""

    categories: Mapping[str, Words]
    purposes: Mapping[str, Purpose]
    retentions: Mapping[str, Words]
    recipients: Mapping[str, Words]
    tables: Mapping[str, Table]
    forms: Mapping[str, Mapping[str, str]]
    inputs: Mapping[str, str]

    def personal(self, *, planes: tuple[str, ...] = HERS) -> tuple[Column, ...]:
        """Return every personal column of these planes, in the order of the file."""
        return tuple(column for table in self.tables.values() if table.plane in planes for column in table.personal)


@cache
def inventory() -> Inventory:
    """Read the file once."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    # Facts are taken by name and have no usual value: a column without purpose or retention must fail, not show a hole.
    return Inventory(
        categories=content["categories"],
        purposes={name: Purpose(facts["what"], tuple(facts["readers"])) for name, facts in content["purposes"].items()},
        retentions=content["retentions"],
        recipients=content["recipients"],
        tables={name: _table(name, facts) for name, facts in content["tables"].items()},
        forms=content["forms"],
        inputs=content["inputs"],
    )


def tables_of(*planes: str) -> frozenset[str]:
    """Return the names of the tables of these planes."""
    return frozenset(table.name for table in inventory().tables.values() if table.plane in planes)


def _table(name: str, facts: dict[str, Any]) -> Table:
    personal = tuple(
        Column(
            table=name,
            name=column,
            category=one["category"],
            purpose=one["purpose"],
            retention=one["retention"],
            recipients=tuple(one["recipients"]),
            what=one["what"],
        )
        for column, one in facts.get("personal", {}).items()
    )
    return Table(name, facts["plane"], facts["whose"], facts.get("model"), personal, tuple(facts["plain"]))
