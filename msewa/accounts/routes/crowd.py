"""How many may have a password looked at by one process at the same time: what is kept free serves those who only read (F20)."""

from threading import BoundedSemaphore

from flask import Response, g, request

from msewa.accounts.routes.door import bp
from msewa.web.errors import RETRY_AFTER, error_page

# Of the 16 threads of a serving process. Two of them hash, and the others wait their turn for about half a second.
MOST_AT_ONCE = 8
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
room = BoundedSemaphore(MOST_AT_ONCE)


@bp.before_request
def enter() -> Response | None:
    """Take a place, or send on with 503 whoever comes while there is none: before a try is counted, for she has not tried."""
    if request.method != "POST" or request.endpoint not in HASHING:
        return None
    g.is_in_room = room.acquire(blocking=False)
    if g.is_in_room:
        return None
    response = error_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


@bp.teardown_request
def leave(error: BaseException | None) -> None:
    """Give the place back, however the request ended."""
    if g.pop("is_in_room", False):
        room.release()
