"""CSRF protection: every unsafe form carries its browser's seed, under a mask that differs in every answer.

The seed is a random cookie sealed by our own key, so that nobody can plant one. Compressed pages that carry the same secret and reflected
input leak the secret byte by byte (BREACH); the mask stops that. Flask-WTF decides which requests are checked and what is exempt; its own
token, signed twice over for every page, cost as much as a page's whole query.
"""

import base64
import binascii
import hmac
import secrets

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect

from msewa.config import Settings
from msewa.crypto.tokens import Seals

SEED_LENGTH = 32


class MaskedCSRFProtect(CSRFProtect):
    """Flask-WTF's protection, reading masked seeds."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse an unsafe request whose form does not carry the seed of the browser that sends it."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        if apply_exemptions and (not request.endpoint or self._is_exempt()):
            return
        seed = _sent_seed()
        carried = unmask(str(self._get_csrf_token() or ""))  # pyright: ignore[reportPrivateUsage] - ours by inheritance
        if seed is None or not hmac.compare_digest(seed.encode(), carried):
            self._error_response("The form is not of this browser.")  # pyright: ignore[reportPrivateUsage]


csrf = MaskedCSRFProtect()


def masked_token() -> str:
    """Return the browser's seed under a mask of this answer's own; all forms of a page carry the same, which then weighs once."""
    if "masked_token" not in g:
        seed = (_sent_seed() or _new_seed()).encode()
        mask = secrets.token_bytes(len(seed))
        g.masked_token = base64.urlsafe_b64encode(mask + _xor(mask, seed)).decode()
    return g.masked_token


def seed() -> str:
    """Return what this browser alone holds from its first form on; empty when it has none yet."""
    return _sent_seed() or ""


def unmask(text: str) -> bytes:
    """Return the seed under the mask; anything malformed becomes something that never matches."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii", "replace"))
    except (binascii.Error, ValueError):
        return b""
    half = len(raw) // 2
    return _xor(raw[:half], raw[half:])


def init_app(app: Flask, *, settings: Settings) -> None:
    """Protect every unsafe method; give a browser its seed with the first page that has such a form."""
    # A demonstration is served over plain HTTP, where browsers refuse the prefix: it asks for Secure.
    app.extensions["seed_cookie"] = "seed" if settings.is_demo else "__Host-seed"
    csrf.init_app(app)
    app.after_request(_give_seed)


def _sent_seed() -> str | None:
    seed, _, seal = request.cookies.get(current_app.extensions["seed_cookie"], "").partition(".")
    is_ours = len(seed) == SEED_LENGTH and _seals().is_ours(seed, seal)
    return seed if is_ours else None


def _seals() -> Seals:
    return current_app.extensions["seed_seals"]


def _new_seed() -> str:
    g.new_seed = secrets.token_urlsafe(SEED_LENGTH)[:SEED_LENGTH]
    return g.new_seed


def _give_seed(response: Response) -> Response:
    seed = g.pop("new_seed", None)
    if seed is not None:
        name = current_app.extensions["seed_cookie"]
        is_safe = name.startswith("__Host-")
        response.set_cookie(name, f"{seed}.{_seals().seal(seed)}", path="/", secure=is_safe, httponly=True, samesite="Lax")
    return response


def _xor(left: bytes, right: bytes) -> bytes:
    size = min(len(left), len(right))
    return (int.from_bytes(left[:size]) ^ int.from_bytes(right[:size])).to_bytes(size)
