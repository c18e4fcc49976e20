"""What the tests of the components share: a form with every usual kind of field, and ways to read what was rendered."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import wtforms as w
from flask import Flask, render_template_string
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from msewa.web.forms import Form
from tests.strict_client import XHTML, Page

Render = Callable[..., Page]
LANGUAGES = ("en", "pa", "hi")


class Sample(Form):
    """A form with every usual kind of field."""

    full_name = w.StringField("Full name", description="As on your document")
    mobile = w.StringField("Mobile number", [Length(max=10)])
    relation = w.RadioField("Relation", choices=[SelectChoice("mother", "Mother"), SelectChoice("father", "Father")])
    district = w.SelectField("District", choices=["Barnala", "Bathinda"])
    remarks = w.TextAreaField("Remarks", [Optional()])
    password = w.PasswordField("Password", render_kw={"autocomplete": "new-password"})
    id_proof = w.FileField("Proof of identity")
    agree = w.BooleanField("I have read this")


def wrong(form: Sample, **errors: str) -> Sample:
    """Put a reason beside each named field."""
    for name, message in errors.items():
        form[name].errors = [message]
    return form


def tags(page: Page, tag: str) -> list[Any]:
    """Return a page's elements of one kind."""
    return list(page.root.iter(XHTML + tag))


def ids(page: Page) -> set[str]:
    """Return every id on a page."""
    return {node.get("id") for node in page.root.iter() if isinstance(node.tag, str) and node.get("id")}


def framed(frame: Flask, *, lang: str = "en", wishes: str = "", **values: Any) -> str:
    """Render an empty page in its frame."""
    with frame.test_request_context(f"/services?q=a&lang={lang}{wishes}"):
        return render_template_string(
            "{% extends 'base.html' %}{% block title %}Sample{% endblock %}", page_id="catalogue.search", **values
        )


def citizen(name: str | None) -> SimpleNamespace:
    """Return somebody signed in, as templates see her."""
    return SimpleNamespace(is_authenticated=True, first_name=name, role="citizen")
