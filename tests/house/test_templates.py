"""House rules for templates: every one used, nothing inline, no htmx feature that runs code."""

import re

from tests.installation import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "hx-boost": r"hx-boost",
    "hx-on": r"hx-on",
    "js:": r"[\"']js:",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle=",
    "an event attribute": r"\son[a-z]+=",
    "an address of another site": r"(?:src|href)=\"https?://",
    "an unescaped value": r"\|\s*safe\b",
    "a trans block": r"{%\s*trans\b",
}


def test_every_template_is_used() -> None:
    sources = [path.read_text() for path in [*TEMPLATES, *(ROOT / "msewa").rglob("*.py")]]
    names = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
    called = [*(f'"{name}"' for name in names), *(f'frame("{name}"' for name in ("top", "menu", "foot", "leave"))]
    found = {words for words in called if any(words in source for source in sources)}
    unused = [name for name in names if f'"{name}"' not in found and not name.startswith("errors/")]
    unused = [name for name in unused if f'frame("{name.removeprefix("frame/").removesuffix(".html")}"' not in found]

    assert unused == []


def test_templates_hold_nothing_that_the_content_policy_forbids() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in TEMPLATES
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, path.read_text())
    ]

    assert found == []
