"""Offline keys, one pair for each month: the public half lies with the server, the private half is split between custodians (SLIP-39)."""

import base64
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import shamir_mnemonic
from shamir_mnemonic import Share

from msewa.crypto.sealing import SealError, new_sealing_pair, public_of, seal_to

SUITE = "X-Wing (ML-KEM-768, X25519)"
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
# Nobody opens alone, and one paper may be lost.
CUSTODIANS, NEEDED = 3, 2
MOST_CUSTODIANS = 16  # SLIP-39
# A custodian keeps a paper for each month and burns one of them: the line above the words says which it is.
REMARK = "#"


class CustodyError(Exception):
    """An offline key can't be made or put together; the message is one line for the person at the terminal."""


class Split(NamedTuple):
    """How many custodians hold a share of a key, and how many of them open together."""

    custodians: int
    needed: int


def new_month(folder: Path, month: str, *, name: str, target: Path, custodians: int = CUSTODIANS, needed: int = NEEDED) -> list[Path]:
    """Make a pair for `month` ("2026-11"): its public half in `folder`, the shares in files `<name>.share-1.txt` ... of `target`.

    Any `needed` of the `custodians` shares (two of three) give the private half, fewer tell nothing of it; it is written nowhere.
    Raises CustodyError when the month has its key already: a second one would leave two sets of shares for the same seals.
    """
    if MONTH.fullmatch(month) is None:
        raise CustodyError(f"A month reads like 2026-11, not {month}.")
    if not 2 <= needed <= custodians <= MOST_CUSTODIANS:
        raise CustodyError(f"A key is split between up to {MOST_CUSTODIANS} custodians, of whom at least two are needed together.")
    if _path(folder, month).exists():
        raise CustodyError(f"There is a key for {month} already.")
    public, private = new_sealing_pair()
    (shares,) = shamir_mnemonic.generate_mnemonics(1, [(needed, custodians)], private)
    papers = {
        target / f"{name}.share-{number}.txt": f"{REMARK} {name}, share {number} of {custodians}; any {needed} open\n{words}\n"
        for number, words in enumerate(shares, 1)
    }
    split = {"custodians": custodians, "needed": needed}
    content = {"month": month, "suite": SUITE, "public": base64.b64encode(public).decode(), **split}
    # The public half comes last: nothing can be sealed to a key whose shares never reached the disk.
    _write_new(papers | {_path(folder, month): json.dumps(content, indent=1) + "\n"}, private=papers)
    return list(papers)


def _write_new(files: Mapping[Path, str], *, private: Collection[Path]) -> None:
    """Write files that are not there yet, all or none; those of `private` for their owner's eyes alone. Raises CustodyError."""
    written = list[Path]()
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Closed while still empty: a share that is written first and closed then could be read in between.
            path.touch(mode=0o600 if path in private else 0o644, exist_ok=False)
            written.append(path)
            path.write_text(text, encoding="ascii")
    except OSError as error:
        for path in written:
            path.unlink()
        raise CustodyError(f"{error.filename} can't be written: {error.strerror}. No key was made.") from None


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
    if content.get("month") != month or content.get("suite") != SUITE or not _seals(public):
        raise CustodyError(f"The public key for {month} is another's.")
    return public


def _seals(public: bytes) -> bool:
    """Whether something can be sealed to a key: bytes of the right length may still be none, and then is too late to find out."""
    try:
        seal_to(public, b"", info=b"")
    except SealError:
        return False
    return True


def split_of(folder: Path, month: str) -> Split:
    """Return between how many the private half of a month was split; raises CustodyError when its public file does not say."""
    try:
        content = json.loads(_path(folder, month).read_text(encoding="ascii"))
        split = Split(int(content["custodians"]), int(content["needed"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise CustodyError(
            f'{month}.pub does not say how many shares there are: write "custodians" and "needed" into it, as each share says.'
        ) from None
    return split


def private_half(shares: Iterable[str], *, public: bytes) -> bytes:
    """Put the private half together from custodians' shares; more than are needed, and those of other months, do no harm.

    Raises CustodyError for too few of one key, for those of another key, and for words that are no share.
    """
    keys = defaultdict[int, dict[int, Share]](dict)
    for number, text in enumerate(shares, 1):
        share = _read(text, number=number)
        keys[share.identifier][share.index] = share
    whole = [parts for parts in (_as_many_as_needed(key) for key in keys.values()) if parts]
    if not whole:
        needed = max((share.member_threshold for key in keys.values() for share in key.values()), default=NEEDED)
        raise CustodyError(f"Too few shares: {needed} different ones of the same key are needed together.")
    found = next((private for private in map(_combined, whole) if private is not None and public_of(private) == public), None)
    if found is None:
        raise CustodyError("These shares belong to another key.")
    return found


def _read(text: str, *, number: int) -> Share:
    words = " ".join(line for line in text.splitlines() if not line.startswith(REMARK))
    try:
        return Share.from_mnemonic(" ".join(words.split()))
    except (shamir_mnemonic.MnemonicError, ValueError):
        raise CustodyError(f"Share {number} of those given is no custodian's share, or a word in it is wrong or missing.") from None


def _as_many_as_needed(key: Mapping[int, Share]) -> list[Share]:
    # The library refuses more shares than are needed, and all custodians may have come.
    parts = list(key.values())
    return parts[: parts[0].member_threshold] if len(parts) >= parts[0].member_threshold else []


def _combined(parts: list[Share]) -> bytes | None:
    try:
        private = shamir_mnemonic.combine_mnemonics(share.mnemonic() for share in parts)
        public_of(private)
    except (shamir_mnemonic.MnemonicError, SealError):
        return None
    return private


def _path(folder: Path, month: str) -> Path:
    return folder / f"{month}.pub"
