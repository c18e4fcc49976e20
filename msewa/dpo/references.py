"""Numbers of the console's papers: a letter for the kind, then a reference such as K7M4-TXQ9."""

from msewa.applications import references

LEGAL, CASE, BREACH, TEXT = "L", "C", "B", "T"


def new_reference() -> str:
    """Make a number, without its letter and dashes."""
    return references.new_reference()


def read_number(typed: str, *, kind: str) -> str | None:
    """Return the reference of a typed number of this kind, with or without its letter; None when it is none of ours."""
    # As people write numbers off a letter: with blanks, small letters, or without the first letter.
    bare = typed.upper().replace("-", "").replace(" ", "")
    return references.read_reference(bare[1:] if len(bare) > references.LENGTH and bare[0] == kind else bare)


def show_number(reference: str, *, kind: str) -> str:
    """Write a number: L-K7M4-TXQ9."""
    return f"{kind}-{references.show_reference(reference)}"
