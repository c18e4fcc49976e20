"""Templates compiled for a language: words in place, formats filled, what is taken in escaped."""

import pytest
from flask import Flask
from markupsafe import Markup

from msewa.web import rendering

LANGUAGES = {"en": "Not known", "pa": "ਪਤਾ ਨਹੀਂ", "hi": "पता नहीं"}


def render(app: Flask, source: str, *, lang: str, **values: object) -> str:
    with app.test_request_context(f"/?lang={lang}"):
        return rendering.environment().from_string(source).render(values)


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_are_in_the_language_of_the_request(app: Flask, lang: str) -> None:
    assert render(app, "{{ _('Not known') }}", lang=lang) == LANGUAGES[lang]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_a_format_takes_in_is_escaped(app: Flask) -> None:
    shown = render(app, "{{ _('Answer by %(on)s', on=value) }}", lang="en", value="<b>")

    assert shown == "Answer by &lt;b&gt;"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_markup_that_a_format_takes_in_stays_markup(app: Flask) -> None:
    assert render(app, "{{ _('Answer by %(on)s', on=value) }}", lang="en", value=Markup("<b>x</b>")) == "Answer by <b>x</b>"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_percent_sign_is_one(app: Flask) -> None:
    assert render(app, "{{ _('5%% of %(all)s', all=3) }}{{ _('100%%') }}", lang="en") == "5% of 3100%"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_loops_write_stands_in_its_place_and_is_escaped(app: Flask) -> None:
    source = "a{% for row in rows %}[{{ row }}{% for _i in range(2) %}.{% else %}none{% endfor %}]{% else %}-{% endfor %}b{{ rows|length }}"

    assert render(app, source, lang="en", rows=["<", "y"]) == "a[&lt;..][y..]b2"
    assert render(app, source, lang="en", rows=[]) == "a-b0"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_words_that_are_not_known_beforehand_are_looked_up(app: Flask) -> None:
    assert render(app, "{{ _(words) }}", lang="pa", words="Not known") == LANGUAGES["pa"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_frame_of_one_language_is_never_shown_in_another(app: Flask) -> None:
    client = app.test_client(use_cookies=False)

    pages = [client.get("/accessibility", headers={"Cookie": f"lang={lang}"}).get_data(as_text=True) for lang in ("pa", "hi", "pa")]

    assert pages[0] == pages[2]
    assert 'lang="hi" hreflang="hi" href="?lang=hi" aria-current="true"' in pages[1]
