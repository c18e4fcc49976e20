"""A test client that reads pages as strictly as the house asks."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

XHTML = "{http://www.w3.org/1999/xhtml}"
DUMP = os.environ.get("MSEWA_HTML_DUMP")
MOBILE_IN_URL = re.compile(r"(?:\+91|%2B91|\b)[6-9]\d{9}\b")


class Page:
    """A parsed page: forms and handles, as a person or a tester finds them."""

    def __init__(self, text: str) -> None:
        self.text = text
        is_whole = text.lstrip().lower().startswith("<!doctype")
        parser = html5lib.HTMLParser(strict=True)
        self.root: Any = parser.parse(text) if is_whole else html5lib.parseFragment(text)

    def all(self, testid: str) -> list[Any]:
        """Return every element with this data-testid."""
        return [node for node in self.root.iter() if isinstance(node.tag, str) and node.get("data-testid") == testid]

    def one(self, testid: str) -> Any:
        """Return the one element with this data-testid."""
        found = self.all(testid)
        assert len(found) == 1, f"{testid}: found {len(found)} times"
        return found[0]

    def words(self, testid: str) -> str:
        """Return the text of the one element with this data-testid."""
        return " ".join("".join(self.one(testid).itertext()).split())

    def forms(self) -> list[Any]:
        """Return every form."""
        return [node for node in self.root.iter(f"{XHTML}form")]

    def fields(self, form: str) -> dict[str, Any]:
        """Return what a browser would send from the form `form-<form>` untouched; ticked boxes and chosen options included."""
        values: dict[str, Any] = {}
        for node in self.one(f"form-{form}").iter():
            tag = str(node.tag).removeprefix(XHTML)
            if tag in ("input", "select", "textarea") and node.get("name"):
                value = _sent_value(node, tag)
                if value is not None:
                    values[node.get("name")] = value
        return values


def _sent_value(node: Any, tag: str) -> str | None:
    if tag == "textarea":
        return "".join(node.itertext()).removeprefix("\n")
    if tag == "select":
        options = list(node.iter(f"{XHTML}option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return chosen[0].get("value", "".join(chosen[0].itertext())) if chosen else None
    kind = node.get("type", "text")
    if kind in ("checkbox", "radio"):
        return node.get("value", "on") if node.get("checked") is not None else None
    return None if kind in ("file", "submit", "button") else node.get("value", "")


class StrictClient(FlaskClient):
    """Checks every HTML answer: valid markup, one token in each unsafe form, nothing personal in addresses."""

    @classmethod
    def of(cls, app: Flask) -> "StrictClient":
        """Make a client of `app`."""
        return cls(app, app.response_class, use_cookies=True)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and check the answer."""
        response = super().open(*args, **kwargs)
        location = response.headers.get("Location", "")
        assert not MOBILE_IN_URL.search(location), "a mobile number in an address"
        assert response.headers.get("X-Content-Type-Options") == "nosniff"
        if response.mimetype == "text/html" and response.get_data():
            self._check(response)
        return response

    def _check(self, response: TestResponse) -> None:
        text = response.get_data(as_text=True)
        page = Page(text)
        for form in page.forms():
            if form.get("method", "get").lower() == "post":
                names = [node.get("name") for node in form.iter(f"{XHTML}input")]
                assert names.count("csrf_token") == 1, "a form without its CSRF token"
                assert names.count("form_key") == 1, "a form without its form key"
        if DUMP and not 300 <= response.status_code < 400 and text.lstrip().lower().startswith("<!doctype"):
            name = re.sub(r"[^a-z0-9]+", "-", urlsplit(response.request.path).path.lower()).strip("-")[:80] or "home"
            lang = re.search(r'<html lang="?(\w+)', text)
            Path(DUMP, f"{name}.{response.status_code}.{lang[1] if lang else 'en'}.html").write_text(text)

    def page(self, path: str, **kwargs: Any) -> Page:
        """Get a page that must be there."""
        response = self.get(path, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.headers.get('Location', '')}"
        return Page(response.get_data(as_text=True))

    def submit(self, path: str, form: str, *, to: str | None = None, files: dict[str, Any] | None = None, **typed: Any) -> TestResponse:
        """Open `path`, fill `form-<form>` as typed over what it holds, and send it as a browser would."""
        page = self.page(path)
        values = {**page.fields(form), **typed, **(files or {})}
        action = to or page.one(f"form-{form}").get("action") or path
        sent = {name: value for name, value in values.items() if value is not None}
        return self.post(action, data=sent, content_type="multipart/form-data" if files else None)
