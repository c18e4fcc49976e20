"""The application object for servers and commands; `python app.py` serves it."""

import os

from msewa import create_app


def serve() -> None:
    """Serve on MSEWA_HOST and MSEWA_PORT with one process; demo mode also runs the worker in it."""
    from granian import Granian
    from granian.constants import Interfaces

    from msewa.config import Settings

    settings = Settings.from_environ(os.environ)
    if settings.is_demo:
        os.environ["MSEWA_WORKER_THREAD"] = "1"
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


if __name__ == "__main__":
    serve()
else:
    app = create_app()
