"""What the operators register of our SMS (DLT): the words with tagged variables, the kind, and how many SMS each takes at most."""

from collections.abc import Iterator
from typing import NamedTuple

from msewa.notifications.rendering import render
from msewa.notifications.rules import count_segments, registry

LANGUAGES = ("en", "pa", "hi")


class Sheet(NamedTuple):
    """One SMS in one language, as it is registered; `segments` with every variable at its longest."""

    name: str
    language: str
    kind: str
    segments: int
    text: str


def list_sheets() -> Iterator[Sheet]:
    """Yield every SMS in every language."""
    for template in registry().templates.values():
        if "sms" not in template.channels:
            continue
        longest = {one.name: one.longest for one in template.variables}
        tagged = {one.name: f"{{#{one.type}#}}" for one in template.variables}
        for language in LANGUAGES:
            full, text = (render(template.name, channel="sms", language=language, values=values) for values in (longest, tagged))
            yield Sheet(template.name, language, template.kind, count_segments(full), text)
