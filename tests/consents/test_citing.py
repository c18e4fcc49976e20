"""Laws are cited in the language of the page; receipts carry one spelling, that programs compare."""

import json
import re
from typing import cast

import pytest
from flask import Flask

from msewa.consents.purposes import every_version, law_cited_as
from tests.consents.conftest import given
from tests.people import Somebody
from tests.strict_client import StrictClient

# The name that the team goes by in every language, and clauses as the Act letters them.
SAME = re.compile(r"CERT-In|\([a-z]\)")
SERVICE = {"en": "DPDP Act 2023, s. 7(b)", "pa": "ਡੀਪੀਡੀਪੀ ਐਕਟ 2023, ਧਾਰਾ 7(b)", "hi": "डीपीडीपी अधिनियम 2023, धारा 7(ख)"}


@pytest.mark.promise("P4")
@pytest.mark.parametrize("path", ["/privacy/purposes", "/privacy/purposes/service", "/promises/law"])
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_a_page_cites_the_law_in_its_language(client: StrictClient, path: str, language: str) -> None:
    page = client.page(f"{path}?lang={language}").text

    assert SERVICE[language] in page
    assert ("DPDP Act" in page) is (language == "en")


@pytest.mark.parametrize("language", ["pa", "hi"])
def test_every_law_of_the_register_is_cited_in_her_language_with_its_own_numbers(language: str) -> None:
    laws = [purpose.law for purpose in every_version().values()]

    assert [law[language] for law in laws if re.search("[A-Za-z]", SAME.sub("", law[language]))] == []
    assert [law[language] for law in laws if re.findall(r"\d+", law["en"]) != re.findall(r"\d+", law[language])] == []


def test_whoever_checks_a_receipt_reads_its_law_in_the_language_of_the_page(her: Somebody, client: StrictClient) -> None:
    record = given(her, purpose_id="newsletter")

    page = client.submit("/privacy/verify?lang=pa", "verify", receipt=json.dumps(record)).text

    assert "ਡੀਪੀਡੀਪੀ ਐਕਟ 2023, ਧਾਰਾ 6" in page.partition("<details")[0]
    assert record["in-dpdp:provision"] == "DPDP Act 2023, s. 6"


@pytest.mark.parametrize("cited", ["Another Act, s. 3", "", ["of", "a forger"]], ids=str)
def test_a_law_of_no_purpose_stays_as_it_is_cited(app: Flask, cited: object) -> None:
    with app.app_context():
        assert law_cited_as(cast(str, cited)) == {"en": cited, "pa": cited, "hi": cited}
