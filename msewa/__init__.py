"""mSewa: every government service of Punjab in one place, and a citizen's data in her own hands."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request
from jinja2 import StrictUndefined

from msewa import database, parts
from msewa.config import Settings
from msewa.crypto.keyring import KeyRing, Purpose, derive
from msewa.crypto.tokens import Seals
from msewa.crypto.wrapping import RingWrapper
from msewa.extensions import babel, db, htmx, login_manager, set_writing
from msewa.start import prepare
from msewa.web import access, assets, compression, csrf, errors, filters, headers, journal, locale, rendering
from msewa.web.bodies import LONGEST_FORM, MOST_PARTS, BoundedRequest
from msewa.web.clock import MovableClock, SystemClock
from msewa.web.keys import open_key_ring
from msewa.web.routes import database_answers

ROOT = Path(__file__).resolve().parent.parent


class Application(Flask):
    """Flask with templates compiled for each language."""

    jinja_environment = rendering.PageEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take every view and hook as it is: none here is async, and Flask would look at each of them in every request."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application: settings, parts, blueprints, in that order."""
    settings = settings or Settings.from_environ(os.environ)
    app = Application("msewa", template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["settings"] = settings
    ring = open_key_ring(settings)
    _configure(app, settings=settings, ring=ring)
    _bind_database(app, settings=settings, ring=ring)
    _bind_web(app, settings=settings)
    parts.register(app, settings=settings)
    app.extensions["install"] = _install
    return app


def _install(settings: Settings) -> Flask:
    """Make a whole installation of its own: what proves something by driving it needs one to spoil."""
    app = create_app(settings)
    prepare(app)
    return app


def _configure(app: Flask, *, settings: Settings, ring: KeyRing) -> None:
    app.extensions |= {
        "key_ring": ring,
        "key_wrapper": RingWrapper(ring),
        "form_key_seals": Seals(ring, "form keys", length=22),
        "seed_seals": Seals(ring, "csrf seed", length=32),
        "clock": MovableClock(settings.data / "clock.json") if settings.is_demo else SystemClock(),
        "readiness": {"database": database_answers},
    }
    app.config.update(
        MAX_FORM_MEMORY_SIZE=LONGEST_FORM,
        MAX_FORM_PARTS=MOST_PARTS,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "msewa" / "translations"),
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _bind_database(app: Flask, *, settings: Settings, ring: KeyRing) -> None:
    if settings.database_url:
        url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        options = database.server_options()
    else:
        path = settings.data / "msewa.db"
        url = f"sqlite:///{path}"
        options = database.embedded_options(path, key=derive(ring.active(Purpose.DATABASE), "sqlcipher"))
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    with app.app_context():
        database.watch_begin(db.engine)


def _bind_web(app: Flask, *, settings: Settings) -> None:
    app.before_request(_note_writing)
    app.teardown_request(_forget_writing)
    headers.init_app(app, settings=settings)
    journal.init_app(app)
    app.before_request(access.refuse_nul)
    csrf.init_app(app, settings=settings)
    login_manager.init_app(app)
    access.init_app(app)
    locale.init_app(app, babel=babel)
    htmx.init_app(app)
    app.request_class = BoundedRequest
    compression.init_app(app)
    errors.init_app(app)
    filters.init_app(app, settings=settings)
    assets.init_app(app)
    # Last: a block rendered alone sees no imports of its page, so the components are globals, and know the globals of this moment.
    rendering.init_app(app)
    headers.guard(app, settings=settings)


def _note_writing() -> None:
    set_writing(request.method not in ("GET", "HEAD", "OPTIONS"))


def _forget_writing(error: BaseException | None) -> None:
    # The thread goes on to other things, and what they only read must not take the write lock.
    set_writing(False)
