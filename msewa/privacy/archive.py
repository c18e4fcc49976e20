"""A ZIP of everything that is held about somebody: data for programs, a page for people, her files, receipts and proofs.

It is written in stretches of a megabyte, each sealed under her key as soon as it is full: what lies on our disk meanwhile is as closed
as everything else of hers. Her papers are in memory one at a time; what she wrote and who looked, which is small beside them, at once.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, insert, select, update

from msewa.crypto.envelope import Place, seal, unseal
from msewa.extensions import db
from msewa.holdings import File, holdings
from msewa.ledger.queries import NotCoveredYetError, get_sealed, prove
from msewa.ledger.rules import Actor, Subject, is_by_other
from msewa.ledger.showing import CHECK_SCRIPT, proof_document
from msewa.privacy.models import Download, DownloadPart
from msewa.privacy.readable import render_readable
from msewa.privacy.rules import PART_BYTES

FIXED = 4  # data.json, index.html, face.css, proofs/check.py
STEPS = 50  # in how many steps her page sees it grow
STYLE = Path(__file__).resolve().parent.parent.parent / "static" / "css" / "face.css"
Keep = Callable[[Executable], Any]


class SealedSink(io.RawIOBase):
    """Takes what a ZIP writes, from its beginning to its end, and keeps it as sealed parts of a download."""

    def __init__(self, download_id: str, *, subject: Subject, keep: Keep) -> None:
        super().__init__()
        self._id, self._subject, self._keep_row = download_id, subject, keep
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        """Say that it takes bytes."""
        return True

    def write(self, data: Any, /) -> int:
        """Take some bytes; whole parts go to the database."""
        self._waiting += data
        while len(self._waiting) >= PART_BYTES:
            self._keep(PART_BYTES)
        return len(data)

    def finish(self) -> None:
        """Keep what is left."""
        self._keep(len(self._waiting))

    def _keep(self, size: int) -> None:
        place = place_of(self._id, self._number, account_id=self._subject.id)
        sealed = seal(self._subject.key, bytes(self._waiting[:size]), place=place)
        self._keep_row(insert(DownloadPart).values(download_id=self._id, number=self._number, sealed=sealed))
        del self._waiting[:size]
        self._number += 1


def write_archive(download_id: str, *, subject: Subject, language: str, keep: Keep, now: datetime) -> None:
    """Put everything into the parts of a download; `keep` runs each statement that writes a part, or says how far it is."""
    data = gather(subject)
    total = FIXED + _count_files(data, subject=subject)
    sink = SealedSink(download_id, subject=subject, keep=keep)
    progress = update(Download).where(Download.id == download_id)
    # A ZIP into what can't be sought writes each file's size behind it, and never has to change a part that is sealed already.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (name, content) in enumerate(_pieces(data, subject=subject, language=language, now=now)):
            if done % (total // STEPS + 1) == 0:  # thousands of small proofs are not worth a transaction each
                # Her files are read later than they were counted: one that came since must not make it more than all.
                keep(progress.values(done=done, total=max(total, done + 1)))
            # The moment of making, for all alike: a time for each file would tell nothing of hers.
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    sink.finish()


def gather(subject: Subject) -> dict[str, Any]:
    """Return everything as JSON, by section; what no feature keeps yet stands there empty, and so says that there is none (P3, P22)."""
    sections = {holding.section: holding.gather(subject) for holding in holdings()}
    return {**sections, "about_others": [], "derived_attributes": []}


def read_archive(download_id: str, *, subject: Subject) -> Iterator[bytes]:
    """Yield the ZIP, a part at a time."""
    # The numbers at once and each part by itself: however slow her line is, one part lies open in memory and no cursor waits.
    numbers = select(DownloadPart.number).where(DownloadPart.download_id == download_id).order_by(DownloadPart.number)
    for number in db.session.scalars(numbers).all():
        sealed = select(DownloadPart.sealed).where(DownloadPart.download_id == download_id, DownloadPart.number == number)
        yield unseal(subject.key, db.session.scalars(sealed).one(), place=place_of(download_id, number, account_id=subject.id))


def place_of(download_id: str, number: int, *, account_id: str) -> Place:
    """Return where a part's envelope belongs."""
    # With its number, so that parts can't change places.
    return Place(table="download_part", group="content", row=f"{download_id}:{number}", subject=account_id)


def _pieces(data: dict[str, Any], *, subject: Subject, language: str, now: datetime) -> Iterator[File]:
    yield "data.json", json.dumps(data, ensure_ascii=False, indent=1).encode()
    yield "index.html", render_readable(data, subject=subject, language=language, now=now).encode()
    yield "face.css", STYLE.read_bytes()
    yield "proofs/check.py", CHECK_SCRIPT.read_bytes()
    for holding in holdings():
        yield from holding.files(subject)
    for number in _looks(data, subject=subject):
        try:
            proof = prove(number)
        except NotCoveredYetError:
            continue  # minutes old: the page of looks has its proof soon
        document = proof_document(number, sealed=get_sealed(number, subject=subject), proof=proof)
        yield f"proofs/{number}.json", json.dumps(document).encode()


def _count_files(data: dict[str, Any], *, subject: Subject) -> int:
    papers = sum(len(one["papers"]) for one in data["applications"])
    return papers + len(data["choices"]["receipts"]) + len(_looks(data, subject=subject))


def _looks(data: dict[str, Any], *, subject: Subject) -> list[int]:
    """Return the numbers of the entries in which somebody else acted."""
    return [entry["number"] for entry in data["access"] if is_by_other(Actor(**entry["actor"]), subject_id=subject.id)]
