"""Numbers of complaints: a G, then seven random signs and one that catches a slip."""

from msewa.applications import references

PREFIX = "G"


def new_reference() -> str:
    """Make a number, without its prefix and dashes."""
    return references.new_reference()


def read_reference(typed: str) -> str | None:
    """Return the number somebody typed, with or without prefix and dashes; None when it is none of ours."""
    bare = typed.upper().replace("-", "").replace(" ", "")
    return references.read_reference(bare[1:] if len(bare) > references.LENGTH and bare[0] == PREFIX else bare)


def show_reference(reference: str) -> str:
    """Write a number as it is read: G-K7M4-TXQ9."""
    return f"{PREFIX}-{references.show_reference(reference)}"
