"""The custodians' machine, and what a test of the vault does again and again."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from msewa.closure.models import Archive, ArchivePart
from msewa.closure.operations import closing
from msewa.extensions import db, writing
from tests.closure.conftest import run, shares_of
from tests.installation import ROOT, Installation
from tests.people import Somebody

RECORD = "VLT-1/2029"
NOWHERE = {"MSEWA_DATA": "/nonexistent/data", "MSEWA_MODE": "production"}


def leave(app: Flask, person: Somebody) -> dict[str, Any]:
    """Close somebody's account; return the receipt."""
    with app.app_context(), writing():
        receipt = closing.close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()
    return receipt


def offline(*arguments: str, settings: dict[str, str] = NOWHERE) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine that has the program and nothing else: no data folder, no settings, no key ring."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    command = [sys.executable, "-m", "flask", "--app", "app", "vault", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, timeout=120, check=False)


def destroy(app: Flask, month: str, *more: str, burnt: str = "2") -> Any:
    """End a month on the custodians' word."""
    return run(app, "vault", "destroy", "--month", month, "--burnt", burnt, "--record", RECORD, *more)


def count_sealed(app: Flask) -> tuple[int, int]:
    """Count the bundles and their stretches."""
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Archive, ArchivePart))


def share_files(installation: Installation, month: str, folder: Path) -> list[str]:
    """Return --share options for every custodian."""
    arguments = []
    for number, words in enumerate(shares_of(installation, month)):
        path = folder / f"{month}-{number}.txt"
        path.write_text(words)
        arguments += ["--share", str(path)]
    return arguments


def exported(app: Flask, month: str, folder: Path) -> Path:
    """Export a month for the custodians' machine."""
    path = folder / f"{month}.jsonl"
    made = run(app, "vault", "export", "--month", month, "--out", str(path))
    assert made.exit_code == 0, made.output
    return path
