"""A scheme's benefit and conditions in words."""

from typing import Any

from flask_babel import gettext

from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import say, show_rupees

# What these count is not money.
COUNTED = {"percent", "percent_of_fee", "days_a_year", "kg_person_month"}
# These tell what one gets even where no sum is named.
STANDS_ALONE = {"loan", "account", "registration"}


def describe(benefit: dict[str, Any], known: Catalogue) -> str:
    """Say what one gets: an amount and its period; nothing where no sum of money is named."""
    period: str = benefit["period"]
    least, most = (_figure(benefit[name], period) for name in ("amount", "amount_max"))
    if least and most:
        amount = gettext("%(least)s to %(most)s", least=least, most=most)
    else:
        amount = least or (gettext("up to %(most)s", most=most) if most else "")
    if amount or period in STANDS_ALONE:
        return f"{amount} {say(known.benefit_periods[period])}".strip()
    return ""


def _figure(number: float | None, period: str) -> str:
    if number is None or (period == "percent" and number > 100):  # a ceiling in rupees, told by the note
        return ""
    return f"{number:g}" if period in COUNTED else show_rupees(round(number * 100))


def list_conditions(rules: dict[str, Any], known: Catalogue) -> list[str]:
    """Say each rule of a set in words; the alternatives of `any_of` are sets of their own."""
    lines = [_condition(key, value, known) for key, value in rules.items() if key != "any_of"]
    return [line[:1].upper() + line[1:] for line in lines]


def _condition(key: str, value: Any, known: Catalogue) -> str:
    words = known.scheme_words
    if isinstance(value, list):
        template = (len(value) == 1 and words["rules"].get(f"{key}=one")) or words["rules"][key]
        return say(template).format(words=", ".join(say(words["values"][one]) for one in value))
    # YAML's true has come in as Python's True, and the words are named as YAML writes it.
    own = words["rules"].get(f"{key}={value}".replace("=True", "=true").replace("=False", "=false"))
    template = say(own or words["rules"][key])
    return template.format(n=value, rupees=show_rupees(round(value * 100))) if isinstance(value, int | float) else template
