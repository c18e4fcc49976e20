"""The second answer to one form: the cookies of the first, for the browser that sent the form twice.

A double tap makes two requests, and a browser keeps the answer to the last one alone. So a token that a form leads to is made, under
a key of ours, of what that browser alone holds: its seed, the visit it had, and the form's key. Sent again, the form leads to the
same token, which is kept nowhere; somebody who copied the form has neither seed nor visit.
"""

import base64
import hmac

from flask import Flask
from werkzeug.wrappers import Response

from msewa.accounts import cookies
from msewa.accounts.queries import is_device, is_visit
from msewa.accounts.rules import joined, tokens_in
from msewa.crypto.framing import framed
from msewa.crypto.keyring import Purpose, derive
from msewa.crypto.tokens import new_token, token_hash
from msewa.web import csrf, form_keys
from msewa.web.keys import key_ring


def init_app(app: Flask) -> None:
    """Let the keys of forms ask us for the cookies of a second answer."""
    app.extensions[form_keys.SAME_COOKIES] = _give_again


def token_for(name: str) -> str:
    """Make the token of the cookie `session` or `device`: the same for the same form of the same browser, else a random one."""
    key = form_keys.guarded_by()
    return new_token() if key is None else _derived(name, key)


def _derived(name: str, key: str) -> str:
    secret = derive(key_ring().active(Purpose.LINKS), "tokens of forms")
    content = framed(name, csrf.seed(), (cookies.read("session") or "").encode("utf-8", "surrogatepass"), key)
    return base64.urlsafe_b64encode(hmac.digest(secret, content, "sha256")).rstrip(b"=").decode()


def _give_again(response: Response) -> None:
    session, device = token_for("session"), token_for("device")
    # Only what the first answer did give, and what still counts.
    if is_visit(token_hash(session)):
        cookies.give(response, "session", session)
    held = cookies.read("device")
    if device not in tokens_in(held) and is_device(token_hash(device)):
        cookies.give(response, "device", joined(held, device))
