"""The application object for servers and commands; `python app.py` serves it."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces

from msewa import create_app
from msewa.config import Settings, SettingsError
from msewa.outbox.worker import start_thread
from msewa.start import prepare


def serve() -> None:
    """Serve on MSEWA_HOST and MSEWA_PORT with one process; demo mode also runs the worker in it."""
    try:
        settings = Settings.from_environ(os.environ)
        if settings.is_demo:
            _prepare_demo(settings)
    except SettingsError as error:
        sys.exit(str(error))
    Granian(
        target="app:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        websockets=False,
        log_access=False,
        log_level="warning",
    ).serve()


def _prepare_demo(settings: Settings) -> None:
    """Make database, catalogue and demonstration people ready; the serving process will run the worker in a thread."""
    prepare(create_app(settings))
    os.environ["MSEWA_WORKER_THREAD"] = "1"
    print(f"mSewa is at http://{settings.host}:{settings.port}")
    print(f"Sign in as one of the people of http://{settings.host}:{settings.port}/sandbox (numbers, passwords and codes are there).")


if __name__ == "__main__":
    serve()
else:
    app = create_app()
    if app.extensions["settings"].worker_thread:
        start_thread(app)
