"""Opening the key ring at start: demo makes its own, production refuses to start without a good one."""

from contextlib import suppress
from datetime import UTC, datetime

from flask import current_app

from msewa.config import Settings, SettingsError
from msewa.crypto.keyring import KeyRing, KeyRingError, KeyRingExistsError, KeyRingMissingError
from msewa.crypto.passwords import Argon2Cost
from msewa.crypto.wrapping import KeyWrapper

MISSING = (
    "A new installation makes one: flask --app app keys create. "
    "One that is restored takes the backup's own, for no other opens it: lay its copy there, mode 0600."
)


def open_key_ring(settings: Settings) -> KeyRing:
    """Open the installation's key ring; SettingsError when it is missing, damaged, readable by others, or a demo ring in production."""
    path = settings.key_ring_path
    if settings.is_demo and not path.exists():
        # Another process that starts at the same moment may make it first.
        with suppress(KeyRingExistsError):
            return _create(settings)
    try:
        KeyRing.complete(path, now=datetime.now(UTC))
        ring = KeyRing.load(path)
    except KeyRingMissingError as error:
        raise SettingsError([f"{error} {MISSING}"]) from error
    except KeyRingError as error:
        raise SettingsError([str(error)]) from error
    if ring.is_demo and not settings.is_demo:
        raise SettingsError(["The key ring was made by demo mode; production needs one of its own: flask --app app keys create."])
    return ring


def _create(settings: Settings) -> KeyRing:
    try:
        return KeyRing.create(settings.key_ring_path, now=datetime.now(UTC), mode_demo=True)
    except OSError as error:
        raise SettingsError([f"MSEWA_DATA must be a folder that can be written: {error.filename}: {error.strerror}."]) from error


def key_ring() -> KeyRing:
    """Return the application's key ring."""
    return current_app.extensions["key_ring"]


def key_wrapper() -> KeyWrapper:
    """Return what wraps and unwraps data keys."""
    return current_app.extensions["key_wrapper"]


def password_cost() -> Argon2Cost:
    """Return what one guess at a password costs in this installation."""
    settings: Settings = current_app.extensions["settings"]
    return settings.password_cost
