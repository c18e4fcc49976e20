"""The product as it is run: `python app.py` in a process of its own, with its own folder, port and database."""

import os
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psycopg

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_WITHIN = 90


@dataclass
class LiveServer:
    """A running installation in demo mode."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path
    environ: dict[str, str]

    @classmethod
    def start(cls, folder: Path, *, database: str | None = None) -> "LiveServer":
        """Start on a free port and wait until it is ready; `database` is a PostgreSQL address, None the embedded one."""
        port = free_port()
        log = folder / "server.log"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
        environ |= {"MSEWA_DATA": str(folder / "data"), "MSEWA_PORT": str(port), "MSEWA_MODE": "demo"}
        if database is not None:
            environ["MSEWA_DATABASE_URL"] = database
        with log.open("wb") as out:
            process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT)
        server = cls(f"http://127.0.0.1:{port}", process, log, environ)
        server._wait()
        return server

    def _wait(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        self.stop()
        raise AssertionError(f"the server did not come up:\n{self.log.read_text()[-4000:]}")

    def run(self, *arguments: str, typed: str = "") -> str:
        """Run a `flask` command in this installation and return what it printed; it must succeed."""
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, input=typed, capture_output=True, text=True, timeout=STARTS_WITHIN, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def stop(self) -> None:
        """End this process, and only this one."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)


def new_postgres_database() -> str:
    """Make an empty database on the server that this test run started, and return its address."""
    server = os.environ["MSEWA_TEST_POSTGRES"]
    name = f"journey_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return server.replace("/postgres?", f"/{name}?", 1)
