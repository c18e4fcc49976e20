"""Values that are planted in a journey, and how they would be found again in whatever form they lie about."""

import base64
import json
from urllib.parse import quote, quote_plus

NAME = "Zorawarpreet Plantwala"
IN_GURMUKHI = "ਜ਼ੋਰਾਵਰਪ੍ਰੀਤ ਪਲਾਂਟਵਾਲਾ"


def spellings(value: str) -> set[bytes]:
    """Return a value in the forms in which it might lie about."""
    plain = value.encode()
    forms = {plain, value.encode("utf-16-le"), value.encode("utf-16-be"), plain.hex().encode(), plain.hex().upper().encode()}
    forms |= {quote(value).encode(), quote_plus(value).encode(), json.dumps(value)[1:-1].encode(), value.lower().encode(), plain[::-1]}
    for offset in range(3):
        # Whatever stands before it shifts base64 by none, one or two bytes; the ends depend on the neighbours.
        inner = base64.b64encode(b"\0" * offset + plain)
        forms |= {inner[4 if offset else 0 : -4], base64.urlsafe_b64encode(b"\0" * offset + plain)[4 if offset else 0 : -4]}
    return {form for form in forms if len(form) >= 8}


def found_in(content: bytes, planted: dict[str, set[bytes]]) -> set[str]:
    return {name for name, forms in planted.items() if any(form in content for form in forms)}
