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
CALLS = re.compile(r"{%-? (?:call (?P<form>ui\.form\()?|(?P<end>endcall))|<(?P<raw>form) |<(?P<raw_end>/form)>")
# Its button has a name of its own (tests/CONTRACT.md): in the header, where a page's `submit` must not end the visit, and of many switches.
NAMED_OTHERWISE = {'data-testid="sign-out"', 'data-testid="cell"', '"data-testid": "stop"'}


def forms_of(text: str) -> list[str]:
    """Return what stands in each form of a template, with what it includes."""
    found, opened = [], []
    for token in CALLS.finditer(text):
        if token["end"] or token["raw_end"]:
            is_form, start = opened.pop()
            found += [text[start : token.start()]] if is_form else []
        else:
            opened.append((bool(token["form"] or token["raw"]), token.start()))
    return [one + "".join((ROOT / "templates" / name).read_text() for name in re.findall(r'{% include "([^"]+)"', one)) for one in found]


def test_the_main_button_of_every_form_is_named_submit() -> None:
    named = {"ui.submit(", 'data-testid="submit"', "{{ passkey", *NAMED_OTHERWISE}
    forms = {path: forms_of(path.read_text()) for path in TEMPLATES if path.name not in ("forms.html",)}

    unnamed = [
        f"{path.relative_to(ROOT)}: {form[:60]}"
        for path, found in forms.items()
        for form in found
        if not any(word in form for word in named)
    ]

    assert unnamed == []
    assert sum(len(found) for found in forms.values()) > 80


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
