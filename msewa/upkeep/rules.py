"""Which keys can be rotated while the product runs, and what follows from each."""

from msewa.crypto.keyring import Purpose

# What a rotation sets off, told to whoever ordered it.
FOLLOWS = {
    Purpose.WRAP: "Data keys are wrapped anew; the old key opens the rest until then.",
    Purpose.INDEX: "Blind indexes are computed anew; people are found under both keys until then. Throttles begin to count anew.",
    Purpose.PEPPER: "Each password moves to the new pepper at its owner's next sign-in; keep the old one for recovery codes.",
    Purpose.LEDGER: "New signatures of the ledger carry the new key's id.",
    Purpose.LINKS: "Links sent so far stay good. Processes take the new key for forms when they start again.",
    Purpose.RECEIPTS: "New receipts are signed with the new key; the old public key stays published for those given before.",
    Purpose.NOISE: "Figures published from now on carry other noise; keep what was published before beside them.",
    Purpose.BACKUP: "New backups are closed with the new key; keep the old one for as long as its backups, and as erasures.log names it.",
    Purpose.SIGNING: "Give providers the new public key: packages are signed with it from now on.",
}


def find_objection(purpose: str) -> str | None:
    """Return why this purpose's key can't be rotated here, None when it can."""
    if purpose == Purpose.DATABASE:
        return "The database file's own key is fixed when the file is made; a new key needs a new file."
    if purpose == Purpose.SANDBOX:
        return "The sandbox holds nothing that is worth a new key; POST /sandbox/reset begins anew."
    return None if purpose in FOLLOWS else f"There is no key for {purpose!r}."
