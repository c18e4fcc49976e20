"""Sending messages: sealed and put into the outbox in the transaction of what they tell of, sent by the worker."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from msewa.crypto.envelope import Place, seal_json, unseal_json
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db
from msewa.notifications.gateway import Courier, Letter, RefusedError
from msewa.notifications.models import Message
from msewa.notifications.rendering import render
from msewa.notifications.rules import EMPTY, Channel, UnknownTemplateError, get_template, registry
from msewa.notifications.suppressing import is_suppressed
from msewa.outbox import operations as outbox
from msewa.web.keys import key_wrapper

TOPIC = "notifications.send"


@dataclass(frozen=True, slots=True)
class Written:
    """A message before it is sealed; `topic` is empty for what belongs to the service itself."""

    template: str
    to: str = field(repr=False)
    channel: Channel
    language: str
    values: Mapping[str, str] = field(repr=False)
    account_id: str | None = None
    topic: str = ""


def send(
    template: str,
    *,
    to: str,
    channel: Channel,
    language: str,
    values: Mapping[str, str],
    now: datetime,
    account_id: str | None = None,
) -> str:
    """Have a message of the service sent after this transaction commits; return its id. Raises UnknownTemplateError.

    Advertising never goes this way: a promotional template is unknown here (see `promotion`).
    """
    if get_template(template, channel=channel, values=values).is_promotional:
        raise UnknownTemplateError(f"{template!r} is promotional and goes through promote() alone.")
    letter = Written(template=template, to=to, channel=channel, language=language, values=values, account_id=account_id)
    return write(letter, now=now)


def write(written: Written, *, now: datetime) -> str:
    """Keep a message sealed and have it sent, unless its account is on the list of whom nothing is sent to; return its id."""
    message_id = secrets.token_hex(16)
    is_stopped = _is_stopped(written.account_id, channel=written.channel, topic=written.topic, template=written.template)
    message = Message(
        id=message_id,
        account_id=written.account_id,
        channel=written.channel,
        template=written.template,
        topic=written.topic,
        language=written.language,
        state="dropped" if is_stopped else "waiting",
        created_at=now,
        **(EMPTY if is_stopped else _sealed(message_id, written)),
    )
    db.session.add(message)
    db.session.flush()
    if not is_stopped:
        outbox.put(TOPIC, message_id, now=now)
    return message_id


def _sealed(message_id: str, written: Written) -> dict[str, bytes]:
    data_key = new_data_key()
    content = {"to": written.to, "values": dict(written.values)}
    return {
        "wrapped_key": key_wrapper().wrap(data_key, subject=message_id),
        "sealed": seal_json(data_key, content, place=_place(message_id)),
    }


def forget(account_id: str) -> None:
    """Remove every message of an account, sent or not."""
    _remove(list(db.session.scalars(select(Message.id).where(Message.account_id == account_id))))


def forget_addressed(addresses: Iterable[str]) -> None:
    """Remove what is on its way to these addresses and names no account, such as codes."""
    given = frozenset(addresses)
    # The address lies sealed in each, so each is opened; codes live ten minutes, so there are few.
    waiting = select(Message).where(Message.account_id.is_(None), Message.state == "waiting")
    _remove([message.id for message in db.session.scalars(waiting) if _content_of(message)["to"] in given])


def _remove(ids: list[str]) -> None:
    outbox.drop_all(TOPIC, ids)
    db.session.execute(delete(Message).where(Message.id.in_(ids)))


def sending(courier: Callable[[], Courier]) -> outbox.Errand:
    """Return the worker's errand of this feature, over the courier of the day."""

    def hand_over(letter: Letter) -> str:
        try:
            courier().send(letter)
        except RefusedError:
            return "failed"
        return "sent"

    return outbox.Errand(pack=_pack, call=hand_over, note=_note)


def _pack(reference: str, *, now: datetime) -> Letter | None:
    message = db.session.get(Message, reference)
    if message is None or message.sealed is None or message.wrapped_key is None or _is_late(message, now=now):
        return None
    # Asked again at the door: she may have changed her mind while it waited.
    if _is_stopped(message.account_id, channel=message.channel, topic=message.topic, template=message.template):
        return None
    content = _content_of(message)
    values: dict[str, str] = content["values"]
    return Letter(
        id=message.id,
        channel=message.channel,
        to=content["to"],
        template=message.template,
        language=message.language,
        text=render(message.template, channel=message.channel, language=message.language, values=values),
        codes={"otp": values["code"]} if "code" in values else {},
        links=tuple(value for name, value in values.items() if name in ("link", "stop")),
        stop=values.get("stop", ""),
        at=now,
    )


def _content_of(message: Message) -> dict[str, Any]:
    """Return where a waiting message goes and what it says."""
    data_key = key_wrapper().unwrap(message.wrapped_key or b"", subject=message.id)
    return unseal_json(data_key, message.sealed or b"", place=_place(message.id))


def _note(reference: str, outcome: str | None, *, now: datetime) -> None:
    # What is settled already stays so. But a no that came while the courier had the message comes too late for it: her page must not
    # call it dropped when it lies on her phone.
    open_states = ("waiting", "dropped") if outcome == "sent" else ("waiting",)
    values = {"state": outcome or "dropped", "sent_at": now if outcome == "sent" else None, **EMPTY}
    db.session.execute(update(Message).where(Message.id == reference, Message.state.in_(open_states)).values(**values))


def _is_stopped(account_id: str | None, *, channel: str, topic: str, template: str) -> bool:
    if account_id is None:
        return False  # a code for somebody who has no account yet
    known = registry().templates.get(template)
    despite = known.despite if known else ""
    return is_suppressed(account_id, channel=channel, topic=topic, despite=despite) or (
        topic != "" and not may_promote(account_id, topic, channel)
    )


def may_promote(account_id: str, topic: str, channel: str) -> bool:
    """Whether she allows this topic over this channel; choices belong to a feature above, which hands in how to ask."""
    return bool(current_app.extensions["may_promote"](account_id, topic, channel))


def _is_late(message: Message, *, now: datetime) -> bool:
    template = registry().templates.get(message.template)
    return template is None or (template.lifetime is not None and now - message.created_at > template.lifetime)


def _place(message_id: str) -> Place:
    return Place(table="message", group="content", row=message_id, subject=message_id)
