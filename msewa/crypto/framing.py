"""Joining several values into one byte string that can be read in one way only."""


def framed(*parts: str | int | bytes) -> bytes:
    """Join parts, each after its length in four bytes, so that ("ab", "c") and ("a", "bc") differ."""
    pieces = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)
