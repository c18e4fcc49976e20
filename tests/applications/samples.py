"""An answer for every kind of field, and a paper, all made up."""

import io
from functools import cache

from PIL import Image

from msewa.catalogue.rules import Definition, Field
from msewa.catalogue.snapshot import Catalogue

BY_KIND = {
    "name": "ਹਰਜਿੰਦਰ ਕੌਰ",
    "text": "Chowk 7",
    "long_text": "Two lines\nof words",
    "address": "House 112, Bhathlan",
    "date": "14/03/1996",
    "year": "2015",
    "mobile": "98765 43210",
    "email": "harjinder@example.org",
    "district": "barnala",
    "tehsil": "tehsil-barnala",
    "ulb": "ulb-barnala",
    "pincode": "148101",
    "point": "30.37, 75.54",
    "last4": "4321",
    "money": "1,20,000",
    "bank_account": "123456789012 SBIN0001234",
    "pan": "ABCPE1234F",
    "gstin": "03ABCPE1234F1ZL",
    "percent": "40",
    "number": "2.5",
    "vehicle": "PB 10 AB 1234",
    "people": "Balwinder Singh, 41, husband\nGurnoor Kaur, 9, daughter",
}


def sample_of(field: Field) -> str:
    """Return what a person might type into a field."""
    return field.options[0].id if field.kind == "choice" else BY_KIND[field.kind]


def sample_page(definition: Definition, known: Catalogue, *, step: int, only_required: bool = False) -> dict[str, str]:
    """Return what a person might type into a step, counted from 1."""
    needs = [definition.need(key) for key in definition.steps[step - 1].fields]
    return {need.key: sample_of(need.as_asked(known.fields[need.key])) for need in needs if need.required or not only_required}


@cache
def photo_bytes(colour: str = "white") -> bytes:
    """Return a small photo."""
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(drawn, "JPEG")
    return drawn.getvalue()


def photo(name: str = "card.jpg", *, colour: str = "white") -> tuple[io.BytesIO, str]:
    """Return a small photo as a browser sends it."""
    return io.BytesIO(photo_bytes(colour)), name
