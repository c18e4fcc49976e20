"""The parts of a page: lines, choices, steps, and that nothing typed comes alive."""

import pytest

from tests.web.parts import Render, tags

INERT = "<b onclick=x>\"'{{7*7}}"


def test_a_line_that_will_be_sent_names_its_source_and_its_receiver(show: Render) -> None:
    source = """{% call ui.goes() %}{% call ui.lines() %}{{ ui.goes_line('mobile', 'Mobile', '98765 43210', 'profile', 'From profile',
        'to reach you', 'health', 'Health Department', none, change='edit#mobile') }}{% endcall %}{% endcall %}"""

    page = show(source)

    (line,) = [node for node in tags(page, "div") if node.get("data-source")]
    assert (line.get("data-source"), line.get("data-recipient")) == ("profile", "health")
    assert page.words("value-mobile") == "98765 43210"
    assert "Not known" in "".join(line.itertext())


def test_a_line_without_a_value_offers_to_add_one(show: Render) -> None:
    page = show("{% call ui.lines() %}{{ ui.line('Gender', none, 'gender', change='?edit=gender') }}{% endcall %}")

    assert page.words("value-gender") == "Not given"
    assert "".join(tags(page, "a")[0].itertext()) == "Add Gender"


def test_steps_lead_back_but_not_ahead(show: Render) -> None:
    page = show("{{ ui.steps([('One', '/1'), ('Two', '/2'), ('Three', '/3')], 1) }}")

    assert [link.get("href") for link in tags(page, "a")] == ["/1"]
    assert [step.get("aria-current") for step in tags(page, "li")] == [None, "step", None]


def test_an_element_that_htmx_moves_carries_the_nonce(show: Render) -> None:
    page = show("{{ ui.htmx() }}<a {{ ui.hx('get', '/services', 'results', push_url='true') }}>x</a>")

    (link,) = tags(page, "a")
    (script,) = tags(page, "script")
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
