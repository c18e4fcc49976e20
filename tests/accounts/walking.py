"""Walking through the pages of accounts, and reading the messages they send."""

import pyotp
from flask import Flask
from sqlalchemy import select

from msewa.accounts.models import SignInSession
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.notifications.gateway import Letter
from msewa.notifications.models import Message
from msewa.outbox import worker
from tests.people import Somebody
from tests.strict_client import Page, StrictClient

PASSWORD = "chaar shabad lamme 29"
NAME = "Harjinder Kaur Planted"
NUMBER = "98140 00417"


class Post:
    """What the application has sent since, newest last: a courier that keeps its letters."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        """Take a letter."""
        self.letters.append(letter)

    def work(self) -> "Post":
        """Let the worker do what is due now."""
        with self._app.app_context():
            worker.run_due(now=self._app.extensions["clock"].now())
        return self

    def to(self, address: str) -> list[Letter]:
        """Return the letters to an address, oldest first, after letting the worker work."""
        self.work()
        return [letter for letter in self.letters if letter.to == address]

    def code_to(self, address: str) -> str:
        """Return the last code that went to an address."""
        return [letter.codes["otp"] for letter in self.to(address) if letter.codes][-1]

    def templates_to(self, address: str) -> list[str]:
        """Return which messages went to an address, oldest first."""
        return [letter.template for letter in self.to(address)]


def code_of(app: Flask, secret: str) -> str:
    """Return what an authenticator app with this secret shows now."""
    return pyotp.TOTP(secret.replace(" ", "")).at(app.extensions["clock"].now())


def register(client: StrictClient, app: Flask, post: Post, *, number: str = NUMBER, start: str = "/register") -> tuple[str, list[str], str]:
    """Open an account through its pages; return authenticator secret, recovery codes, and where one lands."""
    secret = walk_to_codes(client, app, post, number=number, start=start)
    page = client.page("/register/recovery-codes")
    codes = [node.text for node in page.all("recovery-code")]
    done = client.submit("/register/recovery-codes", "recovery-codes", kept="y")
    assert done.status_code == 303, done.get_data(as_text=True)
    return secret.replace(" ", ""), codes, done.headers["Location"]


def walk_to_codes(client: StrictClient, app: Flask, post: Post, *, number: str = NUMBER, start: str = "/register") -> str:
    """Go on to the page of the recovery codes, and stop there; return the authenticator secret as it was shown."""
    walk_to_password(client, post, number=number, start=start)
    client.submit("/register/password", "password", password=PASSWORD)
    secret = client.page("/register/second-factor").words("totp-secret")
    client.submit("/register/second-factor", "second-factor", code=code_of(app, secret))
    return secret


def walk_to_password(client: StrictClient, post: Post, *, number: str = NUMBER, start: str = "/register") -> None:
    """Say yes, give name and number, prove the number."""
    client.submit(start, "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=number)
    digits = "".join(sign for sign in number if sign.isdigit())[-10:]
    done = client.submit("/register/verify", "verify", code=post.code_to(f"+91{digits}"))
    assert done.headers["Location"] == "/register/password"


def sign_in(client: StrictClient, person: Somebody, *, start: str = "/sign-in", code: str | None = None) -> str:
    """Sign in through the pages; return where one lands."""
    half = client.submit(start, "sign-in", mobile=person.mobile, password=person.password)
    assert half.headers["Location"] == "/sign-in/second-factor"
    done = client.submit("/sign-in/second-factor", "second-factor", code=code or person.code())
    assert done.status_code == 303, Page(done.get_data(as_text=True)).words("error-summary")
    return done.headers["Location"]


def is_signed_in(client: StrictClient) -> bool:
    """Whether this browser reaches a page that only people signed in reach."""
    return client.get("/account/security").status_code == 200


def visit_kinds(app: Flask, client: StrictClient) -> list[str]:
    """Return the kind of visit this browser's cookie stands for; empty when it stands for none."""
    cookie = client.get_cookie("session")
    hashed = token_hash(cookie.value) if cookie else b""
    with app.app_context():
        return list(db.session.scalars(select(SignInSession.kind).where(SignInSession.token_hash == hashed)))


def count_messages(app: Flask) -> int:
    """Count the messages that were ever put on their way."""
    with app.app_context():
        return len(db.session.scalars(select(Message.id)).all())
