"""Making the demonstration's people and its pretend departments; done twice it changes nothing."""

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
    """Whether every persona and every pretend department is there."""
    return not _missing_providers() and all(_is_there(persona) for persona in personas())


def seed(*, now: datetime, track: Callable[[Steps], Steps] = lambda steps: steps) -> int:
    """Make what is missing; return how many people and departments were made. `track` may show progress over the steps."""
    people = [partial(_make_persona, persona, now=now) for persona in personas() if not _is_there(persona)]
    offices = [partial(_open_department, provider_id, now=now) for provider_id in _missing_providers()]
    for step in track([*people, *offices]):
        step()
    if find_client(PORTAL) is None:
        tracker.register(PORTAL, name="Demonstration portal", now=now)
    db.session.flush()
    return len(people) + len(offices)


def _is_there(persona: Persona) -> bool:
    return find_account_id(mobile=normalise_mobile(persona.mobile)) is not None


def _missing_providers() -> list[str]:
    """Return the providers that have services and no pretend department yet."""
    there = set(db.session.scalars(select(SandboxKey.provider_id)))
    return sorted({service.provider for service in catalogue().services.values()} - there)


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
