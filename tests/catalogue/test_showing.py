"""How kept answers read."""

import pytest
from flask import Flask

from msewa.catalogue.queries import catalogue
from msewa.catalogue.showing import as_typed, show

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.parametrize(
    ("key", "kept", "language", "shown"),
    [
        ("date_of_birth", "1990-01-05", "pa", "05/01/1990"),
        ("date_of_birth", "never", "en", "never"),
        ("mobile", "+919876543210", "en", "98765 43210"),
        ("income_annual", "1234567", "hi", "₹12,34,567"),
        ("income_annual", "much", "hi", "much"),
        ("disability_percent", "40", "en", "40%"),
        ("gender", "female", "pa", "ਔਰਤ"),
        ("gender", "other", "pa", "other"),
        ("district", "barnala", "hi", "बरनाला"),
        ("district", "atlantis", "hi", "atlantis"),
        ("tehsil", "tehsil-ajnala", "pa", "ਅਜਨਾਲਾ"),
        ("ulb", "ulb-ajnala", "en", "Ajnala"),
        ("address", "House 7 <b>", "en", "House 7 <b>"),
        ("gender", "", "en", ""),
        ("disability_percent", "", "en", ""),
    ],
)
def test_a_kept_answer_reads_as_people_write_it(app: Flask, key: str, kept: str, language: str, shown: str) -> None:
    with app.test_request_context("/"):
        known = catalogue()

        assert show(known.fields[key], kept, language, catalogue=known) == shown


@pytest.mark.parametrize(
    ("key", "kept", "typed"),
    [("date_of_birth", "1990-01-05", "05/01/1990"), ("mobile", "+919876543210", "98765 43210"), ("income_annual", "250000", "250000")],
)
def test_an_input_holds_what_can_be_typed(app: Flask, key: str, kept: str, typed: str) -> None:
    with app.test_request_context("/"):
        assert as_typed(catalogue().fields[key], kept) == typed
