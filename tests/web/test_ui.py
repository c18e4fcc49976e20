"""The components every page stands on: their markup, their handles, and that nothing typed comes alive."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
import wtforms as w
from flask import Flask, render_template, render_template_string
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from msewa import create_app
from msewa.config import Settings
from msewa.web.forms import Form
from tests.strict_client import XHTML, Page

Render = Callable[..., Page]
LANGUAGES = ("en", "pa", "hi")
STATUSES = (400, 403, 404, 405, 409, 413, 429, 500, 503)
INERT = "<b onclick=x>\"'{{7*7}}"


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


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(mode="demo", data=tmp_path_factory.mktemp("frame")))


@pytest.fixture
def in_request(frame: Flask) -> Iterator[None]:
    with frame.test_request_context("/?lang=en"):
        yield


@pytest.fixture
def show(in_request: None) -> Render:
    """Render one use of the components, as a page would write it."""

    def render(source: str, **values: Any) -> Page:
        return Page(render_template_string(source, **values))

    return render


@pytest.fixture
def form(in_request: None) -> Sample:
    return Sample()


def _wrong(form: Sample, **errors: str) -> Sample:
    for name, message in errors.items():
        form[name].errors = [message]
    return form


def _tags(page: Page, tag: str) -> list[Any]:
    return list(page.root.iter(XHTML + tag))


def _ids(page: Page) -> set[str]:
    return {node.get("id") for node in page.root.iter() if isinstance(node.tag, str) and node.get("id")}


def test_a_field_is_described_by_its_hint_reason_error_and_source(show: Render, form: Sample) -> None:
    _wrong(form, mobile="One digit is missing")

    page = show("{{ ui.field(form.mobile, hint='10 digits', why='to reach you', source='From your profile') }}", form=form)

    (box,) = _tags(page, "input")
    assert box.get("aria-describedby") == "mobile-hint mobile-why mobile-error mobile-source"
    assert set(box.get("aria-describedby").split()) <= _ids(page)
    assert box.get("aria-invalid") == "true"
    assert page.words("error-mobile") == "One digit is missing"


def test_a_field_with_nothing_to_say_carries_no_descriptions(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.district) }}", form=form)

    (box,) = _tags(page, "select")
    assert set(box.keys()) == {"id", "name"}


def test_a_mobile_number_gets_a_number_keyboard_and_is_never_cut(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.mobile) }}", form=form)

    (box,) = _tags(page, "input")
    assert (box.get("type"), box.get("inputmode"), box.get("autocomplete")) == ("tel", "numeric", "tel-national")
    assert box.get("maxlength") is None


def test_what_the_form_or_the_page_asks_for_wins_over_the_vocabulary(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.password) }}{{ ui.field(form.mobile, autocomplete='username') }}", form=form)

    password, mobile = _tags(page, "input")
    assert password.get("autocomplete") == "new-password"
    assert mobile.get("autocomplete") == "username"


def test_only_a_field_that_may_stay_empty_says_so(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.remarks) }}{{ ui.field(form.full_name) }}", form=form)

    assert ["".join(label.itertext()) for label in _tags(page, "label")] == ["Remarks (optional)", "Full name"]


def test_radios_are_a_group_with_a_legend_and_each_its_label(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(_wrong.relation) }}", _wrong=_wrong(form, relation="Choose one"))

    (group,) = _tags(page, "fieldset")
    assert group.get("aria-describedby") == "relation-error"
    assert [node.get("value") for node in _tags(page, "input")] == ["mother", "father"]
    assert len(_tags(page, "label")) == 2


def test_every_kind_of_field_has_a_label_that_reaches_it(show: Render, form: Sample) -> None:
    page = show("{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form)

    boxes = [node for tag in ("input", "select", "textarea") for node in _tags(page, tag)]
    reached = {label.get("for") for label in _tags(page, "label")}
    inside = {node.get("id") for label in _tags(page, "label") for node in label.iter(f"{XHTML}input")}
    assert {box.get("id") for box in boxes} == (reached | inside) - {None}


def test_more_can_stand_below_a_field(show: Render, form: Sample) -> None:
    page = show("{% call ui.field(form.mobile) %}{{ ui.field(form.agree) }}{% endcall %}", form=form)

    assert [node.get("name") for node in _tags(page, "input")] == ["mobile", "agree"]


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(show: Render, form: Sample) -> None:
    _wrong(form, mobile="One digit is missing", relation="Choose one")

    page = show("{{ ui.error_summary(form) }}{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form)

    summary = page.one("error-summary")
    targets = [link.get("href") for link in summary.iter(f"{XHTML}a")]
    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    assert targets == ["#mobile", "#relation-0"]
    assert {target[1:] for target in targets} <= _ids(page)
    assert "2 things to put right" in page.words("error-summary")


def test_an_error_summary_takes_pairs_and_errors_of_no_field(show: Render) -> None:
    page = show("{{ ui.error_summary([(none, 'This sign-in does not fit')]) }}")

    assert page.words("error-summary") == "1 thing to put right This sign-in does not fit"


@pytest.mark.parametrize("source", ["{{ ui.error_summary(form) }}", "{{ ui.error_summary([]) }}"])
def test_no_errors_show_no_summary(show: Render, form: Sample, source: str) -> None:
    assert show(source, form=form).all("error-summary") == []


def test_a_form_that_changes_something_carries_its_token_and_key(show: Render) -> None:
    page = show("{% call ui.form('profile', '/profile', files=True) %}{{ ui.submit('Save') }}{% endcall %}")

    fields, form = page.fields("profile"), page.one("form-profile")
    assert fields["csrf_token"]
    assert fields["form_key"]
    assert (form.get("method"), form.get("enctype"), form.get("novalidate")) == ("post", "multipart/form-data", "")
    assert page.words("submit") == "Save"


def test_a_form_sent_back_may_keep_its_key(show: Render) -> None:
    page = show("{% call ui.form('pay', key='earlier') %}{% endcall %}")

    assert page.fields("pay")["form_key"] == "earlier"


def test_a_form_that_only_asks_carries_neither(show: Render) -> None:
    page = show("{% call ui.form('search', '/services', method='get') %}{{ ui.submit('Find', 'search') }}{% endcall %}")

    assert page.fields("search") == {}


def test_a_line_that_will_be_sent_names_its_source_and_its_receiver(show: Render) -> None:
    source = """{% call ui.goes() %}{% call ui.lines() %}{{ ui.goes_line('mobile', 'Mobile', '98765 43210', 'profile', 'From profile',
        'to reach you', 'health', 'Health Department', none, change='edit#mobile') }}{% endcall %}{% endcall %}"""

    page = show(source)

    (line,) = [node for node in _tags(page, "div") if node.get("data-source")]
    assert (line.get("data-source"), line.get("data-recipient")) == ("profile", "health")
    assert page.words("value-mobile") == "98765 43210"
    assert "Not known" in "".join(line.itertext())


def test_a_line_without_a_value_offers_to_add_one(show: Render) -> None:
    page = show("{% call ui.lines() %}{{ ui.line('Gender', none, 'gender', change='?edit=gender') }}{% endcall %}")

    assert page.words("value-gender") == "Not given"
    assert "".join(_tags(page, "a")[0].itertext()) == "Add Gender"


@pytest.mark.parametrize(("on", "checked", "sends"), [(True, "true", "0"), (False, "false", "1")])
def test_a_choice_is_a_switch_that_sends_the_other_answer(show: Render, on: bool, checked: str, sends: str) -> None:
    page = show("{{ ui.choice('digest', 'Monthly news', on, '/choices') }}", on=on)

    button = page.one("submit")
    assert page.one("choice-row").get("data-id") == "digest"
    assert (button.get("role"), button.get("aria-checked"), button.get("value")) == ("switch", checked, sends)


def test_steps_lead_back_but_not_ahead(show: Render) -> None:
    page = show("{{ ui.steps([('One', '/1'), ('Two', '/2'), ('Three', '/3')], 1) }}")

    assert [link.get("href") for link in _tags(page, "a")] == ["/1"]
    assert [step.get("aria-current") for step in _tags(page, "li")] == [None, "step", None]


def test_an_element_that_htmx_moves_carries_the_nonce(show: Render) -> None:
    page = show("{{ ui.htmx() }}<a {{ ui.hx('get', '/services', 'results', push_url='true') }}>x</a>")

    (link,) = _tags(page, "a")
    (script,) = _tags(page, "script")
    assert link.get("hx-nonce") == script.get("nonce") != ""
    assert (link.get("hx-get"), link.get("hx-target"), link.get("hx-push-url")) == ("/services", "#results", "true")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.chip(x, 'ok', 'yes') }}",
        "{{ ui.note(x) }}",
        "{{ ui.facts([(x, x)]) }}",
        "{{ ui.list_row('/', x, x, x, 'service', x) }}",
        "{{ ui.stays([x]) }}",
        "{{ ui.receiver(x, x, x) }}",
        "{{ ui.track([{'label': x, 'state': 'now', 'note': x}]) }}",
        "{{ ui.empty_state(x, x) }}",
        "{{ ui.codes([x]) }}",
        "{{ ui.crumbs([(x, '/')]) }}",
        "{{ ui.error_summary([('id', x)]) }}",
        "{{ ui.pager([(x, '?page=2'), (x, none)]) }}",
        "{{ ui.tile(x, 'home', figure=x) }}",
        "{% call ui.lines() %}{{ ui.line(x, x, 'name', x, '/') }}{% endcall %}",
    ],
)
def test_what_somebody_typed_is_shown_and_stays_inert(show: Render, source: str) -> None:
    page = show(source, x=INERT)

    assert INERT in "".join(page.root.itertext())
    assert not [node for node in page.root.iter() if isinstance(node.tag, str) and node.get("onclick")]


def _page(frame: Flask, *, lang: str = "en", wishes: str = "", **values: Any) -> str:
    with frame.test_request_context(f"/services?q=a&lang={lang}{wishes}"):
        return render_template_string(
            "{% extends 'base.html' %}{% block title %}Sample{% endblock %}", page_id="catalogue.search", **values
        )


def _citizen(name: str | None) -> SimpleNamespace:
    return SimpleNamespace(is_authenticated=True, first_name=name, role="citizen")


def test_the_title_says_when_the_form_has_errors(frame: Flask) -> None:
    with frame.test_request_context():
        form = _wrong(Sample(), mobile="One digit is missing")

    assert "<title>Error: Sample · mSewa</title>" in _page(frame, form=form)
    assert "<title>Sample · mSewa</title>" in _page(frame)


def test_a_page_marks_its_language_its_section_and_itself(frame: Flask) -> None:
    page = Page(_page(frame, lang="pa"))

    current = [node.get("href") for node in _tags(page, "a") if node.get("aria-current")]
    assert page.root.get("lang") == "pa"
    assert current == ["?q=a&lang=pa", "/services"]
    assert page.one("page-catalogue.search").get("id") == "main"


def test_her_wishes_for_colours_and_size_are_on_the_page(frame: Flask) -> None:
    page = Page(_page(frame, wishes="&theme=dark&size=xl"))

    links = [node.get("href") for node in _tags(page, "a")]
    assert (page.root.get("data-theme"), page.root.get("data-size")) == ("dark", "xl")
    assert {"?q=a&lang=en&size=xl&theme=light", "?q=a&lang=en&theme=dark&size=m"} <= set(links)


def test_signing_out_is_one_press_on_every_page_of_who_is_signed_in(frame: Flask) -> None:
    page = Page(_page(frame, me=_citizen("Harjinder")))

    assert page.words("sign-out") == "Sign out"
    assert page.fields("sign-out")["csrf_token"]
    assert "Harjinder" in page.text
    assert Page(_page(frame)).all("sign-out") == []


def test_who_gave_no_name_still_reaches_her_account(frame: Flask) -> None:
    assert '<a href="/profile">My account</a>' in _page(frame, me=_citizen(None))


def test_helplines_can_be_called_from_every_page(frame: Flask) -> None:
    page = Page(_page(frame))

    assert [node.get("href") for node in _tags(page, "a") if node.get("href", "").startswith("tel:")] == ["tel:1100", "tel:1076", "tel:112"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_frame_takes_little_of_a_page_s_four_kilobytes(frame: Flask, lang: str) -> None:
    whole = _page(frame, lang=lang, me=_citizen("Harjinder"))

    assert len(brotli.compress(whole.encode(), quality=4)) <= 1500


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_is_kind_valid_and_numbered_in_each_language(frame: Flask, status: int, lang: str) -> None:
    with frame.test_request_context(f"/?lang={lang}"):
        page = Page(render_template(f"errors/{status}.html", request_id="7a770d2ff64a"))

    assert page.root.get("lang") == lang
    assert page.words("request-id") == "7a770d2ff64a"
    assert page.one(f"page-errors.{status}") is not None
    assert len(_tags(page, "title")) == len(_tags(page, "h1")) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_page_does_not_ask_who_she_is(frame: Flask, status: int) -> None:
    with frame.test_request_context():
        page = Page(render_template(f"errors/{status}.html", request_id="7a770d2ff64a", me=None))

    assert page.all("sign-out") == []


def test_handles_stay_the_same_in_every_language(frame: Flask) -> None:
    def handles(lang: str) -> list[str]:
        page = Page(_page(frame, lang=lang, me=_citizen("Harjinder")))
        return [node.get("data-testid") for node in page.root.iter() if isinstance(node.tag, str) and node.get("data-testid")]

    assert handles("en") == handles("pa") == handles("hi")


def test_no_template_of_the_frame_writes_script_or_style_in_line() -> None:
    root = Path(__file__).resolve().parents[2] / "templates"
    for path in (root / "base.html", root / "ui.html", *(root / "ui").iterdir(), *(root / "errors").iterdir()):
        text = path.read_text()
        assert not any(word in text for word in ("hx-boost", "hx-on", "js:", "<style", " style=", "onclick", "<script>")), path.name
