"""Backups: every row as plain lines of JSON in one encrypted file, the same from either database and into either.

All rows are read in one transaction, so that a backup under load is of one moment. What is sealed in the rows stays sealed; the file around
them is closed under a key of its own, which is closed under the key ring's backup key. The key ring itself is kept apart.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from sqlalchemy import JSON, Column, Date, DateTime, LargeBinary, Table, TypeDecorator, select, text

from msewa.closure import erasure_log
from msewa.closure.bundles import BundleError, Packer, Unpacker
from msewa.closure.rules import ClosureError
from msewa.closure.vault import vault_folder
from msewa.config import Settings
from msewa.crypto.envelope import EnvelopeError, Place, seal, unseal
from msewa.crypto.keyring import KeyRingError, Purpose, derive
from msewa.extensions import Base, db
from msewa.web.keys import key_ring

KIND, MANIFEST = "msewa backup 1", "manifest.json"
ROWS, FILES = 2000, 8  # rows to a piece; of tables that hold whole papers far fewer
PLACE = Place(table="backup", group="key", row="", subject="")


class BackupError(ClosureError):
    """A file is no backup of ours, is damaged, or was closed with a key that is not in this key ring."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: when, of which schema, and per table how many rows with which SHA-256 (hex)."""

    made_at: str
    revision: str
    tables: dict[str, tuple[int, str]]


def tables() -> list[Table]:
    """Return every table, parents first."""
    return list(Base.metadata.sorted_tables)


def write_backup(path: Path, *, now: datetime) -> Manifest:
    """Write everything to a new file, readable by its owner alone; return what it holds. Raises BackupError, and leaves nothing then."""
    part = None
    try:
        # Under another name until it is whole: half a backup must never lie where somebody looks for one. Only its owner reads it, from
        # its first byte on.
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            manifest = _write(file, now=now)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise BackupError(f"The backup could not be written ({error.strerror or error}). Nothing of it was left behind.") from None
    finally:
        db.session.rollback()
        if part is not None:
            part.unlink(missing_ok=True)
    return manifest


def _write(file: BinaryIO, *, now: datetime) -> Manifest:
    settings: Settings = current_app.extensions["settings"]
    packer = Packer(lambda number, stretch: _put(file, stretch))
    _put(file, _header(packer.key))
    with tarfile.open(fileobj=packer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _hold_still()
        counted = {table.name: _dump(tar, table) for table in tables()}
        manifest = Manifest(now.isoformat(), str(db.session.scalar(text("select version_num from alembic_version"))), counted)
        for place in (settings.data / erasure_log.NAME, *sorted(vault_folder(settings).glob("*"))):
            if place.is_file():
                _add(tar, f"files/{place.name}", place.read_bytes())
        # At the end: whoever reads it has seen everything before, and a backup without it was cut.
        _add(tar, MANIFEST, json.dumps({"made_at": manifest.made_at, "revision": manifest.revision, "tables": counted}).encode())
    packer.end()
    return manifest


def read_backup(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every member of a backup, decrypted: `tables/<name>/<number>`, `files/<name>`, and the manifest last. Raises BackupError."""
    try:
        with path.open("rb") as file:
            key = _key_of(_take(file) or b"")
            stream = io.BufferedReader(Unpacker(iter(lambda: _take(file), None), key=key))
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    yield member.name, content.read() if content else b""
    except (BundleError, EnvelopeError, tarfile.TarError, OSError, ValueError):
        raise BackupError(f"{path.name} is no backup, or it is damaged.") from None
    except KeyRingError:
        raise BackupError(f"{path.name} was closed with a backup key that is not in this key ring.") from None


def lines_of(table: Table) -> Generator[tuple[int, bytes]]:
    """Yield a table's rows in the order of their keys, a few thousand at a time: how many, and their lines."""
    # In one order, for the digest over these lines is compared after a restore.
    chosen = select(*table.columns).order_by(*table.primary_key.columns)
    piece = FILES if "content" in table.c and isinstance(table.c.content.type, LargeBinary) else ROWS
    with db.session.execute(chosen.execution_options(yield_per=piece)) as result:
        for rows in result.partitions(piece):
            written = [json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":")) for row in rows]
            yield len(rows), ("\n".join(written) + "\n").encode()


def rows_of(table: Table, lines: bytes) -> list[dict[str, Any]]:
    """Return the rows of some lines, as the database takes them."""
    columns = list(table.columns)
    parsed = [json.loads(line) for line in lines.decode().splitlines()]
    return [{column.name: _stored(column, value) for column, value in zip(columns, row, strict=True)} for row in parsed]


def digest_of(table: Table) -> tuple[int, str]:
    """Return how many rows a table holds now, and the SHA-256 of their lines."""
    count, digest = 0, hashlib.sha256()
    for rows, lines in lines_of(table):
        count += rows
        digest.update(lines)
    return count, digest.hexdigest()


def _dump(tar: tarfile.TarFile, table: Table) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    # Closed even when the disk is full: PostgreSQL would keep a half-read table open.
    with closing(lines_of(table)) as pieces:
        for number, (rows, lines) in enumerate(pieces):
            _add(tar, f"tables/{table.name}/{number}", lines)
            count += rows
            digest.update(lines)
    return count, digest.hexdigest()


def _hold_still() -> None:
    """Read everything as it stood at one moment: SQLite does so in any transaction, PostgreSQL when it is told."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _header(key: bytes) -> bytes:
    closing = key_ring().active(Purpose.BACKUP)
    wrapped = seal(derive(closing, "backup files"), key, place=PLACE)
    return json.dumps({"kind": KIND, "key": closing.id, "wrapped": base64.b64encode(wrapped).decode()}).encode()


def _key_of(header: bytes) -> bytes:
    content = json.loads(header)
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise ValueError
    closing = key_ring().find(str(content["key"]), purpose=Purpose.BACKUP)
    return unseal(derive(closing, "backup files"), base64.b64decode(content["wrapped"]), place=PLACE)


def _put(file: BinaryIO, piece: bytes) -> None:
    file.write(len(piece).to_bytes(4, "big") + piece)


def _take(file: BinaryIO) -> bytes | None:
    head = file.read(4)
    size = int.from_bytes(head, "big")
    piece = file.read(size)
    if not head:
        return None
    if len(head) < 4 or len(piece) < size:
        raise BundleError
    return piece


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _stored(column: Column[Any], value: Any) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
