"""The frame of every page: title, language, wishes, sign-out, helplines, and the error pages."""

from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template

from tests.strict_client import Page
from tests.web.parts import LANGUAGES, Sample, citizen, framed, tags, wrong

STATUSES = (400, 403, 404, 405, 409, 413, 429, 500, 503)


def test_the_title_says_when_the_form_has_errors(frame: Flask) -> None:
    with frame.test_request_context():
        form = wrong(Sample(), mobile="One digit is missing")

    assert "<title>Error: Sample · mSewa</title>" in framed(frame, form=form)
    assert "<title>Sample · mSewa</title>" in framed(frame)


def test_a_page_marks_its_language_its_section_and_itself(frame: Flask) -> None:
    page = Page(framed(frame, lang="pa"))

    current = [node.get("href") for node in tags(page, "a") if node.get("aria-current")]
    assert page.root.get("lang") == "pa"
    assert current == ["?q=a&lang=pa", "/services"]
    assert page.one("page-catalogue.search").get("id") == "main"


def test_her_wishes_for_colours_and_size_are_on_the_page(frame: Flask) -> None:
    page = Page(framed(frame, wishes="&theme=dark&size=xl"))

    links = [node.get("href") for node in tags(page, "a")]
    assert (page.root.get("data-theme"), page.root.get("data-size")) == ("dark", "xl")
    assert {"?q=a&lang=en&size=xl&theme=light", "?q=a&lang=en&theme=dark&size=m"} <= set(links)


def test_signing_out_is_one_press_on_every_page_of_who_is_signed_in(frame: Flask) -> None:
    page = Page(framed(frame, me=citizen("Harjinder")))

    assert page.words("sign-out") == "Sign out"
    assert page.fields("sign-out")["csrf_token"]
    assert "Harjinder" in page.text
    assert Page(framed(frame)).all("sign-out") == []


def test_who_gave_no_name_still_reaches_her_account(frame: Flask) -> None:
    assert '<a href="/profile">My account</a>' in framed(frame, me=citizen(None))


def test_helplines_can_be_called_from_every_page(frame: Flask) -> None:
    page = Page(framed(frame))

    assert [node.get("href") for node in tags(page, "a") if node.get("href", "").startswith("tel:")] == ["tel:1100", "tel:1076", "tel:112"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_frame_takes_little_of_a_page_s_four_kilobytes(frame: Flask, lang: str) -> None:
    whole = framed(frame, lang=lang, me=citizen("Harjinder"))

    assert len(brotli.compress(whole.encode(), quality=4)) <= 1500


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_is_kind_valid_and_numbered_in_each_language(frame: Flask, status: int, lang: str) -> None:
    with frame.test_request_context(f"/?lang={lang}"):
        page = Page(render_template(f"errors/{status}.html", request_id="7a770d2ff64a", back="/"))

    assert page.root.get("lang") == lang
    assert page.words("request-id") == "7a770d2ff64a"
    assert page.one(f"page-errors.{status}") is not None
    assert len(tags(page, "title")) == len(tags(page, "h1")) == 1


def test_who_is_signed_in_is_not_told_to_sign_in(frame: Flask) -> None:
    with frame.test_request_context("/?lang=en"):
        shut = Page(render_template("errors/403.html", request_id="7a770d2ff64a", back="/", me=citizen("Harjinder")))
        out = Page(render_template("errors/403.html", request_id="7a770d2ff64a", back="/"))

    assert "sign in with your own number" in out.text
    assert "sign out and sign in with that one" in shut.text
    assert "sign in with your own number" not in shut.text


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_page_does_not_ask_who_she_is(frame: Flask, status: int) -> None:
    with frame.test_request_context():
        page = Page(render_template(f"errors/{status}.html", request_id="7a770d2ff64a", back="/", me=None))

    assert page.all("sign-out") == []


def test_handles_stay_the_same_in_every_language(frame: Flask) -> None:
    def handles(lang: str) -> list[str]:
        page = Page(framed(frame, lang=lang, me=citizen("Harjinder")))
        return [node.get("data-testid") for node in page.root.iter() if isinstance(node.tag, str) and node.get("data-testid")]

    assert handles("en") == handles("pa") == handles("hi")


def test_no_template_of_the_frame_writes_script_or_style_in_line() -> None:
    root = Path(__file__).resolve().parents[2] / "templates"
    for path in (root / "base.html", root / "ui.html", *(root / "ui").iterdir(), *(root / "errors").iterdir()):
        text = path.read_text()
        assert not any(word in text for word in ("hx-boost", "hx-on", "js:", "<style", " style=", "onclick", "<script>")), path.name
