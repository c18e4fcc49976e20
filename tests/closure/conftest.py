"""Somebody with much behind her, ready to leave; and the custodians who could open what is left."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.closure.bundles import Terms, open_bundle, read_content, read_files
from msewa.closure.erasure_log import HEAD, NAME
from msewa.closure.models import Archive, ArchivePart
from msewa.crypto.custody import private_half, public_half
from msewa.extensions import db
from msewa.outbox.worker import run_due
from tests.accounts.conftest import post
from tests.applications.conftest import Applicant, harjinder, offices, stranger
from tests.installation import Installation
from tests.people import PROFILE, Somebody, signed_in
from tests.strict_client import StrictClient

__all__ = ["harjinder", "offices", "post", "stranger"]
SERVICE = "birth-certificate"
Anew = Callable[..., Installation]


@dataclass
class Leaver:
    """A citizen with a whole profile, a sent application, one that waits, and a draft with papers."""

    applicant: Applicant
    client: StrictClient
    app: Flask
    person: Somebody
    references: list[str] = field(default_factory=list)

    def leave(self, **chosen: str):
        """Press the one button; return where it leads."""
        answer = self.client.submit("/account/delete", "delete", **{"open": "withdraw", **chosen})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        return answer.headers["Location"]


@pytest.fixture
def leaver(app: Flask, offices: Flask, client: StrictClient) -> Leaver:
    """Somebody who has used everything."""
    person = signed_in(client, app=app, profile=PROFILE, email="planted@example.org", full_name="Harjinder Planted Kaur")
    applicant = Applicant(client, app, person)
    delivered = applicant.sent(SERVICE)
    work(app)
    waiting, draft = applicant.sent(SERVICE), applicant.begin("income-certificate")
    applicant.fill(draft, "income-certificate")
    return Leaver(applicant, client, app, person, [base.rpartition("/")[2] for base in (delivered, waiting, draft)])


def work(app: Flask) -> None:
    """Let the worker do all that is due."""
    with app.app_context():
        run_due(now=app.extensions["clock"].now())


def shares_of(installation: Installation, month: str) -> list[str]:
    """Return what a demonstration's custodians hold."""
    return [path.read_text() for path in sorted((installation.folder / "custodians").glob(f"vault-{month}.share-*.txt"))]


@pytest.fixture
def custodians(installation: Installation) -> Callable[[], list[tuple[dict, dict[str, bytes]]]]:
    """Two custodians meet offline and open every bundle there is: what each says, and its files."""

    def meet() -> list[tuple[dict, dict[str, bytes]]]:
        with installation.app.app_context():
            rows = db.session.scalars(select(Archive).order_by(Archive.deleted_at)).all()
            return [_opened(installation, row) for row in rows]

    return meet


def _opened(installation: Installation, row: Archive) -> tuple[dict, dict[str, bytes]]:
    public = public_half(installation.folder / "vault", row.month)
    private = private_half(shares_of(installation, row.month)[:2], public=public)
    parts = db.session.scalars(select(ArchivePart.content).where(ArchivePart.archive_id == row.id).order_by(ArchivePart.number)).all()
    terms = Terms(row.month, row.deleted_at, row.not_before, row.not_after)
    archive = open_bundle(parts, sealed_key=row.sealed_key, digest=row.digest, terms=terms, private=private)
    return read_content(archive), dict(read_files(archive))


def run(app: Flask, *arguments: str, typed: str | None = None):
    """Run a command of the application as at a terminal."""
    return app.test_cli_runner().invoke(args=list(arguments), input=typed)


@pytest.fixture
def kept(installation: Installation):
    """Months of a test end with it: a key that was destroyed is made anew by the next."""
    yield
    for folder in ("vault", "custodians"):
        for path in (installation.folder / folder).glob("*2*"):
            path.unlink()


@pytest.fixture
def anew(installation: Installation, backend: str, tmp_path: Path) -> Iterator[Anew]:
    """Make an empty installation with the same key ring, as after a machine was lost; the log of this one begins without others' marks."""
    for name in (NAME, HEAD):
        (installation.folder / name).unlink(missing_ok=True)
    made: list[Installation] = []

    def make(*, on: str | None = None, keys: bool = True) -> Installation:
        folder = tmp_path / f"anew-{len(made)}"
        folder.mkdir(mode=0o700)
        if keys:
            shutil.copy(installation.folder / "keyring.json", folder)
        made.append(Installation.make(on or backend, folder=folder))
        return made[-1]

    yield make
    for one in made:
        one.close()
