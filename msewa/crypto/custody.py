"""Offline keys, one pair for each month: the public half lies with the server, the private half is split between custodians (SLIP-39)."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import shamir_mnemonic

from msewa.crypto.sealing import SealError, new_sealing_pair, public_of

SUITE = "X-Wing (ML-KEM-768, X25519)"
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
CUSTODIANS, NEEDED = 3, 2
MOST_CUSTODIANS = 16  # SLIP-39


class CustodyError(Exception):
    """An offline key can't be made or put together; the message is one line for the person at the terminal."""


def new_month(folder: Path, month: str, *, custodians: int = CUSTODIANS, needed: int = NEEDED) -> list[str]:
    """Make a pair for `month` ("2026-11"): write the public half to `folder`, return the words of each custodian's share.

    Any `needed` of the `custodians` shares (two of three) give the private half, fewer tell nothing of it; it is written nowhere.
    Raises CustodyError when the month has its key already: a second one would leave two sets of shares for the same seals.
    """
    if MONTH.fullmatch(month) is None:
        raise CustodyError(f"A month reads like 2026-11, not {month}.")
    if not 2 <= needed <= custodians <= MOST_CUSTODIANS:
        raise CustodyError(f"A key is split between up to {MOST_CUSTODIANS} custodians, of whom at least two are needed together.")
    public, private = new_sealing_pair()
    content = {"month": month, "suite": SUITE, "public": base64.b64encode(public).decode()}
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _path(folder, month).open("x", encoding="ascii") as file:
            file.write(json.dumps(content, indent=1) + "\n")
    except FileExistsError:
        raise CustodyError(f"There is a key for {month} already.") from None
    (shares,) = shamir_mnemonic.generate_mnemonics(1, [(needed, custodians)], private)
    return shares


def key_id(public: bytes) -> str:
    """Return the name of a pair by its public half: 16 hex digits."""
    return hashlib.sha256(public).hexdigest()[:16]


def months(folder: Path) -> list[str]:
    """List the months whose public half lies in `folder`, the oldest first."""
    return sorted(path.stem for path in folder.glob("*.pub") if MONTH.fullmatch(path.stem))


def public_half(folder: Path, month: str) -> bytes:
    """Return the public half of a month's pair; raises CustodyError when there is none, or the file is not of that month."""
    try:
        content = json.loads(_path(folder, month).read_text(encoding="ascii"))
        public = base64.b64decode(content["public"], validate=True)
    except (OSError, ValueError, KeyError, TypeError):
        raise CustodyError(f"There is no good public key for {month}.") from None
    if content.get("month") != month or content.get("suite") != SUITE:
        raise CustodyError(f"The public key for {month} is another's.")
    return public


def private_half(shares: Iterable[str], *, public: bytes) -> bytes:
    """Put the private half together from custodians' shares; raises CustodyError for too few, or for those of another pair."""
    try:
        private = shamir_mnemonic.combine_mnemonics([" ".join(share.split()) for share in shares])
        belongs = public_of(private) == public
    except (shamir_mnemonic.MnemonicError, SealError, ValueError):
        raise CustodyError("These shares don't make a key: two custodians' shares of one pair are needed.") from None
    if not belongs:
        raise CustodyError("These shares belong to another key.")
    return private


def write_shares(shares: Sequence[str], *, name: str, target: Path) -> list[Path]:
    """Write each share to a file of its own that its owner alone can read; return the files."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = [target / f"{name}.share-{number}.txt" for number, _ in enumerate(shares, start=1)]
    for path, share in zip(paths, shares, strict=True):
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(share + "\n", encoding="ascii")
    return paths


def _path(folder: Path, month: str) -> Path:
    return folder / f"{month}.pub"
