"""Who signs the ledger's checkpoints, and the keys by which anybody checks them."""

from urllib.parse import urlsplit

from flask import current_app

from msewa.config import Settings
from msewa.crypto.keyring import Key, Purpose
from msewa.crypto.notes import NoteError, Signer, open_note, verifier_key
from msewa.web.keys import key_ring

DEMO_HOST = "msewa.demo"


def origin() -> str:
    """Return the ledger's name, an address without its scheme."""
    settings: Settings = current_app.extensions["settings"]
    # It stands in each signature: under another public address the checkpoints of before are found good no more.
    return f"{urlsplit(settings.public_url).netloc or DEMO_HOST}/ledger"


def signer() -> Signer:
    """Return who signs today."""
    return _signer(key_ring().active(Purpose.LEDGER))


def verifier_keys() -> list[str]:
    """Return the keys that good checkpoints are signed with, today's first."""
    return [verifier_key(_signer(key)) for key in key_ring().living(Purpose.LEDGER)]


def key_of(note: str) -> str:
    """Return which of the keys signed a checkpoint: right after a rotation the newest one is still signed by the key before."""
    return next((key for key in verifier_keys() if _is_signed_by(key, note)), verifier_keys()[0])


def _is_signed_by(key: str, note: str) -> bool:
    try:
        return bool(open_note(note, keys=[key]))
    except NoteError:
        return False


def _signer(key: Key) -> Signer:
    return Signer(origin(), key.secret_for(Purpose.LEDGER))
