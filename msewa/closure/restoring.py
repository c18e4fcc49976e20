"""Restoring a backup into an empty installation: every row as it was, then everybody who has left since erased again, then served."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import delete, func, insert, select, text, update

from msewa.accounts.models import Account
from msewa.closure import erasure_log, erasures
from msewa.closure.backups import MANIFEST, BackupError, digest_of, read_backup, rows_of, tables
from msewa.closure.erasure_log import Log
from msewa.closure.models import Archive, ArchivePart, VaultMonth
from msewa.closure.operations.closing import erase_again
from msewa.closure.vault import vault_folder
from msewa.config import Settings
from msewa.extensions import Base, db
from msewa.ledger.models import LedgerLeaf


class Restored(NamedTuple):
    """What came back: how many rows, how many accounts erased again, what was wrong with the erasure log ("": nothing), and of when."""

    rows: int
    erased: int
    fault: str
    made_at: str


def restore(path: Path, *, now: datetime, is_log_lost: bool = False) -> Restored:
    """Load a backup, check it row by row, and erase everybody again who has left since. One transaction: the caller commits.

    Raises BackupError; the caller rolls back, and nothing was changed. `is_log_lost` goes on with an erasure log that can't be trusted.
    """
    _refuse_unless_empty()
    manifest: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, content in read_backup(path):
        kind, _, rest = name.partition("/")
        if name == MANIFEST:
            manifest = json.loads(content)
            _refuse_other_schema(manifest)
        elif kind == "tables":
            table = Base.metadata.tables[rest.partition("/")[0]]
            db.session.execute(insert(table), rows_of(table, content))
        else:
            # The last part of a name alone: no backup may write into another folder.
            files[Path(rest).name] = content
    _check({name: (count, digest) for name, (count, digest) in manifest.get("tables", {}).items()})
    _number_on()
    _bring_back(files)
    log = erasures.read_log()
    _gather_marks(files.get(erasure_log.NAME, b""), log)
    lacking = {mark: erased_at for mark, erased_at in erasures.list_marks().items() if mark not in log.marks}
    fault = _find_fault(log, lacking, made_at=manifest["made_at"], is_log_lost=is_log_lost)
    erased = _erase_again(now=now)
    # The file has to know them, too: the next backup that comes back may be an older one. At the end, for it is no part of the transaction.
    erasures.append(lacking)
    return Restored(sum(count for count, _ in manifest["tables"].values()), erased, fault, manifest["made_at"])


def _refuse_unless_empty() -> None:
    # Whoever was here has left a leaf of the ledger, and leaves stay: an installation that all have left is not empty either.
    if any(db.session.scalar(select(func.count()).select_from(model)) for model in (Account, LedgerLeaf, VaultMonth)):
        raise BackupError("This installation holds accounts, or held some. A backup is restored into an empty one.")
    for table in reversed(tables()):
        # What only grows can't be emptied here; in an empty installation it is empty.
        if not table.info.get("append_only"):
            db.session.execute(delete(table))


def _refuse_other_schema(manifest: dict[str, Any]) -> None:
    revision = db.session.scalar(text("select version_num from alembic_version"))
    if manifest["revision"] != revision:
        raise BackupError(
            f"The backup is of schema {manifest['revision']}, this product of {revision}: restore it with the release of its day."
        )


def _check(found: dict[str, tuple[int, str]]) -> None:
    """Compare every table as it now stands with what the backup says it held (P71)."""
    if not found:
        raise BackupError("The backup has no end: a piece is missing.")
    differing = [table.name for table in tables() if digest_of(table) != found.get(table.name)]
    if differing:
        raise BackupError(f"These tables did not come back as they were: {', '.join(differing)}. Nothing was changed.")


def _number_on() -> None:
    """Let numbers go on after the highest that came back; SQLite does so by itself."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is not None:
            sequence = db.session.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            highest = db.session.scalar(select(func.max(column)))
            if sequence and highest:
                db.session.execute(select(func.setval(sequence, highest)))


def _bring_back(files: dict[str, bytes]) -> None:
    """Bring back public halves that are not here; what ended here meanwhile stays ended, with its bundles."""
    settings: Settings = current_app.extensions["settings"]
    folder = vault_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for path in [folder / name for name in files if name.endswith((".pub", ".destroyed"))]:
        if not path.with_suffix(".pub").exists() and not path.with_suffix(".destroyed").exists():
            path.write_bytes(files[path.name])
    for path in folder.glob("*.destroyed"):
        hers = select(Archive.id).where(Archive.month == path.stem)
        db.session.execute(delete(ArchivePart).where(ArchivePart.archive_id.in_(hers)))
        db.session.execute(delete(Archive).where(Archive.month == path.stem))
        ended = update(VaultMonth).where(VaultMonth.month == path.stem, VaultMonth.destroyed_at.is_(None))
        db.session.execute(ended.values(destroyed_at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)))


def _gather_marks(inside: bytes, log: Log) -> None:
    """Enter everybody who has left: as the backup knows it, and as the newer file beside this installation."""
    for mark, erased_at in (erasure_log.read_marks(inside.decode("ascii", "replace")) | log.marks).items():
        erasures.add(mark, erased_at=erased_at)


def _find_fault(log: Log, lacking: Collection[bytes], *, made_at: str, is_log_lost: bool) -> str:
    settings: Settings = current_app.extensions["settings"]
    fault = log.fault or (f"{erasure_log.NAME} lacks some who left before the backup: it was cut, or is another's." if lacking else "")
    # A demonstration has nobody who could come to harm, and is often tried with a backup alone.
    if fault and not (is_log_lost or settings.is_demo):
        raise BackupError(
            f"{fault} Whoever left after {made_at} could come back. Lay the newest one there; if nobody left, or it is lost: --without-log"
        )
    return fault


def _erase_again(*, now: datetime) -> int:
    """Erase everybody once more whose mark is there."""
    marks, count = erasures.list_marks(), 0
    # Read to the end before the first is erased: the rows go away under whoever still reads them.
    for account_id in db.session.scalars(select(Account.id).order_by(Account.id)).all():
        mark = erasures.find_mark(account_id, marks=marks.keys())
        if mark is not None:
            erase_again(account_id, left_at=marks[mark], now=now)
            count += 1
    return count
