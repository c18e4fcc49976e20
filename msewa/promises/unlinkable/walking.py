"""Walking through the product as a browser does: public pages, a failed and a good sign-in, an application."""

from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from msewa.promises.unlinkable.people import Walker

# Enough for every count to reach its threshold: only what is written down can be searched.
TIMES = 12
PUBLIC = ("/", "/services", "/schemes", "/providers", "/privacy/policy", "/sign-in")
SECRET_COOKIES = ("seed", "session", "device")
SIGNED_IN = ("/applications", "/profile", "/account/security")


class WalkError(Exception):
    """The walk did not come through, so nothing is proved."""


class _Reading(HTMLParser):
    """Finds the hidden fields of one form, and the first service of a list."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.service = ""
        self._form, self._inside = form, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is wanted of an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("data-testid") == self._form or given.get("action", "").endswith(self._form)
        if tag == "input" and self._inside and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")
        if given.get("data-testid") == "service-row" and not self.service:
            self.service = given["data-id"]


class Walk:
    """One person's browser."""

    def __init__(self, app: Flask, walker: Walker) -> None:
        self._client: FlaskClient = app.test_client()
        self._walker = walker
        self.requests = 0

    def go(self) -> None:
        """Look around, fail to sign in, sign in, look around again, begin an application, send a forged form."""
        for _ in range(TIMES):
            self._look_around()
        self._sign_in("quite another password 7", expect=422)
        self._sign_in(self._walker.card["password"], expect=303)
        self._give_code()
        self._apply()
        for _ in range(TIMES):
            self._look_around()
            for path in (*SIGNED_IN, *(f"/applications/{one}/edit" for one in self._walker.references)):
                self._expect(self._send("GET", path), 200)
        # Without its token: a refused form is a security event, and its address must be sealed.
        self._expect(self._send("POST", "/account/language", {"language": "pa"}), 400)

    def _look_around(self) -> None:
        for path in PUBLIC:
            self._expect(self._send("GET", f"{path}?q={self._walker.search_words}"), 200, 303)
        self._expect(self._send("GET", f"/services/{self._walker.path_id}"), 404)
        # A link that nobody gave out is a security event, and its address must be sealed too.
        self._expect(self._send("GET", f"/account/not-me/{self._walker.path_id}"), 404)

    def _sign_in(self, password: str, *, expect: int) -> None:
        typed = {"mobile": self._walker.card["mobile"], "password": password}
        self._expect(self._submit("/sign-in", "form-sign-in", typed), expect)

    def _give_code(self) -> None:
        cards = self._expect(self._send("GET", "/sandbox/personas.json"), 200).get_json()
        code = next(card["totp_now"] for card in cards if card["id"] == self._walker.card["id"])
        self._expect(self._submit("/sign-in/second-factor", "form-second-factor", {"code": code}), 303)

    def _apply(self) -> None:
        service = self._read("/services", "").service
        answer = self._expect(self._submit(f"/services/{service}", f"/services/{service}/apply", {}, to=f"/services/{service}/apply"), 303)
        self._walker.references.append(answer.headers["Location"].split("/")[2])

    def _submit(self, path: str, form: str, typed: dict[str, str], *, to: str | None = None) -> TestResponse:
        return self._send("POST", to or path, self._read(path, form).fields | typed)

    def _read(self, path: str, form: str) -> _Reading:
        reading = _Reading(form)
        reading.feed(self._expect(self._send("GET", path), 200).get_data(as_text=True))
        return reading

    def _send(self, method: str, path: str, data: dict[str, str] | None = None) -> TestResponse:
        self.requests += 1
        walker = self._walker
        said = {"User-Agent": walker.agent, "Accept-Language": walker.accepted_languages, "X-Forwarded-For": walker.address}
        answer = self._client.open(path, method=method, data=data, headers=said, environ_base={"REMOTE_ADDR": walker.address})
        kept = (self._client.get_cookie(name) for name in SECRET_COOKIES)
        walker.cookies |= {cookie.value for cookie in kept if cookie is not None}
        return answer

    def _expect(self, answer: TestResponse, *status: int) -> TestResponse:
        if answer.status_code not in status:
            raise WalkError(f"{answer.request.method} {answer.request.path} answered {answer.status_code}.")
        return answer
