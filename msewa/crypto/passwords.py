"""Passwords and recovery codes: argon2id, and the result closed once more under a pepper outside the database."""

import secrets
from dataclasses import dataclass
from threading import BoundedSemaphore

from cryptography.exceptions import InvalidKey, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from msewa.crypto.framing import framed
from msewa.crypto.keyring import Key, KeyRing, KeyRingError, Purpose
from msewa.crypto.normal import nfc

# version 1 | pepper id 8 | nonce 12 | argon2id PHC string, encrypted, and tag
VERSION = b"\x01"
NONCE_START, BODY_START = 9, 21
# A hash holds 64 MiB for its time: whoever comes third waits, so that a crowd at the door can not use up the memory.
at_once = BoundedSemaphore(2)
FLOOR_MEMORY_KIB, FLOOR_ITERATIONS, FLOOR_LANES = 19456, 2, 1


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one guess costs; raises ValueError below the floor of OWASP ASVS 5 (19 MiB, 2 passes, 1 lane)."""

    memory_kib: int = 65536
    iterations: int = 3
    lanes: int = 1

    def __post_init__(self) -> None:
        if self.memory_kib < FLOOR_MEMORY_KIB or self.iterations < FLOOR_ITERATIONS or self.lanes < FLOOR_LANES:
            raise ValueError(f"argon2id needs at least {FLOOR_MEMORY_KIB} KiB, {FLOOR_ITERATIONS} passes and 1 lane")

    @property
    def phc_start(self) -> str:
        """How a PHC string of this cost begins."""
        return f"$argon2id$v=19$m={self.memory_kib},t={self.iterations},p={self.lanes}$"


DEFAULT_COST = Argon2Cost()


def hash_secret(text: str, *, pepper: Key, account: str, cost: Argon2Cost = DEFAULT_COST) -> bytes:
    """Hash a password or code for storing; it verifies for this account only."""
    with at_once:
        phc = _argon2(cost).derive_phc_encoded(_normal(text))
    nonce = secrets.token_bytes(12)
    body = AESGCM(pepper.secret_for(Purpose.PEPPER)).encrypt(nonce, phc.encode(), _bound_to(account, pepper=pepper))
    return VERSION + bytes.fromhex(pepper.id) + nonce + body


def verify_secret(text: str, stored: bytes | None, *, ring: KeyRing, account: str, cost: Argon2Cost = DEFAULT_COST) -> bool:
    """Whether text is the stored secret of this account.

    With nothing stored, or nothing that opens, it works as long as for a real one (at `cost`) and answers False, so
    that the time an answer takes does not tell who has an account.
    """
    phc = _opened(stored or b"", ring=ring, account=account)
    with at_once:
        return _is_hash_of(text, phc, cost=cost)


def needs_rehash(stored: bytes, *, ring: KeyRing, account: str, cost: Argon2Cost = DEFAULT_COST) -> bool:
    """Whether to hash again at this sign-in: another cost than today's, or a pepper that was rotated."""
    phc = _opened(stored, ring=ring, account=account)
    is_current_pepper = _pepper_id(stored) == ring.active(Purpose.PEPPER).id
    return phc is None or not is_current_pepper or not phc.startswith(cost.phc_start)


def _is_hash_of(text: str, phc: str | None, *, cost: Argon2Cost) -> bool:
    # As much work as for a real one, thrown away.
    if phc is None:
        _argon2(cost).derive(_normal(text))
        return False
    try:
        Argon2id.verify_phc_encoded(_normal(text), phc)
    except InvalidKey:
        return False
    return True


def _argon2(cost: Argon2Cost) -> Argon2id:
    return Argon2id(
        salt=secrets.token_bytes(16),
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )


def _normal(text: str) -> bytes:
    # A lone surrogate is nobody's password, but asking for it must end in "no", not in an error.
    return nfc(text).encode("utf-8", "surrogatepass")


def _opened(stored: bytes, *, ring: KeyRing, account: str) -> str | None:
    try:
        pepper = ring.find(_pepper_id(stored), purpose=Purpose.PEPPER)
        nonce, body = stored[NONCE_START:BODY_START], stored[BODY_START:]
        return AESGCM(pepper.secret).decrypt(nonce, body, _bound_to(account, pepper=pepper)).decode()
    except (InvalidTag, KeyRingError, ValueError):
        return None


def _pepper_id(stored: bytes) -> str:
    return stored[1:NONCE_START].hex() if stored[:1] == VERSION else ""


def _bound_to(account: str, *, pepper: Key) -> bytes:
    return framed("msewa password", VERSION, account, pepper.id)
