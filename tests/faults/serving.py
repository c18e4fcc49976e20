"""The product in processes of its own on a test's installation, to be killed, starved and cut off."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import Flask

from msewa.config import Settings
from tests.installation import ROOT
from tests.ports import free_port


class Server:
    """Granian as `app.py` starts it, on the folder and database of `app`."""

    def __init__(self, app: Flask, *, wrapper: tuple[str, ...] = ()) -> None:
        settings: Settings = app.extensions["settings"]
        self.port = free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
        environment = inherited | {"MSEWA_DATA": str(settings.data), "MSEWA_DATABASE_URL": settings.database_url or ""}
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port)]
        command = [*wrapper, *granian, "--blocking-threads", "16", "--no-ws", "--log-level", "error", "app:app"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **quiet)

    def wait(self) -> "Server":
        """Wait until it answers."""
        patience = time.monotonic() + 30
        while time.monotonic() < patience:
            try:
                self.ask("/health/live")
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise TimeoutError

    def ask(self, path: str, *, body: bytes | None = None, cookie: str = "", timeout: float = 15) -> tuple[int, str]:
        """Send a request; return the status and where it leads. OSError when no whole answer came."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers={"Cookie": cookie})
        try:
            with _opener(request, timeout=timeout) as answer:
                answer.read()
                return answer.status, answer.headers.get("Location", "")
        except HTTPError as refusal:
            refusal.close()
            return refusal.code, refusal.headers.get("Location", "")

    def kill(self) -> None:
        """End it with no chance to clean up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def close(self) -> None:
        """End it politely, or by force."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()


def _opener(request: Request, *, timeout: float):
    return build_opener(_Stay).open(request, timeout=timeout)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs) -> None:
        """Follow nothing."""


@contextmanager
def served(app: Flask, *, wrapper: tuple[str, ...] = ()) -> Iterator[Server]:
    """Serve while the block runs."""
    server = Server(app, wrapper=wrapper)
    try:
        yield server.wait()
    finally:
        server.close()
