"""References that people read out over the phone: seven random signs and one that catches a slip (Luhn mod 32)."""

import secrets

# No O, 0, I or 1: they are taken for each other, on paper and by ear.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 8, 4
LETTERS = {
    "pa": "ਏ ਬੀ ਸੀ ਡੀ ਈ ਐੱਫ਼ ਜੀ ਐੱਚ ਜੇ ਕੇ ਐੱਲ ਐੱਮ ਐੱਨ ਪੀ ਕਿਊ ਆਰ ਐੱਸ ਟੀ ਯੂ ਵੀ ਡਬਲਿਊ ਐਕਸ ਵਾਈ ਜ਼ੈੱਡ",
    "hi": "ए बी सी डी ई एफ़ जी एच जे के एल एम एन पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड",
}
NAMES = {language: dict(zip(ALPHABET, letters.split(), strict=False)) for language, letters in LETTERS.items()}


def new_reference() -> str:
    """Make a reference, without its dash."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_sign(body)


def read_reference(typed: str) -> str | None:
    """Return the reference somebody typed, in small letters, with spaces or dashes; None when it is none of ours."""
    bare = typed.upper().replace("-", "").replace(" ", "")
    if len(bare) != LENGTH or any(sign not in ALPHABET for sign in bare):
        return None
    return bare if _check_sign(bare[:-1]) == bare[-1] else None


def show_reference(reference: str) -> str:
    """Write a reference in two groups: K7M4-TXQ9."""
    return f"{reference[:GROUP]}-{reference[GROUP:]}"


def say_reference(reference: str, *, language: str) -> str:
    """Write a reference as it is read out, its letters by their names."""
    names = NAMES.get(language, {})
    signs = [names.get(sign, sign) for sign in reference]
    return ", ".join(" ".join(signs[start : start + GROUP]) for start in (0, GROUP))


def _check_sign(body: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(body)):
        weighted = ALPHABET.index(sign) * (1 if place % 2 else 2)
        total += weighted // len(ALPHABET) + weighted % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]
