"""Making the demonstration's people once, and its pretend departments; done twice it changes nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import select

from msewa.accounts.operations import create_account
from msewa.accounts.queries import find_account_id
from msewa.catalogue.queries import catalogue
from msewa.crypto.blind_index import normalise_mobile
from msewa.crypto.jose import new_provider_pair
from msewa.delivery.operations import register_provider
from msewa.delivery.rules import PRETEND_SCHEME
from msewa.extensions import db
from msewa.ledger.rules import SYSTEM
from msewa.profile import operations as profile
from msewa.sandbox.models import SandboxKey
from msewa.sandbox.personas import Persona, personas
from msewa.sandbox.store import seal_row
from msewa.tracker import operations as tracker
from msewa.tracker.queries import find_client

AGREEMENT = "demonstration"
PORTAL = "IN/GOV/DEMO/portal"
Steps = Iterable[Callable[[], None]]


def is_seeded() -> bool:
    """Whether every pretend department is there, and so the people who were made before the first of them."""
    return not _missing_providers()


def seed(*, now: datetime, track: Callable[[Steps], Steps] = lambda steps: steps) -> int:
    """Make what is missing; return how many people and departments were made. `track` may show progress over the steps."""
    people = [partial(_make_persona, persona, now=now) for persona in _missing_people()]
    offices = [partial(_open_department, provider_id, now=now) for provider_id in _missing_providers()]
    for step in track([*people, *offices]):
        step()
    if find_client(PORTAL) is None:
        tracker.register(PORTAL, name="Demonstration portal", now=now)
    db.session.flush()
    return len(people) + len(offices)


def _missing_people() -> list[Persona]:
    """Return whom to make: nobody once there is a department, for since then whoever is not found has another number now, or has left."""
    if _departments():
        return []
    return [persona for persona in personas() if find_account_id(mobile=normalise_mobile(persona.mobile)) is None]


def _missing_providers() -> list[str]:
    """Return the providers that have services and no pretend department yet."""
    return sorted({service.provider for service in catalogue().services.values()} - _departments())


def _departments() -> set[str]:
    return set(db.session.scalars(select(SandboxKey.provider_id)))


def _make_persona(persona: Persona, *, now: datetime) -> None:
    subject = create_account(
        full_name=persona.name,
        mobile=persona.mobile,
        password=persona.password,
        totp_secret=persona.totp_secret,
        role=persona.role,
        office=persona.office,
        language=persona.language,
        now=now,
        email=persona.email,
    )
    if persona.profile:
        profile.keep(subject, persona.profile, actor=SYSTEM, now=now)


def _open_department(provider_id: str, *, now: datetime) -> None:
    public, private = new_provider_pair(f"{provider_id}-demo")
    db.session.add(SandboxKey(provider_id=provider_id, sealed=seal_row("sandbox_key", provider_id, private)))
    endpoint = f"{PRETEND_SCHEME}:{provider_id}"
    register_provider(provider_id, endpoint=endpoint, public_jwk=public, agreement=AGREEMENT, now=now, is_demo=True)
