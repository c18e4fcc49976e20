"""The application object for servers and commands; `python app.py` serves it."""

import os
import socket
import sys

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from msewa import create_app, schema
from msewa.closure.commands.offline import is_offline, offline_app
from msewa.closure.vault import require_key
from msewa.config import Settings, SettingsError
from msewa.outbox.worker import start_thread
from msewa.start import in_one_line, prepare, say_why
from msewa.upkeep.commands import app_without_keys
from msewa.visits.recording import keep_flushing
from msewa.web.clock import SystemClock
from msewa.web.keys import open_key_ring


def serve() -> None:
    """Serve on MSEWA_HOST and MSEWA_PORT with one process; demo mode also runs the worker in it."""
    try:
        settings = Settings.from_environ(os.environ)
        _require_free_port(settings)
        if settings.is_demo:
            _prepare_demo(settings)
        else:
            # Said here in one line rather than by each serving process.
            open_key_ring(settings)
            require_key(settings, now=SystemClock().now())
    except (SettingsError, click.ClickException) as error:
        sys.exit(str(error))
    # Each thread's own store of freed memory would cost a process some ten megabytes.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    Granian(
        target="app:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=16,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()


def _require_free_port(settings: Settings) -> None:
    """Refuse a port on which somebody listens; raises SettingsError. Several processes on one port are granian's own command (README)."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        # Granian shares its port (SO_REUSEPORT): two installations would each get every other request, without a word.
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise SettingsError([f"Nothing can be served at {where} ({why}): end what runs there, or set MSEWA_PORT or MSEWA_HOST."]) from None


def _prepare_demo(settings: Settings) -> None:
    """Make database, catalogue and demonstration people ready; the serving process will run the worker in a thread."""
    in_one_line(prepare)(create_app(settings))
    os.environ["MSEWA_WORKER_THREAD"] = "1"
    click.echo(f"mSewa is at http://{settings.host}:{settings.port}")
    click.echo(f"Sign in as one of the people of http://{settings.host}:{settings.port}/sandbox (numbers, passwords and codes are there).")


def _open() -> Flask:
    """Make the application, or end the process with one line that says why not."""
    try:
        if is_offline(sys.argv, os.environ):
            apart = offline_app(os.environ)
            say_why(apart)
            return apart
        settings = Settings.from_environ(os.environ)
        if sys.argv[-2:] == ["keys", "create"] and not settings.key_ring_path.exists():
            return app_without_keys(settings)
        made = create_app(settings)
    except SettingsError as error:
        sys.exit(str(error))
    if "FLASK_RUN_FROM_CLI" in os.environ:
        schema.bind(made)  # for `flask db`
    keep_flushing(made)
    if settings.worker_thread:
        start_thread(made)
    return made


if __name__ == "__main__":
    serve()
else:
    app = _open()
