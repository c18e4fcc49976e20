"""What messages there are, what each may say, and how many SMS segments a text takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Channel = Literal["sms", "email"]
REGISTRY = Path(__file__).parent / "data" / "dlt.yaml"
FOLDERS: Mapping[str, str] = {"sms": "sms", "email": "mail"}
CHANNELS: tuple[Channel, ...] = ("sms", "email")
TOPICS = ("promo.own", "promo.gov", "promo.private", "newsletter", "digest")  # each is a purpose that she may allow
EVERYTHING = "*"
EMPTY = {"sealed": None, "wrapped_key": None}  # what a message holds once its words are gone

# GSM 03.38: characters of one septet, and those that take two because an escape goes before them.
GSM_SINGLE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")


class UnknownTemplateError(LookupError):
    """No message of this name goes over this channel, or it was given other values than it declares."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that may stand in a message: its type at the operators, the shape it has, and an example of its greatest length."""

    name: str
    type: Literal["numeric", "alphanumeric", "url"]
    pattern: str
    longest: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message by its name; `dlt` holds per language the id under which the operators registered it, None while unknown.

    A promotional one goes only to who allowed its topic, and carries `stop`, the link that ends it. `despite` names a reason for
    which an account is sent nothing else.
    """

    name: str
    purpose: str
    is_promotional: bool
    channels: tuple[Channel, ...]
    variables: tuple[Variable, ...]
    lifetime: timedelta | None
    dlt: Mapping[str, str | None]
    despite: str = ""

    @property
    def kind(self) -> str:
        """Return under which header it goes: "service" or "promotional"."""
        return "promotional" if self.is_promotional else "service"


@dataclass(frozen=True, slots=True)
class Registry:
    """All messages, and by kind the sender's name that the operators registered (None while unknown)."""

    headers: Mapping[str, str | None]
    templates: Mapping[str, Template]


@cache
def registry() -> Registry:
    """Read the register of messages once."""
    raw: dict[str, Any] = yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))
    variables = {name: Variable(name=name, **facts) for name, facts in raw["variables"].items()}
    templates = {name: _template(name, facts, variables=variables) for name, facts in raw["templates"].items()}
    return Registry(headers=raw["headers"], templates=templates)


def get_template(name: str, *, channel: str, values: Mapping[str, str]) -> Template:
    """Return the message `name`; UnknownTemplateError unless it goes over `channel` with exactly these values, each of its shape."""
    template = registry().templates.get(name)
    if template is None or channel not in template.channels:
        raise UnknownTemplateError(f"{REGISTRY.name} has no message {name!r} for {channel}.")
    if set(values) != {variable.name for variable in template.variables}:
        raise UnknownTemplateError(f"{name!r} was given other values than {REGISTRY.name} declares.")
    # A name or an address in the place of a reference would lie open on a locked screen: it fails here, before anything is kept.
    misshapen = [one.name for one in template.variables if not re.fullmatch(one.pattern, values[one.name])]
    if misshapen:
        raise UnknownTemplateError(f"{name!r} was given a {misshapen[0]} of another shape than {REGISTRY.name} declares.")
    return template


def count_segments(text: str) -> int:
    """Return how many SMS a text takes: 160 or 153 septets each in GSM-7, else 70 or 67 UTF-16 units (3GPP TS 23.038, 23.040)."""
    if all(character in GSM_SINGLE or character in GSM_DOUBLE for character in text):
        units, alone, joined = len(text) + sum(character in GSM_DOUBLE for character in text), 160, 153
    else:
        units, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= alone else -(-units // joined)


def is_shaped(variable: Variable, value: str) -> bool:
    """Whether `value` has the shape that was registered for the variable."""
    return re.fullmatch(variable.pattern, value) is not None and len(value) <= len(variable.longest)


def _template(name: str, facts: dict[str, Any], *, variables: Mapping[str, Variable]) -> Template:
    minutes: int | None = facts.get("lifetime_minutes")
    return Template(
        name=name,
        purpose=facts["purpose"],
        is_promotional=facts.get("promotional", False),
        channels=tuple(facts["channels"]),
        variables=tuple(variables[key] for key in facts["variables"]),
        lifetime=timedelta(minutes=minutes) if minutes else None,
        dlt=facts.get("dlt", {"en": None, "pa": None, "hi": None}),
        despite=facts.get("despite", ""),
    )
