"""Opening bundles on the offline machine: with custodians' shares and an instrument, and counted. Reads files alone, no database."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import shamir_mnemonic

from msewa.closure.bundles import BundleError, open_bundle, read_content, read_files
from msewa.closure.exports import Exported, read_export, read_header
from msewa.closure.rules import ClosureError
from msewa.crypto.custody import CustodyError, private_half

LONGEST_INSTRUMENT = 120


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


def open_months(
    exports: Sequence[Path], *, shares: Sequence[str], instrument: str, match: str, out: Path, now: datetime
) -> tuple[Opening, list[str]]:
    """Try every bundle of the named months; write those that say `match` somewhere to `out`; return the count and what did not open.

    `match` is what the instrument names: a mobile number, a name, a reference. Raises OpeningError, ExportError.
    """
    instrument = instrument.strip()
    if not instrument or len(instrument) > LONGEST_INSTRUMENT or not instrument.isprintable():
        raise OpeningError("An opening needs the number of its legal instrument.")
    if not match.strip():
        raise OpeningError("Say what the instrument names; nobody opens a whole month.")
    tried, found, damaged, months = 0, 0, list[str](), list[str]()
    for path in exports:
        month, public = read_header(path)
        private = _key_of(public, month=month, shares=shares)
        months.append(month)
        for bundle in read_export(path, month=month):
            tried += 1
            archive = _opened(bundle, private=private)
            if archive is None:
                damaged.append(bundle.id)
            elif _says(read_content(archive), match.strip().casefold()):
                _write(archive, out / bundle.id)
                found += 1
    opening = Opening(secrets.token_hex(16), now.isoformat(timespec="seconds"), instrument, sorted(set(months)), tried, found)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    (out / "opening.json").write_text(json.dumps(asdict(opening), indent=1) + "\n", encoding="utf-8")
    return opening, damaged


def _key_of(public: bytes, *, month: str, shares: Sequence[str]) -> bytes:
    """Put a month's key together from those of the shares that belong to one pair."""
    for group in _groups(shares):
        try:
            return private_half(group, public=public)
        except CustodyError:
            continue
    raise OpeningError(f"The key of {month} needs the shares of more custodians, or these belong to another month.")


def _groups(shares: Iterable[str]) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for share in shares:
        words = " ".join(share.split())
        try:
            groups.setdefault(shamir_mnemonic.Share.from_mnemonic(words).identifier, []).append(words)
        except shamir_mnemonic.MnemonicError:
            raise OpeningError("One of these is no custodian's share, or a word in it is wrong.") from None
    return list(groups.values())


def _opened(bundle: Exported, *, private: bytes) -> bytes | None:
    try:
        return open_bundle(bundle.stretches, sealed_key=bundle.sealed_key, digest=bundle.digest, terms=bundle.terms, private=private)
    except BundleError:
        return None


def _says(value: Any, match: str) -> bool:
    if isinstance(value, dict):
        return any(_says(inner, match) for inner in value.values())
    if isinstance(value, list):
        return any(_says(inner, match) for inner in value)
    return isinstance(value, str) and match in value.casefold()


def _write(archive: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    (folder / "bundle.json").write_text(json.dumps(read_content(archive), ensure_ascii=False, indent=1), encoding="utf-8")
    for number, (name, data) in enumerate(read_files(archive), 1):
        # Only the last part of a name is taken, and numbered: a name written by somebody else leads nowhere.
        (folder / f"{number:03d}-{Path(name).name}").write_bytes(data)
