"""What an instrument can name somebody by: her whole name, mobile number or e-mail address, or a number of hers. Never a part of these."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from msewa.crypto.blind_index import normalise_email, normalise_mobile
from msewa.crypto.normal import nfc


def is_named(content: dict[str, Any], match: str) -> bool:
    """Whether the content of a bundle is of whom `match` names: a value as `plain` writes it."""
    return match in map(plain, _names(content))


def plain(text: str) -> str:
    """Return a text as it is compared: a number is grouped in an instrument as it is not in a bundle, and written in other digits."""
    for normalised in (normalise_mobile, normalise_email):
        with suppress(ValueError):
            return normalised(text)
    return re.sub(r"[\s\-]+", "", nfc(text)).casefold()


def _names(content: dict[str, Any]) -> Iterator[str]:
    account = content.get("account") or {}
    for key in ("full_name", "mobile", "email"):
        yield account.get(key) or ""
    for application in content.get("applications") or ():
        yield application["reference"]
    for complaint in content.get("grievances") or ():
        yield complaint["number"]
