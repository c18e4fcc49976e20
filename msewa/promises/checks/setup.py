"""How it was set up: safe settings, the published policy in force, and every person's table within reach of her deletion."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.consents.models import PolicySeen
from msewa.consents.purposes import is_read, purposes
from msewa.consents.texts import get_current_version, get_notice, get_policy
from msewa.extensions import db
from msewa.holdings import holdings
from msewa.inventory.reading import inventory
from msewa.promises.checks.current import current_settings
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import INDIA
from msewa.web.keys import key_ring


def find_unsafe_settings(now: datetime) -> list[str]:
    """Look at what this process runs with for what production refuses at its start."""
    settings = current_settings()
    if settings.is_demo:
        return []
    # The start refuses these too; a process that was started otherwise has not been asked.
    unsafe = {
        "It runs with debug on.": current_app.debug,
        "Its address does not begin with https://.": urlsplit(settings.public_url).scheme != "https",
        "Its SMS go out in the clear.": urlsplit(settings.sms_url).scheme != "https",
        "Its key ring was made for a demonstration.": key_ring().is_demo,
        "The sandbox is open.": "sandbox" in current_app.blueprints,
    }
    return [sentence for sentence, is_so in unsafe.items() if is_so]


def find_policy_faults(now: datetime) -> list[str]:
    """Look whether the policy that every page names is in force by now."""
    today = now.astimezone(INDIA).date()
    policy = get_policy(get_current_version("policy", today=today), "en")
    return [] if policy.effective_on <= today else [f"Policy {policy.version} is named and not in force yet."]


def find_changed_words(now: datetime) -> list[str]:
    """Hold the digests of the words that people were shown against the words that are published under that version now."""
    # Published words never change: others come under a version of their own, or nobody could tell what she was shown.
    seen = [("policy", *row) for row in db.session.execute(select(PolicySeen.version, PolicySeen.language, PolicySeen.digest).distinct())]
    columns = (Account.notice_version, Account.notice_language, Account.notice_digest)
    answered = db.session.execute(select(*columns).distinct())
    seen += [("registration", version, language, digest.hex()) for version, language, digest in answered if digest]
    return [
        f"{name} {version} ({language}) is not what people were shown."
        for name, version, language, digest in seen
        if _digest_of(name, version, language) != digest
    ]


def find_unread_purposes(now: datetime) -> list[str]:
    """Look for purposes that people are asked about and that nothing in this program acts under."""
    return [f"{purpose.id}: {purpose.reader} does not read it." for purpose in purposes().values() if not is_read(purpose)]


def _digest_of(name: str, version: str, language: str) -> str:
    try:
        return get_notice(name, language, version=version).sha256
    except NoSuchRowError:
        return ""


def find_unerased_tables(now: datetime) -> list[str]:
    """Look for tables with something of a person that her deletion would not reach."""
    # The code names both lists; a running system may still lack a holding that was not hung in at its start.
    reached = {table for holding in holdings() for table in holding.tables}
    hers = {table.name for table in inventory().tables.values() if table.whose == "herself"}
    return [f"{name}: no deletion reaches it." for name in sorted(hers - reached)]
