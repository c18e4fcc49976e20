"""CSRF protection whose token looks different in every answer.

Compressed pages that carry the same secret and reflected input leak the secret byte by byte (BREACH); a mask per answer stops that.
"""

import base64
import binascii
import secrets

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf


class MaskedCSRFProtect(CSRFProtect):
    """Flask-WTF's protection, reading masked tokens."""

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()  # pyright: ignore
        return unmask(token) if isinstance(token, str) else token


def masked_token() -> str:
    """Return this session's token under a mask of this answer's own; all forms of a page carry the same, which then weighs once."""
    if "masked_token" not in g:
        token = generate_csrf().encode()
        mask = secrets.token_bytes(len(token))
        g.masked_token = base64.urlsafe_b64encode(mask + _xor(mask, token)).decode()
    return g.masked_token


def unmask(text: str) -> str:
    """Return the token under the mask; anything malformed becomes the empty token, which never matches."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii", "replace"))
    except (binascii.Error, ValueError):
        return ""
    half = len(raw) // 2
    return _xor(raw[:half], raw[half:]).decode("utf-8", "replace")


def _xor(left: bytes, right: bytes) -> bytes:
    size = min(len(left), len(right))
    return (int.from_bytes(left[:size]) ^ int.from_bytes(right[:size])).to_bytes(size)


csrf = MaskedCSRFProtect()


def init_app(app: Flask) -> None:
    """Protect every unsafe method; forms carry the one token of the page, not one of their own."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    csrf.init_app(app)
