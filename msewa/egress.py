"""The one way out: every connection that this product opens to another machine is opened here (P31, P70)."""

import http.client
import ipaddress
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
LONGEST_ANSWER = 64 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class OutsideError(Exception):
    """The other side has not taken what it was sent; `reason` is a word or a number for the log: never what was sent, nor to whom."""

    def __init__(self, reason: str | int) -> None:
        super().__init__(reason)
        self.reason = reason


class EgressError(OutsideError):
    """Nothing, or nothing usable, came back."""


class NoSuchAddressError(OutsideError):
    """The mail server will never take a mail for this address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; a redirect is an answer like any other and is not followed."""

    status: int
    body: bytes


def post(url: str, body: bytes, *, headers: Mapping[str, str], allow_loopback: bool = False, only_public: bool = False) -> Answer:
    """POST `body` over verified TLS and return the answer; raises EgressError.

    `allow_loopback` lets plain HTTP reach this same machine (demo and tests). `only_public` refuses, before a byte of the body
    leaves, an address inside a private network, whatever the name resolved to (server-side request forgery).
    """
    parts = urlsplit(url)
    # http.client follows no redirect by itself: whoever answers can't send a closed package on to somebody else.
    connection = _connection(parts, allow_loopback=allow_loopback)
    try:
        connection.connect()
        if only_public and not (allow_loopback and parts.hostname in LOOPBACK):
            _refuse_private(connection)
        # Connecting is quick or hopeless; an answer may take a while.
        connection.sock.settimeout(ANSWER_SECONDS)
        connection.request("POST", _target(parts), body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LONGEST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise EgressError(_reason(error)) from None
    finally:
        connection.close()


def mail(url: str, message: EmailMessage) -> None:
    """Hand a message to the mail server at `smtps://` or `smtp://` (then STARTTLS is required); raises EgressError, NoSuchAddressError."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    try:
        with _mail_server(parts, context=context) as server:
            if parts.scheme == "smtp":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            _hand_over(server, message)
    except (OSError, smtplib.SMTPException) as error:
        raise EgressError(_reason(error)) from None


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPNotSupportedError as error:  # an address beyond ASCII, and a server without SMTPUTF8
        raise NoSuchAddressError(_reason(error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        # 5.1 is about the address (RFC 3463). Any other refusal, such as of a sender without rights, somebody can mend here.
        if said.startswith(b"5.1."):
            raise NoSuchAddressError(f"{type(error).__name__} {code}") from None
        raise


def _mail_server(parts: SplitResult, *, context: ssl.SSLContext) -> smtplib.SMTP:
    host = parts.hostname or ""
    # Without STARTTLS smtplib raises, so that a server that offers no TLS gets no message.
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=ANSWER_SECONDS, context=context)
    return smtplib.SMTP(host, parts.port or 587, timeout=ANSWER_SECONDS)


def _connection(parts: SplitResult, *, allow_loopback: bool) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=CONNECT_SECONDS, context=ssl.create_default_context())
    if parts.scheme == "http" and allow_loopback and host in LOOPBACK:
        return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)
    raise EgressError("NotEncrypted")


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _refuse_private(connection: http.client.HTTPConnection) -> None:
    address = ipaddress.ip_address(connection.sock.getpeername()[0])
    if not address.is_global:
        raise EgressError("PrivateAddress")


def _reason(error: Exception) -> str:
    """Return the fault's kind, and its number where it has one: the mail server's, or the system's."""
    number = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    # Not its message, in which a server may repeat the address.
    return f"{type(error).__name__} {number or ''}".strip()
