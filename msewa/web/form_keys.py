"""Form keys: every unsafe form carries one; the same key gives the same answer, once (F03 of the fault list)."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec

from flask import abort, current_app, g, request
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from msewa.crypto.tokens import Seals
from msewa.extensions import db
from msewa.web import clock
from msewa.web.models import UsedFormKey
from msewa.web.pages import see_other

P = ParamSpec("P")
FIELD = "form_key"
KEPT = timedelta(days=2)
_NOT_CONTENT = {FIELD, "csrf_token"}


def issue() -> str:
    """Return a fresh key, signed so that only ours are taken."""
    text = secrets.token_urlsafe(12)
    return f"{text}.{_seals().seal(text)}"


def is_carried() -> bool:
    """Whether this form carries a key of ours; for forms that are taken in without being guarded by it."""
    return _is_ours(request.form.get(FIELD, ""))


def _is_ours(key: str) -> bool:
    text, _, seal = key.partition(".")
    return _seals().is_ours(text, seal)


def _seals() -> Seals:
    return current_app.extensions["form_key_seals"]


def _digest(key: str) -> bytes:
    """Digest what was posted and where to, files by their bytes; the CSRF token is not content."""
    # The key comes first, of which only a hash is kept: nobody can try numbers and names against what the table holds.
    content = hashlib.sha256(f"{key} {request.path}".encode())
    for name, values in sorted(request.form.lists()):
        if name not in _NOT_CONTENT:
            content.update(repr((name, values)).encode("utf-8", "backslashreplace"))
    for name, file in sorted(request.files.items()):
        content.update(repr((name, file.filename)).encode("utf-8", "backslashreplace"))
        content.update(hashlib.file_digest(file.stream, "sha256").digest())  # pyright: ignore[reportArgumentType]
        file.stream.seek(0)
    return content.digest()


def once(view: Callable[P, Response]) -> Callable[P, Response]:
    """Act at most once for a form key: a repeat gets the first answer, another body under the same key 409.

    The key is entered before the act, in the act's own transaction: whoever comes second waits for the first to commit and then
    finds it. The view says by `remember` where it will send the browser, before it commits; a view that does not (a form sent
    back with its errors) leaves the key free.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.form.get(FIELD)
        if request.method != "POST" or key is None:
            return view(*args, **kwargs)
        if not _is_ours(key):
            abort(400)
        g.form_key = hashlib.sha256(key.encode()).digest()
        earlier = _enter(g.form_key, body_digest=_digest(key))
        if earlier is not None:
            return see_other(earlier)
        response = view(*args, **kwargs)
        if g.pop("form_key", None) is not None:
            _release(hashlib.sha256(key.encode()).digest())
        return response

    return guarded


def remember(location: str) -> None:
    """Note, in the act's transaction and before its commit, where this form's answer sends the browser."""
    key_hash = g.pop("form_key", None)
    if key_hash is not None:
        db.session.execute(update(UsedFormKey).where(UsedFormKey.key_hash == key_hash).values(location=location))


def find_answer() -> str | None:
    """Return where this very form was answered to before, even if that answer ended the visit; None when it was not."""
    key = request.form.get(FIELD) if request.method == "POST" else None
    if key is None or not _is_ours(key):
        return None
    same = (UsedFormKey.key_hash == hashlib.sha256(key.encode()).digest(), UsedFormKey.body_digest == _digest(key))
    return db.session.scalar(select(UsedFormKey.location).where(*same)) or None


def forget_about(prefixes: Iterable[str]) -> None:
    """Forget the keys whose answers led to addresses that begin like these: the addresses themselves are to be gone."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        by_length.setdefault(len(prefix), []).append(prefix)
    for length, alike in by_length.items():
        # Compared and not searched: one pass over the table, however many they are.
        db.session.execute(delete(UsedFormKey).where(func.substr(UsedFormKey.location, 1, length).in_(alike)))


def forget_old(*, now: datetime) -> None:
    """Forget keys older than two days: no form is sent again after that, and its sign-in is long over."""
    db.session.execute(delete(UsedFormKey).where(UsedFormKey.used_at < now - KEPT))


def _enter(key_hash: bytes, *, body_digest: bytes) -> str | None:
    """Enter the key; return the earlier answer's location if there is one; 409 when it came with another body."""
    row = {"key_hash": key_hash, "body_digest": body_digest, "location": "", "used_at": clock.now()}
    try:
        db.session.execute(insert(UsedFormKey).values(**row))
    except IntegrityError:
        db.session.rollback()
    else:
        return None
    used = db.session.execute(select(UsedFormKey.body_digest, UsedFormKey.location).where(UsedFormKey.key_hash == key_hash)).one()
    if not used.location:
        return None  # its act never came to an answer
    if not hmac.compare_digest(used.body_digest, body_digest):
        abort(409)
    return used.location


def _release(key_hash: bytes) -> None:
    db.session.execute(delete(UsedFormKey).where(UsedFormKey.key_hash == key_hash))
    db.session.commit()
