"""How dates, money and numbers read, and what every template may use."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request
from flask_babel import gettext
from flask_login import current_user

from msewa.config import Settings
from msewa.web import form_keys, frames
from msewa.web.clock import INDIA, day_of
from msewa.web.csrf import masked_token
from msewa.web.locale import language, preference


def show_date(value: date | datetime | None) -> str:
    """Write a date as dd/mm/yyyy, a moment as its date in India."""
    if value is None:
        return gettext("Not known")
    return _write_day(day_of(value) if isinstance(value, datetime) else value)


@lru_cache(maxsize=1024)
def _write_day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


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


def in_groups(digest: str) -> list[str]:
    """Write a seal in hexadecimal as lines of four groups of four, which a narrow page holds and a person can compare."""
    fours = [digest[start : start + 4].upper() for start in range(0, len(digest), 4)]
    return [" ".join(fours[start : start + 4]) for start in range(0, len(fours), 4)]


def say(words: Mapping[str, str]) -> str:
    """Pick the language of this request from words in three languages."""
    return words[language()]


def init_app(app: Flask, *, settings: Settings) -> None:
    """Give templates their filters and the values of the page's frame."""
    env: Any = app.jinja_env  # its globals are typed for jinja's own
    env.filters.update(date=show_date, moment=show_moment, rupees=show_rupees, mobile_groups=show_mobile, in_groups=in_groups, say=say)
    env.globals.update(settings=settings, csrf_token=masked_token, new_form_key=form_keys.issue)
    app.context_processor(_frame)
    app.extensions["page_values"] = _frame


def _no_alerts(person: object) -> list[str]:
    return []


def _frame() -> dict[str, Any]:
    lang, theme, size = language(), preference("theme"), preference("size")
    return {
        # Flask-WTF's own context processor would put the bare token in its place.
        "csrf_token": masked_token,
        "lang": lang,
        "theme": theme,
        "size": size,
        "page_id": request.endpoint or "web.error",
        "me": current_user._get_current_object(),  # pyright: ignore[reportPrivateUsage] - the person herself: every look through the proxy costs
        "alerts": current_app.extensions.get("alerts", _no_alerts),
        "frame": frames.parts(lang, theme, size),
    }
