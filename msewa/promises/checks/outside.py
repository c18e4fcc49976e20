"""What only people outside can give an installation: without it nothing is broken that was promised, and nothing works either.

So these speak of no clause: whoever runs the system is told, and the promise page is not.
"""

from datetime import datetime

from msewa.accounts.queries import is_anybody
from msewa.accounts.rules import Role
from msewa.delivery.queries import list_reachable
from msewa.notifications.registering import LANGUAGES
from msewa.notifications.rules import REGISTRY, registry
from msewa.promises.checks.current import current_settings


def find_unregistered_sms(now: datetime) -> list[str]:
    """Look for SMS that Indian operators drop without a word, since their text or the sender's name is not registered with them (DLT)."""
    known = registry()
    texts = [dlt_id for one in known.templates.values() if "sms" in one.channels for dlt_id in map(one.dlt.get, LANGUAGES)]
    lacking = texts.count(None) + [*known.headers.values()].count(None)
    if current_settings().is_demo or not lacking:
        return []
    return [f"{lacking} of {len(texts) + len(known.headers)} ids are null in {REGISTRY.name}, and operators drop an SMS without its ids."]


def find_no_office(now: datetime) -> list[str]:
    """Look whether any office has a gateway: without one no application can leave."""
    if current_settings().is_demo or list_reachable():
        return []
    return ["No office is registered, so nobody can apply for anything: flask --app app providers register."]


def find_no_dpo(now: datetime) -> list[str]:
    """Look whether anybody has the role that answers complaints and tells of breaches."""
    if current_settings().is_demo or is_anybody(Role.DPO):
        return []
    return ["Nobody has the role dpo, so no complaint is answered: flask --app app accounts appoint dpo."]
