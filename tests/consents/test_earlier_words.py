"""A choice whose words were published anew: her page says that she was asked before, and not about these (P44)."""

import pytest

from msewa.consents.rules import Event
from tests.consents.conftest import given
from tests.consents.test_choosing import entry, publish, published
from tests.people import Somebody
from tests.strict_client import StrictClient

__all__ = ["published"]
ANEW = "The new ones you have not been asked about yet."
# What she said to the first version, and what her page says of it once there is a second.
SAID = [
    ([Event.GIVEN], "Off. You said yes to the earlier words on "),
    ([Event.GIVEN, Event.RENEWED], "Off. You said yes to the earlier words on "),
    ([Event.GIVEN, Event.WITHDRAWN], "Off, as under the earlier words."),
    ([Event.REFUSED], "Off, as under the earlier words."),
]


def state(client: StrictClient, purpose_id: str) -> str:
    return client.page(f"/privacy/choices/{purpose_id}").words("choice-state")


@pytest.mark.promise("P44")
@pytest.mark.parametrize(("events", "said"), SAID)
def test_whoever_was_asked_about_earlier_words_reads_what_she_said_to_them(
    her: Somebody, client: StrictClient, request: pytest.FixtureRequest, events: list[Event], said: str
) -> None:
    for event in events:
        given(her, event, purpose_id="promo.gov")
    before = state(client, "promo.gov")

    folder = request.getfixturevalue("published")
    publish(folder, entry("promo.gov").replace("version: 1", "version: 2"), name="purposes-2.yaml")

    after = state(client, "promo.gov")
    assert ANEW not in before
    assert after.startswith(said)
    assert ANEW in after
    assert "You have not been asked yet" not in after


@pytest.mark.promise("P44")
def test_whoever_was_never_asked_reads_so(her: Somebody, client: StrictClient, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue("published")

    publish(folder, entry("promo.gov").replace("version: 1", "version: 2"), name="purposes-2.yaml")

    assert state(client, "promo.gov") == "Off. You have not been asked yet."
    given(her, purpose_id="promo.gov")
    assert state(client, "promo.gov").startswith("Allowed on ")
