"""What tests of choices share: many presses at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.people import Somebody
from tests.strict_client import StrictClient


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    """Do all of these at the same moment; return their answers."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [answer.result() for answer in [pool.submit(act) for act in acts]]


def sender(her: Somebody, path: str, values: dict[str, str], client: StrictClient) -> Callable[[], int]:
    """Return what sends a form once more, from a browser of its own with the same sign-in."""
    twin = her.app.test_client()
    for name in ("session", "seed"):
        cookie = client.get_cookie(name)
        assert cookie is not None
        twin.set_cookie(name, cookie.value)
    return lambda: twin.post(path, data=values).status_code
