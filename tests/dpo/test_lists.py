"""The console's lists while there is nothing in them."""

import pytest

from tests.dpo.conftest import Seat


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/dpo/grievances", "No complaint waits for an answer."),
        ("/dpo/legal", "No demand has come"),
        ("/dpo/breaches", "No breach is known"),
        ("/dpo/cases", "There is no case yet"),
        ("/dpo/texts", "There is no draft yet."),
    ],
)
def test_a_list_with_nothing_in_it_says_so(anita: Seat, path: str, said: str) -> None:
    assert said in anita.client.page(path).text
