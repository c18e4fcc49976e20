"""The made-up people one can sign in as in demo mode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "personas.yaml"


@dataclass(frozen=True, slots=True)
class Persona:
    """A made-up person: how to sign in as her, and what her profile says."""

    id: str
    name: str
    role: str
    mobile: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    language: str
    about: Mapping[str, str]
    office: str | None = None
    email: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@cache
def personas() -> tuple[Persona, ...]:
    """Read them once."""
    return tuple(Persona(**facts) for facts in yaml.safe_load(FILE.read_text(encoding="utf-8")))
