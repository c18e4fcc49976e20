"""The people of the tests are like those who register: they sign in by the pages too."""

from flask import Flask

from tests.people import somebody
from tests.strict_client import StrictClient


def test_somebody_signs_in_by_number_password_and_code(app: Flask, client: StrictClient) -> None:
    person = somebody(app, full_name="Asha Rani")

    first = client.submit("/sign-in?next=/profile", "sign-in", mobile=person.mobile.removeprefix("+91"), password=person.password)
    second = client.submit(first.headers["Location"], "second-factor", code=person.code())

    assert second.status_code == 303
    assert client.page("/profile").words("value-full_name") == "Asha Rani"
