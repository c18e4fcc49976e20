"""The other pipe: what is not part of a service. It goes only where its topic and its channel are allowed, and says how to stop it."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app

from msewa.config import Settings
from msewa.crypto.tokens import LinkError, SignedLinks
from msewa.notifications.operations import Written, may_promote, write
from msewa.notifications.rules import CHANNELS, TOPICS, Channel, UnknownTemplateError, get_template
from msewa.notifications.suppressing import is_suppressed
from msewa.web.keys import key_ring

STOP = "stop messages"
PATH = "/stop/"
STOP_LIFE = timedelta(days=3 * 365)  # a mail may lie in a mailbox for long, and its link should still do what it says


class NotAllowedError(Exception):
    """She has not allowed this topic over this channel; nothing is sent."""


def promote(
    template: str,
    *,
    topic: str,
    account_id: str,
    to: str,
    channel: Channel,
    language: str,
    values: Mapping[str, str],
    now: datetime,
) -> str:
    """Have a promotional message sent after this transaction commits; return its id. Raises NotAllowedError, UnknownTemplateError."""
    said = {**values, "stop": stop_link(account_id, topic=topic, channel=channel, now=now)}
    if topic not in TOPICS or not get_template(template, channel=channel, values=said).is_promotional:
        raise UnknownTemplateError(f"{template!r} is not a message about {topic!r}.")
    if is_suppressed(account_id, channel=channel, topic=topic) or not may_promote(account_id, topic, channel):
        raise NotAllowedError
    written = Written(template=template, to=to, channel=channel, language=language, values=said, account_id=account_id, topic=topic)
    return write(written, now=now)


def stop_link(account_id: str, *, topic: str, channel: str, now: datetime) -> str:
    """Return the whole address that ends a topic over a channel, without signing in (RFC 8058)."""
    settings: Settings = current_app.extensions["settings"]
    short = base64.urlsafe_b64encode(bytes.fromhex(account_id)).rstrip(b"=").decode()
    subject = f"{short}{TOPICS.index(topic)}{CHANNELS.index(channel)}"  # by number: the link travels by SMS
    return settings.site + PATH + SignedLinks(key_ring()).sign(STOP, subject, expires_at=now + STOP_LIFE)


def read_stop_link(token: str, *, now: datetime) -> tuple[str, str, Channel]:
    """Return (account id, topic, channel) of a link; raises LinkError for one that is not ours, ExpiredLinkError for an old one."""
    subject = SignedLinks(key_ring()).read(token, purpose=STOP, now=now)
    try:
        account_id = base64.urlsafe_b64decode(subject[:-2] + "==").hex()
        return account_id, TOPICS[int(subject[-2])], CHANNELS[int(subject[-1])]
    except (ValueError, IndexError):
        raise LinkError("This link is not valid.") from None
