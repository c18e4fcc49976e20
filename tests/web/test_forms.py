"""Fields and forms: what describes them, what they ask of a phone, and what they carry."""

import pytest

from tests.strict_client import XHTML
from tests.web.parts import Render, Sample, ids, tags, wrong


def test_a_field_is_described_by_its_hint_reason_error_and_source(show: Render, form: Sample) -> None:
    wrong(form, mobile="One digit is missing")

    page = show("{{ ui.field(form.mobile, hint='10 digits', why='to reach you', source='From your profile') }}", form=form)

    (box,) = tags(page, "input")
    assert box.get("aria-describedby") == "mobile-hint mobile-why mobile-error mobile-source"
    assert set(box.get("aria-describedby").split()) <= ids(page)
    assert box.get("aria-invalid") == "true"
    assert page.words("error-mobile") == "One digit is missing"


def test_a_field_with_nothing_to_say_carries_no_descriptions(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.district) }}", form=form)

    (box,) = tags(page, "select")
    assert set(box.keys()) == {"id", "name"}


def test_a_mobile_number_gets_a_number_keyboard_and_is_never_cut(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.mobile) }}", form=form)

    (box,) = tags(page, "input")
    assert (box.get("type"), box.get("inputmode"), box.get("autocomplete")) == ("tel", "numeric", "tel-national")
    assert box.get("maxlength") is None


def test_what_the_form_or_the_page_asks_for_wins_over_the_vocabulary(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.password) }}{{ ui.field(form.mobile, autocomplete='username') }}", form=form)

    password, mobile = tags(page, "input")
    assert password.get("autocomplete") == "new-password"
    assert mobile.get("autocomplete") == "username"


def test_only_a_field_that_may_stay_empty_says_so(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(form.remarks) }}{{ ui.field(form.full_name) }}", form=form)

    assert ["".join(label.itertext()) for label in tags(page, "label")] == ["Remarks (optional)", "Full name"]


def test_radios_are_a_group_with_a_legend_and_each_its_label(show: Render, form: Sample) -> None:
    page = show("{{ ui.field(_wrong.relation) }}", _wrong=wrong(form, relation="Choose one"))

    (group,) = tags(page, "fieldset")
    assert group.get("aria-describedby") == "relation-error"
    assert [node.get("value") for node in tags(page, "input")] == ["mother", "father"]
    assert len(tags(page, "label")) == 2


def test_every_kind_of_field_has_a_label_that_reaches_it(show: Render, form: Sample) -> None:
    page = show("{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form)

    boxes = [node for tag in ("input", "select", "textarea") for node in tags(page, tag)]
    reached = {label.get("for") for label in tags(page, "label")}
    inside = {node.get("id") for label in tags(page, "label") for node in label.iter(f"{XHTML}input")}
    assert {box.get("id") for box in boxes} == (reached | inside) - {None}


def test_more_can_stand_below_a_field(show: Render, form: Sample) -> None:
    page = show("{% call ui.field(form.mobile) %}{{ ui.field(form.agree) }}{% endcall %}", form=form)

    assert [node.get("name") for node in tags(page, "input")] == ["mobile", "agree"]


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(show: Render, form: Sample) -> None:
    wrong(form, mobile="One digit is missing", relation="Choose one")

    page = show("{{ ui.error_summary(form) }}{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form)

    summary = page.one("error-summary")
    targets = [link.get("href") for link in summary.iter(f"{XHTML}a")]
    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    assert targets == ["#mobile", "#relation-0"]
    assert {target[1:] for target in targets} <= ids(page)
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
