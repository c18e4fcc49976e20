"""The sandbox as a tester's program uses it: messages, people, clock, what a department received."""

import json
import urllib.parse
import urllib.request
from datetime import datetime
from typing import Any

import pyotp


class TestersDoor:
    """Calls the sandbox of one server."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self._url = url

    def _call(self, path: str, *, sent: dict[str, str] | None = None) -> Any:
        body = None if sent is None else urllib.parse.urlencode(sent).encode()
        request = urllib.request.Request(f"{self._url}/sandbox/{path}", data=body, headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def messages(self, mobile: str) -> list[dict[str, Any]]:
        """Run what is due and return the messages to a number, newest first."""
        self.work()
        return self._call(f"outbox.json?{urllib.parse.urlencode({'to': mobile})}")

    def sms_code(self, mobile: str) -> str:
        """Return the newest code that was sent to a number."""
        return next(message["codes"]["otp"] for message in self.messages(mobile) if message["codes"].get("otp"))

    def person(self, id: str) -> dict[str, Any]:
        """Return one of the demonstration's people."""
        return next(person for person in self._call("personas.json") if person["id"] == id)

    def inbox(self, provider: str) -> list[dict[str, Any]]:
        """Return what a pretend department received, newest first."""
        return self._call(f"providers/{provider}/inbox.json")

    def work(self) -> None:
        """Run the worker until nothing is due."""
        self._call("work", sent={})

    def advance(self, duration: str) -> None:
        """Move the product's clock on by an ISO 8601 duration."""
        self._call("clock", sent={"advance": duration})

    def now(self) -> datetime:
        """Return the product's present."""
        return datetime.fromisoformat(self._call("clock.json")["now"])

    def app_code(self, secret: str) -> str:
        """Return what an authenticator app shows now; each of its codes works once, so time moves on first."""
        self.advance("PT30S")
        return pyotp.TOTP(secret.replace(" ", "")).at(self.now())
