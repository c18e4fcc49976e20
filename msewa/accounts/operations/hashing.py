"""Passwords and recovery codes, hashed at the cost of this installation."""

from collections.abc import Iterable

from msewa.accounts.factors import bare_code
from msewa.crypto.keyring import Purpose
from msewa.crypto.passwords import FLOOR_ITERATIONS, FLOOR_LANES, FLOOR_MEMORY_KIB, Argon2Cost, hash_secret, needs_rehash, verify_secret
from msewa.web.keys import key_ring, password_cost

# A code of 80 random bits cannot be guessed at any price; ten of them are tried at once.
CODE_COST = Argon2Cost(FLOOR_MEMORY_KIB, FLOOR_ITERATIONS, FLOOR_LANES)


def hash_password(text: str, *, account_id: str) -> bytes:
    """Hash a password for one account."""
    return hash_secret(text, pepper=key_ring().active(Purpose.PEPPER), account=account_id, cost=password_cost())


def verify_password(text: str, stored: bytes | None, *, account_id: str | None) -> bool:
    """Whether this is the account's password; without an account it takes as long and is not."""
    return verify_secret(text, stored, ring=key_ring(), account=account_id or "", cost=password_cost())


def is_outdated(stored: bytes, *, account_id: str) -> bool:
    """Whether a password should be hashed anew: the cost or the pepper has changed."""
    return needs_rehash(stored, ring=key_ring(), account=account_id, cost=password_cost())


def hash_codes(codes: Iterable[str], *, account_id: str) -> list[bytes]:
    """Hash recovery codes for one account; ten take about a quarter of a second, so no transaction should be open."""
    pepper, owner = key_ring().active(Purpose.PEPPER), _codes_of(account_id)
    return [hash_secret(bare_code(code), pepper=pepper, account=owner, cost=CODE_COST) for code in codes]


def verify_code(code: str, stored: bytes | None, *, account_id: str) -> bool:
    """Whether this is the stored recovery code, however it is written."""
    return verify_secret(bare_code(code), stored, ring=key_ring(), account=_codes_of(account_id), cost=CODE_COST)


def _codes_of(account_id: str) -> str:
    return f"{account_id}|recovery"
