"""The newest signed checkpoint in a file outside of the database: a ledger that was cut shows against it."""

from pathlib import Path

from flask import current_app

from msewa.config import Settings

NAME = "ledger.checkpoint"


def find_kept() -> str | None:
    """Return the checkpoint that was kept last, None where none was."""
    path = _path()
    return path.read_text(encoding="utf-8") if path.exists() else None


def keep(note: str) -> None:
    """Keep this checkpoint in place of the one before."""
    unfinished = _path().with_suffix(".new")
    unfinished.write_text(note, encoding="utf-8")
    # In one step: a crash in the midst of writing must not cost the checkpoint that was kept before.
    unfinished.replace(_path())


def forget_kept() -> None:
    """Keep none: a backup that comes back is an earlier ledger, and that is no fault of it."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data / NAME
