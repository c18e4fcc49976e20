"""The policy is the longest page that everybody may read: it stays within the weight of a page, signed in too."""

import brotli
import pytest
from flask import Flask

from tests.people import signed_in
from tests.strict_client import StrictClient

MOST = 4096


@pytest.mark.promise("P1")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_the_policy_is_no_heavier_than_a_page_may_be(app: Flask, client: StrictClient, language: str) -> None:
    for who in ("nobody", "a citizen"):
        if who == "a citizen":
            signed_in(client, app=app)

        page = client.get(f"/privacy/policy?lang={language}").get_data()

        assert len(brotli.compress(page, quality=app.config["COMPRESS_BR_LEVEL"], lgwin=app.config["COMPRESS_BR_WINDOW"])) <= MOST, who
