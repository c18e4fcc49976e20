"""How dates, money and numbers read, and what every template may use."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import gettext

from msewa.config import LANGUAGES, Settings
from msewa.web import form_keys
from msewa.web.csrf import masked_token
from msewa.web.locale import language, preference

INDIA = ZoneInfo("Asia/Kolkata")


def show_date(value: date | datetime | None) -> str:
    """Write a date as dd/mm/yyyy, a moment as its date in India."""
    if value is None:
        return gettext("Not known")
    return (value.astimezone(INDIA) if isinstance(value, datetime) else value).strftime("%d/%m/%Y")


def show_moment(value: datetime) -> str:
    """Write a moment as dd/mm/yyyy, HH:MM in India."""
    return value.astimezone(INDIA).strftime("%d/%m/%Y, %H:%M")


def show_rupees(paise: int | None) -> str:
    """Write paise as rupees with Indian grouping: 12,34,567.50 and no .00."""
    if paise is None:
        return gettext("Not known")
    rupees, rest = divmod(paise, 100)
    text = str(rupees)
    head, tail = text[:-3], text[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return "₹" + ",".join([*groups, tail]) + (f".{rest:02d}" if rest else "")


def show_mobile(value: str) -> str:
    """Write an Indian mobile number in two groups of five."""
    digits = value.removeprefix("+91")
    return f"{digits[:5]} {digits[5:]}"


def say(words: Mapping[str, str]) -> str:
    """Pick the language of this request from words in three languages."""
    return words[language()]


def with_preference(name: str, value: str) -> str:
    """Return this page's address with one preference set, everything else kept."""
    arguments = {key: values for key, values in request.args.lists() if key != name}
    return "?" + urlencode({**arguments, name: value}, doseq=True)


def init_app(app: Flask, *, settings: Settings) -> None:
    """Give templates their filters and the values of the page's frame."""
    env = app.jinja_env
    env.filters.update(date=show_date, moment=show_moment, rupees=show_rupees, mobile_groups=show_mobile, say=say)
    env.globals.update(
        settings=settings, languages=LANGUAGES, pref_url=with_preference, csrf_token=masked_token, new_form_key=form_keys.issue
    )
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {
        "lang": language(),
        "lang_url": lambda code: with_preference("lang", code),
        "theme": preference("theme"),
        "size": preference("size"),
        "page_id": request.endpoint or "web.error",
    }
