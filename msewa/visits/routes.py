"""The public register of what is counted about visits, with the numbers themselves (P19)."""

import re

from flask import Response
from flask_babel import lazy_gettext

from msewa.visits.opening import count_openings
from msewa.visits.queries import DAYS, list_totals
from msewa.visits.register import metrics
from msewa.web.access import blueprint, public
from msewa.web.clock import now
from msewa.web.pages import render_page

bp = blueprint("visits", __name__)
PLACEHOLDER = re.compile(r"<[^>]+>")
# Names of languages and products read the same whatever the page is in.
LABELS = {
    "en": "English",
    "pa": "ਪੰਜਾਬੀ",
    "hi": "हिन्दी",
    "chrome": "Chrome",
    "firefox": "Firefox",
    "safari": "Safari",
    "edge": "Edge",
    "samsung": "Samsung Internet",
    "opera": "Opera",
    "uc": "UC Browser",
    "android": "Android",
    "ios": "iPhone, iPad",
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "kaios": "KaiOS",
    "under_50_ms": "< 0.05 s",
    "under_100_ms": "< 0.1 s",
    "under_250_ms": "< 0.25 s",
    "under_1_s": "< 1 s",
    "over_1_s": "> 1 s",
    "other": lazy_gettext("Others together"),
}


@bp.get("/statistics/visits")
@public
def register() -> Response:
    """Show every metric with its question, its threshold and its numbers of the last days."""
    counted = [(metric, [(_label(value), count) for value, count in list_totals(metric.id, now=now())]) for metric in metrics().values()]
    return render_page("visits/register.html", counted=counted, days=DAYS, openings=count_openings())


def _label(value: str) -> str:
    """Name a value for people; of a route's template only the places that vary are replaced."""
    return str(LABELS.get(value) or PLACEHOLDER.sub("…", value))
