"""Links that we send: signed, for one purpose, good for a while."""

import base64
from datetime import datetime, timedelta

from flask import current_app

from msewa.accounts.rules import LINK_LIFE
from msewa.config import Settings
from msewa.crypto.tokens import SignedLinks
from msewa.web.keys import key_ring

NOT_ME, CANCEL_RESET, AGREE_RESET, ENDING = "not me", "cancel reset", "agree reset", "account ends"
# "This was not me" in the message to an address that was left: puts it back as well.
BACK = {"mobile": "not me, mobile", "email": "not me, email"}
_NOT_ME = "/account/not-me/"
PATHS = {
    **dict.fromkeys((NOT_ME, *BACK.values()), _NOT_ME),
    CANCEL_RESET: "/recover/cancel/",
    AGREE_RESET: "/recover/agree/",
    ENDING: "/account/ending/",
}


def link_to(purpose: str, subject_id: str, *, now: datetime, life: timedelta = LINK_LIFE) -> str:
    """Return the whole address of a signed link about an account or a reset (32 hex digits)."""
    settings: Settings = current_app.extensions["settings"]
    # Sixteen bytes take 22 letters in place of 32: the link travels by SMS.
    short = base64.urlsafe_b64encode(bytes.fromhex(subject_id)).rstrip(b"=").decode()
    return settings.site + PATHS[purpose] + SignedLinks(key_ring()).sign(purpose, short, expires_at=now + life)


def read_link(token: str, *, purpose: str, now: datetime) -> str:
    """Return the id that a link is about; raises LinkError, ExpiredLinkError."""
    short = SignedLinks(key_ring()).read(token, purpose=purpose, now=now)
    return base64.urlsafe_b64decode(short + "==").hex()
