"""How many may have a password looked at by one process at the same time: what is kept free serves those who only read (F20)."""

from collections import Counter
from ipaddress import ip_network
from threading import Condition
from typing import NamedTuple

from flask import Response, g, request
from flask_login import current_user

from msewa.accounts.queries import find_known
from msewa.accounts.routes.door import bp, device, me
from msewa.extensions import db
from msewa.web.errors import RETRY_AFTER, error_page

# Of the 16 threads of a serving process. Two of them hash, and the others wait their turn for about half a second.
MOST_AT_ONCE = 8
# Of these, so that somebody else finds a place however many come from one side: browsers that nobody has signed in with yet, together
# and from one address (behind which may be a whole Sewa Kendra), and one browser that is known.
MOST_STRANGERS, MOST_OF_ONE_ADDRESS, MOST_OF_ONE_BROWSER = 6, 4, 2
# Whoever finds none waits a moment for the next that comes free; those known are let wait when strangers are not.
MOST_WAITING, MOST_STRANGERS_WAITING = 4, 3
PATIENCE_SECONDS = 1.5
# Forms whose password or recovery code is hashed.
HASHING = frozenset(
    {
        "accounts.sign_in",
        "accounts.sign_in_recovery_code",
        "accounts.register_password",
        "accounts.second_factor",
        "accounts.recover_phone",
        "accounts.recover_prove",
        "accounts.recover_password",
        "accounts.recover_second_factor",
        "accounts.step_up",
        "accounts.change_password",
        "accounts.renew_codes",
    }
)


class Guest(NamedTuple):
    """Whom a place is counted for: a known browser, or an address."""

    name: str
    is_known: bool


class Room:
    """Places to have a password looked at; nobody can take all of them."""

    def __init__(self) -> None:
        self._free = Condition()
        self._inside: Counter[Guest] = Counter()
        self._waiting = 0

    def take(self, guest: Guest) -> bool:
        """Take a place, if need be after a moment; False when there is none."""
        with self._free:
            if not self._has_place(guest) and not self._wait(guest):
                return False
            self._inside[guest] += 1
            return True

    def give_back(self, guest: Guest) -> None:
        """Leave a place to the next."""
        with self._free:
            self._inside[guest] -= 1
            self._inside += Counter()  # forgets who has none
            self._free.notify_all()

    def _wait(self, guest: Guest) -> bool:
        if self._waiting >= (MOST_WAITING if guest.is_known else MOST_STRANGERS_WAITING):
            return False
        self._waiting += 1
        try:
            return self._free.wait_for(lambda: self._has_place(guest), PATIENCE_SECONDS)
        finally:
            self._waiting -= 1

    def _has_place(self, guest: Guest) -> bool:
        if self._inside.total() >= MOST_AT_ONCE:
            return False
        if guest.is_known:
            return self._inside[guest] < MOST_OF_ONE_BROWSER
        strangers = sum(count for one, count in self._inside.items() if not one.is_known)
        return strangers < MOST_STRANGERS and self._inside[guest] < MOST_OF_ONE_ADDRESS


room = Room()


@bp.before_request
def enter() -> Response | None:
    """Take a place, or send on with 503 whoever comes while there is none: before a try is counted, for she has not tried."""
    if request.method != "POST" or request.endpoint not in HASHING:
        return None
    guest = _guest()
    # Nothing of the database is held by whoever waits.
    db.session.rollback()
    if room.take(guest):
        g.guest = guest
        return None
    response = error_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _guest() -> Guest:
    if current_user.is_authenticated:
        return Guest(me().id, is_known=True)
    known = find_known(device())
    return Guest(known.hex(), is_known=True) if known else Guest(_side(request.remote_addr or ""), is_known=False)


def _side(address: str) -> str:
    """Return an address, of IPv6 the network that one household has (/64): it has more addresses than anybody could count."""
    return str(ip_network((address, 64), strict=False)) if ":" in address else address


@bp.teardown_request
def leave(error: BaseException | None) -> None:
    """Give the place back, however the request ended."""
    guest = g.pop("guest", None)
    if guest is not None:
        room.give_back(guest)
