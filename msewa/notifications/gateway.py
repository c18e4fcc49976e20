"""Couriers: who carries a message to a person. The sandbox has a pretend one."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from msewa import egress
from msewa.crypto.blind_index import CODED_WORD
from msewa.notifications.rules import Registry, registry

TAKEN = (200, 201, 202, 204)
# What is wrong with this one message. A wrong password or too many at once is not, and is tried again.
REFUSED = (400, 404, 410, 422)


class WholeLine(UnstructuredHeader, BaseHeader):
    """A header that holds one long address: the library would fold it into coded words, and no mail program would know it (RFC 8058)."""

    def fold(self, *, policy: Policy) -> str:
        """Return the line as it is."""
        return f"List-Unsubscribe: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", WholeLine)
POLICY = SMTP.clone(header_factory=_headers)


class RefusedError(Exception):
    """The courier will never take this message: the number or the text is not acceptable to it."""


class NotTakenError(egress.OutsideError):
    """The courier did not take the message this time; the reason is the status of its answer."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words. `id` is the same at every try, so that a courier can tell a repeat."""

    id: str
    channel: str
    to: str = field(repr=False)
    template: str
    language: str
    text: str = field(repr=False)
    codes: Mapping[str, str] = field(repr=False)
    links: tuple[str, ...] = field(repr=False)
    at: datetime
    stop: str = field(default="", repr=False)


class Courier(Protocol):
    """Carries messages; `send` returns when a message was taken, raises RefusedError for one that never will be."""

    def send(self, letter: Letter) -> None:
        """Hand over one message."""
        ...


class HttpSmsCourier:
    """Hands SMS to an HTTPS gateway as JSON: to, text, message id, and what DLT wants: header and template id.

    User and password in the address become an Authorization header (RFC 7617).
    """

    def __init__(self, url: str, *, known: Registry | None = None) -> None:
        parts = urlsplit(url)
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._known = known or registry()
        self._headers = {"Content-Type": "application/json"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def send(self, letter: Letter) -> None:
        """Hand over one SMS."""
        template = self._known.templates[letter.template]
        content = {
            "id": letter.id,
            "to": letter.to,
            "text": letter.text,
            "header": self._known.headers[template.kind],
            "template_id": template.dlt.get(letter.language),
        }
        headers = self._headers | {"Idempotency-Key": letter.id}
        answer = egress.post(self._url, json.dumps(content, ensure_ascii=False).encode(), headers=headers)
        if answer.status in REFUSED:
            raise RefusedError
        if answer.status not in TAKEN:
            raise NotTakenError(answer.status)


class SmtpCourier:
    """Hands mail to an SMTP server over TLS."""

    def __init__(self, url: str, *, sender: str) -> None:
        self._url = url
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Hand over one mail."""
        # Kept from before such addresses were refused: the email package would write the decoded word as addresses of its own.
        if CODED_WORD in letter.to:
            raise RefusedError
        username, _, domain = letter.to.rpartition("@")
        subject, _, text = letter.text.partition("\n")
        message = EmailMessage(policy=POLICY)
        message["Date"] = letter.at
        message["From"], message["Subject"] = self._sender, subject.strip()
        message["To"] = Address(username=username, domain=domain)
        message["Message-ID"] = f"<{letter.id}@{self._sender.rpartition('@')[2]}>"
        if letter.stop:  # mail programs then offer one press that needs no page and no sign-in (RFC 8058)
            message["List-Unsubscribe"] = f"<{letter.stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(text.strip() + "\n", cte="base64")  # old servers on the way mangle eight-bit text
        message["Content-Language"] = letter.language  # set after the text, which takes such headers of its own away
        try:
            egress.mail(self._url, message)
        except egress.NoSuchAddressError:
            raise RefusedError from None


class CourierByChannel:
    """Sends each message over its own channel's courier."""

    def __init__(self, *, sms: Courier, email: Courier) -> None:
        self._couriers: Mapping[str, Courier] = {"sms": sms, "email": email}

    def send(self, letter: Letter) -> None:
        """Hand over one message."""
        self._couriers[letter.channel].send(letter)
