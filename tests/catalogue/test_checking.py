"""What the check of the catalogue's files finds, and that the files have none of it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from msewa.catalogue.checking import find_problems
from msewa.catalogue.sources import Sources, read_sources

Spoil = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def files() -> Sources:
    return read_sources()


def service(content: dict[str, Any]) -> dict[str, Any]:
    return content["services"]["services"][0]


def scheme(content: dict[str, Any]) -> dict[str, Any]:
    return content["schemes"]["schemes"][0]


def by_hand(content: dict[str, Any]) -> dict[str, Any]:
    return content["handwritten"]["services"][0]


FAULTS: dict[str, tuple[Spoil, str]] = {
    "a field that isn't in the question bank": (lambda c: service(c)["fields_needed"].append("star_sign"), "no field star_sign"),
    "a paper that isn't listed": (lambda c: service(c)["documents"].append("love_letter"), "no paper love_letter"),
    "an unknown provider": (lambda c: service(c).update(provider="nobody"), "no provider nobody"),
    "an unknown category of services": (lambda c: service(c).update(category="magic"), "no category magic"),
    "an unknown channel": (lambda c: service(c)["channel"].append("pigeon"), "no channel pigeon"),
    "an unknown audience": (lambda c: service(c)["audience"].append("martians"), "no audience martians"),
    "an unknown kind of data": (lambda c: c["fields"]["fields"][0].update(category="magic"), "'magic' is not one of"),
    "a field without a purpose": (lambda c: c["fields"]["fields"][0].pop("purpose"), "purpose"),
    "a negative fee": (lambda c: service(c).update(fee=-1), "minimum"),
    "a fee that is no number": (lambda c: service(c).update(stipulated_days="soon"), "days"),
    "a limit chosen by no date": (lambda c: service(c)["other_limit"].update(of="gender"), "chosen by gender"),
    "a limit chosen by what is not asked": (lambda c: service(c)["other_limit"].update(of="marriage_date"), "chosen by marriage_date"),
    "a limit chosen by what may stay empty": (
        lambda c: c["fields"]["optional_everywhere"].append("date_of_event"),
        "chosen by date_of_event",
    ),
    "a limit without its days": (lambda c: service(c)["other_limit"].pop("days"), "days"),
    "days of a limit that nothing chooses": (lambda c: service(c)["other_limit"].update(chosen_by="unasked"), "other_limit"),
    "another limit beside none": (lambda c: service(c).update(stipulated_days=None), "beside none"),
    "another limit that no note names": (lambda c: service(c).update(note=None), "without a note"),
    "a name without Punjabi": (lambda c: service(c)["name"].pop("pa"), "no words in pa"),
    "an empty name": (lambda c: service(c)["name"].update(hi=" "), "no words in hi"),
    "Punjabi in the wrong script": (lambda c: service(c)["name"].update(pa="जन्म प्रमाण पत्र"), "another script"),
    "Hindi left in English": (lambda c: service(c)["summary"].update(hi="Birth certificate"), "another script"),
    "English in Gurmukhi": (lambda c: service(c)["summary"].update(en="ਜਨਮ"), "another script"),
    "a step that asks for what is not declared": (lambda c: by_hand(c)["steps"][0]["fields"].append("pan"), "its steps ask for ['pan']"),
    "a declared field in no step": (lambda c: by_hand(c)["steps"][0]["fields"].pop(), "its steps ask for"),
    "a field in two steps": (lambda c: by_hand(c)["steps"][1]["fields"].append(by_hand(c)["steps"][0]["fields"][0]), "a field twice"),
    "a life event of no service": (lambda c: c["life_events"]["life_events"][0]["services"].append("x"), "no service x"),
    "a popular service that is none": (
        lambda c: c["services"]["meta"]["popular"]["services"].append("x"),
        "popular: there is no service x",
    ),
    "a scheme's rule without words": (lambda c: scheme(c)["eligibility"].update(shoe_size=9), "no words for shoe_size"),
    "a scheme's value without words": (lambda c: scheme(c)["eligibility"].update(occupation=["pirate"]), "no word for pirate"),
    "a scheme of no service": (lambda c: scheme(c).update(service="x"), "no service x"),
}


def test_the_files_are_in_order(files: Sources) -> None:
    assert find_problems(files) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_check_finds(files: Sources, fault: str) -> None:
    spoil, message = FAULTS[fault]
    few = {**files["services"], "services": files["services"]["services"][:2]}  # quicker, and their own faults stay the same
    content = copy.deepcopy({**files.content, "services": few})
    spoil(content)

    problems = find_problems(Sources(content, ""))

    assert any(message in problem for problem in problems), problems[:3]
