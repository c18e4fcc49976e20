"""How it was set up: safe settings, the published policy in force, and every person's table within reach of her deletion."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from msewa.consents.texts import get_policy
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
    unsafe = {
        "It runs with debug on.": current_app.debug,
        "Its address does not begin with https://.": urlsplit(settings.public_url).scheme != "https",
        "Its SMS go out in the clear.": urlsplit(settings.sms_url).scheme != "https",
        "Its key ring was made for a demonstration.": key_ring().is_demo,
        "The sandbox is open.": "sandbox" in current_app.blueprints,
    }
    return [sentence for sentence, is_so in unsafe.items() if is_so]


def find_policy_faults(now: datetime) -> list[str]:
    """Look whether the policy that every page names is published, and in force by now."""
    version = current_settings().policy_version
    try:
        policy = get_policy(version, "en")
    except NoSuchRowError:
        return [f"Policy {version} is named and was never published."]
    return [] if policy.effective_on <= now.astimezone(INDIA).date() else [f"Policy {version} is named and not in force yet."]


def find_unerased_tables(now: datetime) -> list[str]:
    """Look for tables with something of a person that her deletion would not reach."""
    reached = {table for holding in holdings() for table in holding.tables}
    hers = {table.name for table in inventory().tables.values() if table.whose == "herself"}
    return [f"{name}: no deletion reaches it." for name in sorted(hers - reached)]
