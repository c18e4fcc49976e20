"""What people type, read into the form in which it is kept."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from stdnum import verhoeff

from msewa.catalogue.answer_messages import SENTENCES, missing, sentence_of
from msewa.catalogue.answers import READERS, AnswerError, parse
from msewa.catalogue.rules import Category, Field, Option

TODAY = date(2026, 11, 23)
AADHAAR = "234123412346"
OPTIONS = (Option("yes", {"en": "Yes"}), Option("no", {"en": "No"}))


@dataclass(frozen=True)
class Known:
    districts: set[str] = field(default_factory=lambda: {"barnala"})
    tehsils: set[str] = field(default_factory=lambda: {"tehsil-tapa"})
    ulbs: set[str] = field(default_factory=lambda: {"ulb-tapa"})


def a_field(kind: str, *, key: str = "asked", most: int = 200) -> Field:
    return Field(key, Category.IDENTITY, kind, {"en": "Asked"}, {"en": "Why"}, options=OPTIONS if kind == "choice" else (), max_length=most)


def read(kind: str, raw: str | None, *, key: str = "asked", most: int = 200) -> str:
    return parse(a_field(kind, key=key, most=most), raw, today=TODAY, places=Known())


def refusal(kind: str, raw: str, *, key: str = "asked", most: int = 200) -> AnswerError:
    with pytest.raises(AnswerError) as refused:
        read(kind, raw, key=key, most=most)
    return refused.value


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("name", "  ਹਰਜਿੰਦਰ ਕੌਰ ", "ਹਰਜਿੰਦਰ ਕੌਰ"),
        ("name", "D'Souza-Rao, Jr.", "D'Souza-Rao, Jr."),
        ("text", "cafe\u0301 <b>&amp;</b> {{7*7}}", "caf\u00e9 <b>&amp;</b> {{7*7}}"),
        ("text", "nul\x00 and \ud800 half", "nul and  half"),
        ("long_text", "one\r\ntwo", "one\ntwo"),
        ("people", "Asha, 40, mother\nRavi, 12, son", "Asha, 40, mother\nRavi, 12, son"),
        ("date", "5-1-90", "1990-01-05"),
        ("date", "05/01/1990", "1990-01-05"),
        ("date", "5. 1. 1990", "1990-01-05"),
        ("date", "੫/੧/੧੯੯੦", "1990-01-05"),
        ("date", "५-१-९०", "1990-01-05"),
        ("date", "1990-01-05", "1990-01-05"),
        ("date", "05011990", "1990-01-05"),
        ("date", "29/02/2024", "2024-02-29"),
        ("date", "23/11/26", "2026-11-23"),
        ("date", "1/1/27", "1927-01-01"),
        ("year", "੨੦੧੯", "2019"),
        ("mobile", "98765 43210", "+919876543210"),
        ("mobile", "+91 (98765) 43-210", "+919876543210"),
        ("mobile", "੯੮੭੬੫੪੩੨੧੦", "+919876543210"),
        ("mobile", "09876543210", "+919876543210"),
        ("email", "Asha@Example.IN", "Asha@example.in"),
        ("district", "barnala", "barnala"),
        ("tehsil", "tehsil-tapa", "tehsil-tapa"),
        ("ulb", "ulb-tapa", "ulb-tapa"),
        ("choice", "yes", "yes"),
        ("pincode", "148 ੧੦੧", "148101"),
        ("money", "Rs. 2,50,000/-", "250000"),
        ("money", "₹ २५०००", "25000"),
        ("money", "25000.00", "25000"),
        ("money", "0", "0"),
        ("number", "2.5", "2.5"),
        ("number", ".5", "0.5"),
        ("percent", "40 %", "40"),
        ("last4", "xxxx xxxx 1234", "1234"),
        ("pan", "abcpe 1234 f", "ABCPE1234F"),
        ("gstin", "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
        ("vehicle", "pb 10 ab 1234", "PB10AB1234"),
        ("vehicle", "22 BH 1234 AA", "22BH1234AA"),
        ("bank_account", "123456789012, sbin0001234", "123456789012 SBIN0001234"),
        ("point", "Near the old well", "Near the old well"),
    ],
)
def test_what_people_type_is_kept_in_one_form(kind: str, raw: str, kept: str) -> None:
    assert read(kind, raw) == kept


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("name", "12345", "no_letters"),
        ("name", "...", "no_letters"),
        ("date", "31/02/2020", "no_such_date"),
        ("date", "29/2/2023", "no_such_date"),
        ("date", "0/0/0000", "no_such_date"),
        ("date", "24/11/2026", "date_in_future"),
        ("date", "1/1/1899", "date_too_old"),
        ("date", "yesterday", "date_form"),
        ("date", "1/1/199", "date_form"),
        ("year", "19", "year_form"),
        ("year", "1899", "year_range"),
        ("year", "2028", "year_range"),
        ("mobile", "98765", "mobile_short"),
        ("mobile", "987654321", "mobile_short"),
        ("mobile", "98765432101", "mobile_long"),
        ("mobile", "1234567890", "mobile_form"),
        ("mobile", "call me", "mobile_form"),
        ("email", "asha@", "email_form"),
        ("email", "asha at example.in", "email_form"),
        ("email", "a@b\n.in", "email_form"),
        ("email", "=?utf-8?q?d=40punjab.example=2c_x?=@example.in", "email_form"),
        ("district", "london", "pick_one"),
        ("tehsil", "barnala", "pick_one"),
        ("ulb", "../../etc/passwd", "pick_one"),
        ("choice", "maybe", "pick_one"),
        ("pincode", "012345", "pin_code_form"),
        ("pincode", "14810", "pin_code_form"),
        ("money", "2.5 lakh", "number_form"),
        ("money", "25.50", "whole_rupees"),
        ("money", str(2**63), "number_form"),
        ("number", "-1", "number_form"),
        ("number", "NaN", "number_form"),
        ("number", "1e9", "number_form"),
        ("percent", "101", "percent_range"),
        ("last4", "123", "four_digits"),
        ("last4", AADHAAR, "whole_aadhaar"),
        ("last4", "2341 2341 2346", "whole_aadhaar"),
        ("pan", "ABCDE1234", "pan_form"),
        ("gstin", "27AAPFU0939F1Z", "gstin_form"),
        ("gstin", "27AAPFU0939F1Z!", "gstin_form"),
        ("gstin", "27AAPFU0939F1ZX", "gstin_check"),
        ("vehicle", "my scooter", "vehicle_form"),
        ("bank_account", "123456789012", "bank_form"),
        ("bank_account", "123456789012 SBIN1001234", "bank_form"),
    ],
)
def test_what_can_not_be_used_is_refused_by_a_named_reason(kind: str, raw: str, code: str) -> None:
    assert refusal(kind, raw).code == code


@pytest.mark.parametrize("kind", sorted({*READERS, "text", "long_text", "address", "point", "people"}))
def test_nothing_typed_is_nothing_kept(kind: str) -> None:
    assert [read(kind, raw) for raw in (None, "", " \t\n", "\x00")] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("kind", "raw", "most"),
    [
        ("last4", "xxxx xxxx 1234", 4),
        ("date", "05 / 01 / 1990", 10),
        ("pincode", "148 101", 6),
        ("percent", "100 %", 3),
        ("pan", "ABCPE 1234 F", 10),
    ],
)
def test_spaces_and_signs_around_a_number_do_not_count_as_its_length(kind: str, raw: str, most: int) -> None:
    assert read(kind, raw, most=most)


def test_a_whole_aadhaar_number_gets_its_own_reason_where_four_digits_fit() -> None:
    assert refusal("last4", AADHAAR, key="aadhaar_last4", most=4).code == "whole_aadhaar"


@pytest.mark.parametrize("raw", [AADHAAR, "my number is 2341-2341-2346.", "੨੩੪੧ ੨੩੪੧ ੨੩੪੬", "2341 2341 2346 148101"])
def test_a_whole_aadhaar_number_is_not_kept_in_any_free_text(raw: str) -> None:
    assert [refusal(kind, raw).code for kind in ("text", "address", "people", "point")] == ["whole_aadhaar"] * 4


@pytest.mark.parametrize("kind", sorted({*READERS, "text", "long_text", "address", "point", "people"}))
@pytest.mark.parametrize("raw", [AADHAAR, "House 5. My number: 2341 2341 2346 " + "x " * 300], ids=["alone", "long"])
def test_a_whole_aadhaar_number_is_the_first_thing_said_whatever_else_is_wrong(kind: str, raw: str) -> None:
    assert refusal(kind, raw).code == "whole_aadhaar"


def test_a_telephone_number_of_twelve_digits_is_no_aadhaar_number_when_it_begins_with_a_plus() -> None:
    number = next(f"9198765432{end:02}" for end in range(100) if verhoeff.is_valid(f"9198765432{end:02}"))

    assert read("text", f"Call +{number}") == f"Call +{number}"
    assert refusal("text", f"Call {number}").code == "whole_aadhaar"


@pytest.mark.parametrize("key", ["worker_registration_number", "ration_card_number", "electricity_account", "property_id"])
def test_another_number_of_twelve_digits_is_kept_where_it_is_asked_for(key: str) -> None:
    assert read("text", AADHAAR, key=key) == AADHAAR


def test_a_longer_number_is_no_aadhaar_number() -> None:
    assert verhoeff.is_valid(AADHAAR)
    assert read("text", f"{AADHAAR}123456") == f"{AADHAAR}123456"


def test_a_text_too_long_says_how_much_fits() -> None:
    error = refusal("text", "ਕ" * 41, most=40)

    assert (error.code, error.values) == ("too_long", {"most": 40, "now": 41})
    assert read("text", "ਕ" * 40, most=40) == "ਕ" * 40


KINDS = st.sampled_from(sorted({*READERS, "text", "long_text", "address", "point", "people"}))
TYPED = st.one_of(st.text(max_size=300), st.from_regex(r"[0-9੦-੯०-९ /.+-]{0,30}", fullmatch=True))


@given(kind=KINDS, raw=TYPED)
def test_anything_typed_is_kept_or_refused_and_what_is_kept_reads_as_itself(kind: str, raw: str) -> None:
    try:
        kept, code = read(kind, raw), None
    except AnswerError as error:
        kept, code = "", error.code

    assert code in {None, *SENTENCES, "mobile_short", "mobile_long"}
    assert read(kind, kept) == kept


@given(value=st.dates(min_value=date(1900, 1, 1), max_value=TODAY), separator=st.sampled_from("/-. "))
def test_every_past_date_is_read_day_first(value: date, separator: str) -> None:
    assert read("date", separator.join(f"{part}" for part in (value.day, value.month, value.year))) == value.isoformat()


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_every_reason_has_a_sentence_with_its_values_filled_in(app: Flask, language: str) -> None:
    values = {"too_long": {"most": 40, "now": 41}, "year_range": {"first": 1900, "last": 2027}}
    counted = [AnswerError(code, count=count) for code in ("mobile_short", "mobile_long") for count in (1, 2)]
    with app.test_request_context(f"/?lang={language}"):
        sentences = [sentence_of(AnswerError(code, **values.get(code, {}))) for code in SENTENCES]
        sentences += [sentence_of(error) for error in counted] + [missing()]

    assert all(sentences)
    assert not [sentence for sentence in sentences if "%" in sentence]
    assert ("Please fill this in" in sentences) == (language == "en")
