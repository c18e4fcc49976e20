"""Offline keys, one pair for each month: the public half lies with the server, the private half is split between custodians (SLIP-39)."""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path

import shamir_mnemonic

from msewa.crypto.sealing import SealError, new_sealing_pair, public_of

SUITE = "X-Wing (ML-KEM-768, X25519)"
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
CUSTODIANS, NEEDED = 3, 2


class CustodyError(Exception):
    """An offline key can't be made or put together; the message is one line for the person at the terminal."""


def new_month(folder: Path, month: str) -> list[str]:
    """Make a pair for `month` ("2026-11"): write the public half to `folder`, return the words of each custodian's share.

    Any two of the three shares give the private half, one alone tells nothing of it; it is written nowhere. Raises CustodyError when
    the month has its key already: a second one would leave two sets of shares for the same seals.
    """
    if MONTH.fullmatch(month) is None:
        raise CustodyError(f"A month reads like 2026-11, not {month}.")
    public, private = new_sealing_pair()
    content = {"month": month, "suite": SUITE, "public": base64.b64encode(public).decode()}
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _path(folder, month).open("x", encoding="ascii") as file:
            file.write(json.dumps(content, indent=1) + "\n")
    except FileExistsError:
        raise CustodyError(f"There is a key for {month} already.") from None
    (shares,) = shamir_mnemonic.generate_mnemonics(1, [(NEEDED, CUSTODIANS)], private)
    return shares


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


def _path(folder: Path, month: str) -> Path:
    return folder / f"{month}.pub"
