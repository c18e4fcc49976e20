"""Forms that are sent at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from tests.strict_client import StrictClient

Press = Callable[[], Any]


def prepared(client: StrictClient, path: str, form: str, **typed: Any) -> Press:
    """Return what sends a form that is filled in and not sent yet."""
    page = client.page(path)
    values = {**page.fields(form), **typed}
    action = page.one(f"form-{form}").get("action") or path
    has_files = any(isinstance(value, tuple) for value in values.values())
    return lambda: client.post(action, data=values, content_type="multipart/form-data" if has_files else None)


def tabs(client: StrictClient, count: int) -> list[StrictClient]:
    """Return browsers that are the same one, with the same cookies: a test's own can do only one thing at a time."""
    made = [StrictClient.of(client.application) for _ in range(count)]
    for one in made:
        for name in ("session", "seed"):
            if cookie := client.get_cookie(name):
                one.set_cookie(name, cookie.value)
    return made


def at_once(*presses: Press) -> list[Any]:
    """Press all of them at the same moment; return the answers in their order, None for one that failed or hung."""
    barrier, answers = threading.Barrier(len(presses)), [None] * len(presses)

    def press(number: int, send: Press) -> None:
        barrier.wait()
        answers[number] = send()

    threads = [threading.Thread(target=press, args=pair) for pair in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
