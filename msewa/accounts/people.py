"""The person behind a request, as Flask-Login's `current_user`."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from flask_login import UserMixin

from msewa.accounts.rules import first_name
from msewa.crypto.envelope import Place, unseal_json
from msewa.ledger.rules import Actor, Kind
from msewa.web.keys import key_wrapper


def place_of(group: str, *, account_id: str) -> Place:
    """Return where an account's sealed `identity` or `contact` belongs."""
    return Place(table="account", group=group, row=account_id, subject=account_id)


@dataclass(eq=False)
class Person(UserMixin):
    """Somebody signed in; opens the data key and the name only when asked. Is a ledger Subject."""

    id: str
    role: str
    office: str | None
    language: str
    proved_at: datetime | None
    session_id: str
    token_hash: bytes
    wrapped_key: bytes
    identity: bytes

    def get_id(self) -> str:
        """Return the visit's token hash: what ends with the visit, not with the account."""
        return self.token_hash.hex()

    @property
    def key(self) -> bytes:
        """The data key, opened."""
        return self._opened_key

    @cached_property
    def _opened_key(self) -> bytes:
        return key_wrapper().unwrap(self.wrapped_key, subject=self.id)

    @cached_property
    def first_name(self) -> str:
        """The first word of the name."""
        return _opened_name(self.session_id, self.id, self.wrapped_key, self.identity)

    @property
    def actor(self) -> Actor:
        """Who acts, for the ledger."""
        return Actor(Kind(self.role), self.id, self.office or "")

    def __repr__(self) -> str:
        return f"Person({self.id!r}, {self.role!r})"


# Every page greets her. What is kept is found only by a living visit and the very envelope that was read with it: nobody who signed out,
# was erased or changed her name is greeted from here.
@lru_cache(maxsize=200)
def _opened_name(session_id: str, account_id: str, wrapped_key: bytes, identity: bytes) -> str:
    key = key_wrapper().unwrap(wrapped_key, subject=account_id)
    return first_name(unseal_json(key, identity, place=place_of("identity", account_id=account_id))["full_name"])


def forget_names() -> None:
    """Forget every name that this process has opened: somebody has just left, and hers is not to lie in its memory."""
    _opened_name.cache_clear()
