"""Blind indexes: finding a person by an identifier that the database holds only encrypted."""

import hashlib
import hmac
import re

from msewa.crypto.keyring import Key, Purpose, derive
from msewa.crypto.normal import nfc

# Gurmukhi, then Devanagari: people type the digits of the script they write in.
INDIC_DIGITS = str.maketrans("੦੧੨੩੪੫੬੭੮੯०१२३४५६७८९", "0123456789" * 2)
# Spaces, dashes of any length, brackets, and the invisible marks that come along with a pasted number.
PUNCTUATION = re.compile(r"[\s\-\u2010-\u2015\u2212().\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# In India mobile numbers begin with 6 to 9; to any other no SMS could be sent.
MOBILE = re.compile(r"(?:\+91|0091|91|0)?([6-9][0-9]{9})")
EMAIL = re.compile(r"[^\s@\x00-\x1f<>,;:\"()\[\]\\]+@(?:[\w-]+\.)+[\w-]{2,}")
# A path has 256 octets with its angle brackets (RFC 5321, 4.5.3.1.3).
EMAIL_LENGTH = 254
# How a coded word of a mail's head begins (RFC 2047): decoded on the way, it could name somebody else.
CODED_WORD = "=?"


def blind_index(ring_key: Key, value: str, *, table: str, field: str, index: str = "1") -> bytes:
    """Return 32 bytes that are equal for equal values of one table and field; normalise the value first.

    Only for identifiers that must be unique: on a field with few values it would tell who shares one.
    """
    # Asked for its refusal alone: a key that was made for something else must not be used here.
    ring_key.secret_for(Purpose.INDEX)
    field_key = derive(ring_key, f"blind index|{table}|{field}|{index}")
    return hmac.digest(field_key, value.encode(), hashlib.sha256)


def normalise_mobile(text: str) -> str:
    """Return an Indian mobile number as +91 and ten ASCII digits (E.164); raises ValueError for anything else."""
    digits = PUNCTUATION.sub("", text.translate(INDIC_DIGITS))
    match = MOBILE.fullmatch(digits)
    if match is None:
        raise ValueError("not an Indian mobile number")
    return f"+91{match[1]}"


def normalise_email(text: str) -> str:
    """Return an address in NFC and lower case; raises ValueError if it is none.

    Mail must go to what this returns: sent to the text as typed, it could reach another person's look-alike address.
    """
    # What stands before the @ too: two spellings of one mailbox must not become two accounts.
    address = nfc(text.strip()).lower()
    if len(address) > EMAIL_LENGTH or CODED_WORD in address or EMAIL.fullmatch(address) is None:
        raise ValueError("not an e-mail address")
    return address
