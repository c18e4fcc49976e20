"""One draft, open in two windows or on two devices: what either writes is lost in neither without a word."""

from typing import Any

import pytest

from tests.applications.conftest import Applicant
from tests.applications.test_carrying_on import PART
from tests.applications.test_form import answers_of
from tests.strict_client import Page

LANGUAGES = {"en": "Not saved:", "pa": "ਸੰਭਾਲਿਆ ਨਹੀਂ ਗਿਆ:", "hi": "सहेजा नहीं गया:"}


def opened(applicant: Applicant, base: str) -> dict[str, Any]:
    """Open the first step once more; return what its form holds."""
    return applicant.page(f"{base}/edit?step=1").fields("application")


def sent(applicant: Applicant, base: str, tab: dict[str, Any], *, headers: dict[str, str] | None = None, **typed: str) -> Any:
    """Send the form of a tab."""
    return applicant.client.post(f"{base}/edit?step=1", data={**tab, **typed}, headers=headers)


def mother(applicant: Applicant, base: str) -> str:
    """Return what is saved as the mother's name."""
    return answers_of(applicant, base, step=1)["mother_name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_old_tab_that_saves_itself_writes_over_nothing_newer_and_says_so(harjinder: Applicant, language: str) -> None:
    base = harjinder.begin()
    harjinder.client.set_cookie("lang", language)
    old, phone = opened(harjinder, base), opened(harjinder, base)
    sent(harjinder, base, phone, mother_name="Typed On The Phone", later="1")

    answer = sent(harjinder, base, old, headers=PART, father_name="Old Tab")

    assert answer.status_code == 200
    assert mother(harjinder, base) == "Typed On The Phone"
    assert "father_name" not in answer.text
    assert Page(answer.text).words("not-saved").startswith(LANGUAGES[language])
    harjinder.client.set_cookie("lang", "en")


def test_an_old_tab_that_goes_on_keeps_what_was_typed_there_and_lets_her_choose(harjinder: Applicant) -> None:
    base = harjinder.begin()
    old, phone = opened(harjinder, base), opened(harjinder, base)
    sent(harjinder, base, phone, mother_name="Typed On The Phone", later="1")

    answer = sent(harjinder, base, old, mother_name="Typed At Home")
    asked = Page(answer.text).fields("application")
    kept = mother(harjinder, base)
    sent(harjinder, base, asked, later="1")

    assert (answer.status_code, kept) == (409, "Typed On The Phone")
    assert asked["mother_name"] == "Typed At Home"
    assert "changed in another window or on another device" in answer.text
    assert f'href="{base}/edit?step=1"' in answer.text
    assert mother(harjinder, base) == "Typed At Home"


def test_a_tab_that_saw_none_of_its_answers_come_back_goes_on_saving(harjinder: Applicant) -> None:
    base = harjinder.begin()
    tab = opened(harjinder, base)

    for typed in ("S", "Surjit", "Surjit Kaur"):
        sent(harjinder, base, tab, headers=PART, mother_name=typed)

    assert mother(harjinder, base) == "Surjit Kaur"
    assert sent(harjinder, base, tab, mother_name="Surjit Kaur Gill", later="1").status_code == 303
    assert mother(harjinder, base) == "Surjit Kaur Gill"


def test_whoever_carries_on_on_another_device_and_comes_back_to_a_fresh_page_is_asked_nothing(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answers = [sent(harjinder, base, opened(harjinder, base), mother_name=name, later="1") for name in ("Asha", "Usha", "Nisha")]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert mother(harjinder, base) == "Nisha"


def test_a_tab_that_changed_nothing_stands_in_nobodys_way(harjinder: Applicant) -> None:
    base = harjinder.begin()
    sent(harjinder, base, opened(harjinder, base), mother_name="Asha", later="1")
    one, other = opened(harjinder, base), opened(harjinder, base)

    sent(harjinder, base, other, later="1")
    answer = sent(harjinder, base, one, mother_name="Usha", later="1")

    assert answer.status_code == 303
    assert mother(harjinder, base) == "Usha"
