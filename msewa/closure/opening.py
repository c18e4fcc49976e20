"""Opening bundles on the offline machine: with custodians' shares and an instrument, and counted. Reads files alone, no database."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msewa.closure.bundles import BundleError, open_bundle, read_content, read_files
from msewa.closure.exports import Exported, read_export, read_header
from msewa.closure.matching import Wanted, is_named, read_match
from msewa.closure.rules import MOST_MONTHS, ClosureError, is_instrument
from msewa.crypto.custody import CustodyError, private_half

COUNT = "opening.json"


class OpeningError(ClosureError):
    """Nothing was opened; the message says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What goes into the public count: never what was found."""

    id: str
    opened_at: str
    instrument: str
    months: list[str]
    tried: int
    opened: int


class Unlocked(NamedTuple):
    """An export whose key the custodians have put together."""

    path: Path
    month: str
    private: bytes


def open_months(
    exports: Sequence[Path], *, shares: Sequence[str], instrument: str, match: str, out: Path, now: datetime, expect: int = 1
) -> tuple[Opening, list[str]]:
    """Try every bundle of the named months; write those of whom `match` names to `out`; return the count and what did not open.

    `match` is what the instrument names: a whole mobile number, e-mail address, name or reference; nothing is written where more than
    `expect` bundles are of that name. Raises OpeningError, ExportError.
    """
    _refuse(exports, instrument=instrument, match=match, out=out)
    unlocked = [_unlock(path, shares=shares) for path in exports]
    found, damaged = _try(unlocked, wanted=read_match(match))
    hers = {bundle_id for bundle_id, is_hers in found.items() if is_hers}
    if len(hers) > expect:
        raise OpeningError(
            f"{len(hers)} bundles match, more than were expected. Nothing was written. Name what is hers alone, or say how many: --expect"
        )
    opening = Opening(
        id=secrets.token_hex(16),
        opened_at=now.isoformat(timespec="seconds"),
        instrument=instrument.strip(),
        months=sorted({one.month for one in unlocked}),
        tried=len(found) + len(damaged),
        opened=len(hers),
    )
    # Counted before it is shown: an opening that nobody knows of must not exist.
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    (out / COUNT).write_text(json.dumps(asdict(opening), indent=1) + "\n", encoding="utf-8")
    # Opened a second time rather than kept meanwhile: a month may be larger than the memory.
    for bundle, archive in _archives(unlocked):
        if archive is not None and bundle.id in hers:
            _write(archive, out / bundle.id)
    return opening, damaged


def _refuse(exports: Sequence[Path], *, instrument: str, match: str, out: Path) -> None:
    if not is_instrument(instrument.strip()):
        raise OpeningError("An opening needs the number of its legal instrument.")
    if not read_match(match).value:
        raise OpeningError("Say what the instrument names; nobody opens a whole month.")
    if len(exports) > MOST_MONTHS:
        raise OpeningError(f"At most {MOST_MONTHS} months are opened at once.")
    if out.exists() and any(out.iterdir()):
        raise OpeningError(f"{out} is not empty. Each opening takes a folder of its own, so that no count is lost.")


def _unlock(path: Path, *, shares: Sequence[str]) -> Unlocked:
    month, public = read_header(path)
    try:
        return Unlocked(path, month, private_half(shares, public=public))
    except CustodyError as error:
        raise OpeningError(f"The key of {month} is not here. {error}") from None


def _try(unlocked: Sequence[Unlocked], *, wanted: Wanted) -> tuple[dict[str, bool], list[str]]:
    """Return of each bundle whether it is of whom `wanted` names, and which did not open."""
    found, damaged = dict[str, bool](), list[str]()
    for bundle, archive in _archives(unlocked):
        if bundle.id in found or bundle.id in damaged:
            # The public count would tell of more people than there are.
            raise OpeningError(f"{bundle.id} stands twice in these files.")
        if archive is None:
            damaged.append(bundle.id)
        else:
            found[bundle.id] = is_named(read_content(archive), wanted)
    return found, damaged


def _archives(unlocked: Sequence[Unlocked]) -> Iterator[tuple[Exported, bytes | None]]:
    """Yield every bundle with what it holds; None where it does not open."""
    for path, month, private in unlocked:
        for bundle in read_export(path, month=month):
            try:
                archive = open_bundle(
                    bundle.stretches, sealed_key=bundle.sealed_key, digest=bundle.digest, terms=bundle.terms, private=private
                )
            except BundleError:
                archive = None
            yield bundle, archive


def _write(archive: bytes, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "bundle.json").write_text(json.dumps(read_content(archive), ensure_ascii=False, indent=1), encoding="utf-8")
    for number, (name, data) in enumerate(read_files(archive), 1):
        # Only the last part of a name is taken, and numbered: a name written by somebody else leads nowhere.
        (folder / f"{number:03d}-{Path(name).name}").write_bytes(data)
