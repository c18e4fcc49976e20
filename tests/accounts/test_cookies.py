"""The cookies in production."""

from dataclasses import replace

import pytest
from flask import Response

from msewa.accounts import cookies


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("name", ["session", "device"])
def test_in_production_a_cookie_is_bound_to_this_host_and_to_https(app, backend, name):
    usual = app.extensions["settings"]
    app.extensions["settings"] = replace(usual, mode="production")
    with app.test_request_context():
        response = Response()
        cookies.give(response, name, "token")
        removed = Response()
        cookies.take(removed, name)
    app.extensions["settings"] = usual

    cookie = response.headers["Set-Cookie"]

    assert cookie.startswith(f"__Host-{name}=token;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" in removed.headers["Set-Cookie"]
