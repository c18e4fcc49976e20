"""Authenticator codes (RFC 6238) and recovery codes: pure, with the moment passed in."""

import hmac
import io
import secrets
from datetime import datetime

import segno
from pyotp import random_base32
from pyotp.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
# No 0, O, 1 or I: the codes are read off paper. 16 of 32 signs are 80 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH, GROUP = 16, 4


def new_secret() -> str:
    """Make an authenticator secret of 160 bits in base32."""
    return random_base32(32)


def step_of(moment: datetime) -> int:
    """Return the number of the 30-second step a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(code: str, *, secret: str, now: datetime) -> int | None:
    """Return the step that a code belongs to: this one, or at most the one before; None when it is neither."""
    totp = TOTP(secret)
    found = None
    for step in (step_of(now) - 1, step_of(now)):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def authenticator_link(secret: str, *, mobile: str) -> str:
    """Return the otpauth link that an app reads; it names the account by the last four digits of its number alone."""
    return TOTP(secret).provisioning_uri(name=f"..{mobile[-4:]}", issuer_name="mSewa")


def qr_svg(link: str) -> str:
    """Draw a link as a QR code in inline SVG, dark on light whatever the page's colours are."""
    drawn = io.BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff", border=4, svgclass="qr", lineclass=None, nl=False
    )
    return drawn.getvalue().decode()


def grouped(text: str, *, separator: str = " ") -> str:
    """Write a secret or code in groups of four."""
    return separator.join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def new_recovery_codes(count: int) -> list[str]:
    """Make recovery codes of 80 bits, written XXXX-XXXX-XXXX-XXXX."""
    return [grouped("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)), separator="-") for _ in range(count)]


def bare_code(typed: str) -> str:
    """Return a recovery code as it was made, however it was typed: in small letters, with spaces or dashes."""
    return "".join(sign for sign in typed.upper() if sign in ALPHABET)
