"""What attack tests share: the routes as data, filling in addresses, and telling two answers apart."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from werkzeug.test import TestResponse

from msewa.web.access import SANDBOX, audience_of

MATRIX: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text())
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
CHANGING = (
    r'name="?(?:csrf_token|form_key)"? value="?[^">]+"?',
    r'data-testid="?request-id"?>[0-9a-f]{12}',
    r'nonce="?[\w-]+"?',
)


def routes(app: Flask) -> list[Any]:
    """Return every rule of the product itself, in the order of addresses."""
    ours = [rule for rule in app.url_map.iter_rules() if audience_of(app.view_functions[rule.endpoint]) != SANDBOX]
    return sorted((rule for rule in ours if not rule.rule.startswith(("/test", "/forgotten"))), key=lambda rule: rule.rule)


def mark_of(app: Flask, rule: Any) -> str:
    """Return a route's marks as the matrix spells them."""
    view = app.view_functions[rule.endpoint]
    return f"{audience_of(view)}{' + fresh' if getattr(view, 'fresh_proof', False) else ''}"


def filled(rule: str, values: dict[str, str]) -> str:
    """Return an address with its arguments filled in."""
    return ARGUMENT.sub(lambda found: values[found[1]], rule)


def essence(answer: TestResponse, *, hide: Iterable[str] = ()) -> tuple[int, str, str]:
    """Return what an answer tells: status, where it leads, its words; apart from what differs each time and the ids asked for."""
    text = answer.get_data(as_text=True)
    place = answer.headers.get("Location", "")
    for pattern in CHANGING:
        text = re.sub(pattern, "", text)
    for word in hide:
        text, place = text.replace(word, "(id)"), place.replace(word, "(id)")
    return answer.status_code, place, text
