"""Form keys: every unsafe form carries one; the same key gives the same answer, once (F03 of the fault list)."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec

from flask import abort, current_app, g, request
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from msewa.crypto.tokens import Seals
from msewa.extensions import db
from msewa.web import clock, csrf
from msewa.web.models import UsedFormKey
from msewa.web.pages import see_other

P = ParamSpec("P")
FIELD = "form_key"
KEPT = timedelta(days=2)
# How long a second answer may carry the first one's cookies, and how long it waits for a first that is still at work.
SAME_COOKIES_FOR = timedelta(minutes=1)
PATIENCE_SECONDS, PAUSE_SECONDS = 10.0, 0.05
# How soon the same form with the same content is a second tap and no second try: whoever thinks again takes longer.
SAME_TRY_FOR = timedelta(seconds=10)
LONGEST_LOCATION = 300
# Where the feature that gives cookies says how it gives the same ones again.
SAME_COOKIES = "same_cookies"
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
    """Digest what was posted, where to and by which browser, files by their bytes; the CSRF token is not content."""
    # The key comes first, of which only a hash is kept: nobody can try numbers and names against what the table holds.
    content = hashlib.sha256(f"{key} {csrf.seed()} {request.path}".encode())
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

    return _guarded(view, is_claimed=False)


def once_in_steps(view: Callable[P, Response]) -> Callable[P, Response]:
    """Act at most once for a form key, like `once`, in a view that commits or rolls back on its way: it counts a try, or it hashes.

    The key is then entered in a transaction of its own, and whoever comes second waits until the first has its answer.
    """
    return _guarded(view, is_claimed=True)


def _guarded(view: Callable[P, Response], *, is_claimed: bool) -> Callable[P, Response]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.form.get(FIELD)
        if request.method != "POST" or key is None:
            return view(*args, **kwargs)
        if not _is_ours(key):
            abort(400)
        earlier = _enter(key, is_claimed=is_claimed)
        if earlier is not None:
            return earlier
        try:
            response = view(*args, **kwargs)
        except Exception:
            if is_claimed:  # else it went with the transaction that broke
                _release(_hash(key))
            raise
        if "form_key" in g:
            _release(g.pop("form_key"))
        return response

    return guarded


def remember(location: str) -> None:
    """Note, in the act's transaction and before its commit, where this form's answer sends the browser."""
    key_hash = g.pop("form_key", None)
    if key_hash is not None:
        # Only an address that somebody made up is longer than the column; her double tap then leads home.
        location = location if len(location) <= LONGEST_LOCATION else "/"
        db.session.execute(update(UsedFormKey).where(UsedFormKey.key_hash == key_hash).values(location=location))


def guarded_by() -> str | None:
    """Return the key by which this request is held to one act and one answer; None when it is not."""
    return g.get("guarded_by")


def is_same_try() -> bool:
    """Whether this very form was tried with the same content a moment ago, so that it counts as no second try.

    Asked for the first time in a request it notes the try, in the transaction of what counts it: a try that was not counted leaves
    no note, and is looked at anew.
    """
    if "body_digest" not in g:
        return False
    if "same_try" not in g:
        g.same_try = not _is_first_try(hashlib.sha256(b"tried" + g.body_digest).digest())
    return g.same_try


def _is_first_try(note: bytes) -> bool:
    used = _find(note)
    if used is None:
        return _insert(note, body_digest=note)
    if clock.now() - used.used_at <= SAME_TRY_FOR:
        return False
    _take_over(note, body_digest=note)
    return True


def find_answer() -> Response | None:
    """Return the answer that this very form got before, even if that answer ended the visit; None when it got none."""
    key = request.form.get(FIELD) if request.method == "POST" else None
    if key is None or not _is_ours(key):
        return None
    g.guarded_by = key
    used, body_digest = _find(_hash(key)), _digest(key)
    return _same_answer(used, body_digest=body_digest) if used is not None and used.body_digest == body_digest else None


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


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _enter(key: str, *, is_claimed: bool) -> Response | None:
    """Enter the key; return the earlier answer if there is one; 409 when it came with another body."""
    g.guarded_by, g.form_key = key, _hash(key)
    body_digest, until = _digest(key), time.monotonic() + (PATIENCE_SECONDS if is_claimed else 0)
    g.body_digest = body_digest
    while not _insert(g.form_key, body_digest=body_digest):
        used = _find(g.form_key)
        answer = _same_answer(used, body_digest=body_digest) if used is not None else None
        if answer is not None:
            return answer
        if used is not None and time.monotonic() >= until:
            _take_over(g.form_key, body_digest=body_digest)
            break
        db.session.rollback()
        time.sleep(PAUSE_SECONDS)
    if is_claimed:
        db.session.commit()
    return None


def _insert(key_hash: bytes, *, body_digest: bytes) -> bool:
    row = {"key_hash": key_hash, "body_digest": body_digest, "location": "", "used_at": clock.now()}
    try:
        db.session.execute(insert(UsedFormKey).values(**row))
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def _find(key_hash: bytes) -> Row[bytes, str, datetime] | None:
    chosen = select(UsedFormKey.body_digest, UsedFormKey.location, UsedFormKey.used_at)
    return db.session.execute(chosen.where(UsedFormKey.key_hash == key_hash)).first()


def _take_over(key_hash: bytes, *, body_digest: bytes) -> None:
    """Act in the place of a first whose act never came to an answer."""
    own = update(UsedFormKey).where(UsedFormKey.key_hash == key_hash)
    db.session.execute(own.values(body_digest=body_digest, used_at=clock.now()))


def _same_answer(used: Row[bytes, str, datetime], *, body_digest: bytes) -> Response | None:
    if not used.location:
        return None
    if not hmac.compare_digest(used.body_digest, body_digest):
        abort(409)
    response = see_other(used.location)
    # A browser shows the last answer it asked for, and may never have seen the first one's cookies.
    if clock.now() - used.used_at <= SAME_COOKIES_FOR:
        current_app.extensions[SAME_COOKIES](response)
    return response


def _release(key_hash: bytes) -> None:
    """Leave the key free again: this form got no answer that leads on."""
    db.session.rollback()
    db.session.execute(delete(UsedFormKey).where(UsedFormKey.key_hash == key_hash, UsedFormKey.location == ""))
    db.session.commit()
