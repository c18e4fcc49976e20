"""Sources as a page shows them: their words, with a link where there is a safe one."""

import re

ADDRESS = re.compile(r"https?://[^\s;,)]+")


def cite(source: str) -> list[tuple[str, str | None]]:
    """Cut a source into (words, address): an https address becomes its site's name with a link, an http one stays mere words."""
    parts: list[tuple[str, str | None]] = []
    end = 0
    for match in ADDRESS.finditer(source):
        parts += [(source[end : match.start()], None), (site_of(match[0]), safe_link(match[0]))]
        end = match.end()
    return [(words, link) for words, link in [*parts, (source[end:], None)] if words]


def site_of(address: str) -> str:
    """Return the name of an address's site."""
    return address.partition("://")[2].partition("/")[0].removeprefix("www.")


def safe_link(address: str | None) -> str | None:
    """Return an https address, nothing for any other."""
    # Over plain http anybody on the way could put another page in its place.
    return address if address and address.startswith("https://") else None
