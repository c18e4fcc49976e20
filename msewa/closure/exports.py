"""Sealed bundles of a month as a file for the offline machine: one line of JSON each, still closed, and at last how many they are."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select

from msewa.closure.bundles import Terms
from msewa.closure.models import Archive, ArchivePart
from msewa.closure.rules import RANDOM_ID, ClosureError
from msewa.closure.vault import MonthKey
from msewa.extensions import db

KIND, END = "msewa vault export 1", "end"


class ExportError(ClosureError):
    """A file is no export of the vault, or is damaged."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One bundle as it stands in an export."""

    id: str
    terms: Terms
    sealed_key: bytes
    digest: str
    stretches: tuple[bytes, ...]


def write_export(key: MonthKey, file: TextIO, *, export_id: str) -> int:
    """Write every bundle of a month; return how many. Needs a role that may read the archive."""
    file.write(json.dumps({"kind": KIND, "export": export_id, "month": key.month, "public": _text(key.public)}) + "\n")
    count = 0
    for row in db.session.execute(select(Archive).where(Archive.month == key.month).order_by(Archive.id)).scalars():
        parts = select(ArchivePart.content).where(ArchivePart.archive_id == row.id).order_by(ArchivePart.number)
        line = {
            "id": row.id,
            "deleted_at": row.deleted_at.isoformat(),
            "not_before": row.not_before.isoformat(),
            "not_after": row.not_after.isoformat(),
            "sealed_key": _text(row.sealed_key),
            "digest": row.digest,
            "stretches": [_text(part) for part in db.session.scalars(parts)],
        }
        file.write(json.dumps(line) + "\n")
        count += 1
    # A file that was cut between two lines shows by the end it lacks.
    file.write(json.dumps({END: count}) + "\n")
    return count


def read_header(path: Path) -> tuple[str, bytes]:
    """Return the month of an export and the public half of its key; raises ExportError."""
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            header = json.loads(file.readline())
        if header["kind"] == KIND:
            return header["month"], base64.b64decode(header["public"], validate=True)
    except (ValueError, KeyError, TypeError):
        pass
    raise ExportError(f"{path.name} is no export of the vault.")


def read_export(path: Path, *, month: str) -> Iterator[Exported]:
    """Yield every bundle of an export; raises ExportError for a line that was changed, and where one is missing."""
    # A byte that is no ASCII is damage like any other, and the line says so.
    with path.open(encoding="ascii", errors="replace") as file:
        file.readline()
        for number, line in enumerate(file, 2):
            try:
                content = json.loads(line)
                if content == {END: number - 2}:
                    return
                bundle = _exported(content, month=month)
            except (ValueError, KeyError, TypeError):
                raise ExportError(f"Line {number} of {path.name} is damaged.") from None
            yield bundle
    raise ExportError(f"{path.name} has no end: a piece of it is missing.")


def _exported(line: dict[str, Any], *, month: str) -> Exported:
    deleted_at, not_before, not_after = (datetime.fromisoformat(line[name]) for name in ("deleted_at", "not_before", "not_after"))
    # It becomes the name of a folder: nobody may lead it elsewhere.
    if RANDOM_ID.fullmatch(line["id"]) is None:
        raise ValueError
    return Exported(
        id=line["id"],
        terms=Terms(month, deleted_at, not_before, not_after),
        sealed_key=base64.b64decode(line["sealed_key"], validate=True),
        digest=line["digest"],
        stretches=tuple(base64.b64decode(part, validate=True) for part in line["stretches"]),
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
