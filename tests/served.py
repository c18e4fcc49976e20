"""The product served by its own command in a process of its own, for the benchmarks."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
Answer = tuple[http.client.HTTPResponse, bytes]
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Served:
    """A server process group on loopback; ends with the `with` block."""

    def __init__(self, command: list[str], *, port: int, environment: dict[str, str], ready_path: str = "/health/live") -> None:
        self.port = port
        self._command = command
        self._environment = {**os.environ, **environment}
        self._ready_path = ready_path
        self.seconds_to_ready = 0.0

    def __enter__(self) -> "Served":
        began = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        while time.perf_counter() - began < 60:
            try:
                self.get(self._ready_path)
            except OSError:
                time.sleep(0.02)
            else:
                self.seconds_to_ready = time.perf_counter() - began
                return self
        raise TimeoutError("the server did not answer within a minute")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(10)

    @classmethod
    def product(cls, data: Path) -> "Served":
        """The product in demo mode on an embedded database in `data`."""
        port = free_port()
        environment = {"MSEWA_DATA": str(data), "MSEWA_PORT": str(port), "MSEWA_MODE": "demo"}
        return cls([sys.executable, "app.py"], port=port, environment=environment)

    def ask(self, method: str, path: str, *, body: str | bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request on a connection of its own; return the answer and its body as sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def get(self, path: str, *, cookie: str = "", encoding: str = "identity") -> Answer:
        """Get a path."""
        return self.ask("GET", path, headers={"Accept-Encoding": encoding, "Cookie": cookie})

    def sign_in(self, persona: str) -> str:
        """Sign a demonstration person in; return the Cookie header that stands for her."""
        people = json.loads(self.get("/sandbox/personas.json")[1])
        person = next(one for one in people if one["id"] == persona)
        jar: dict[str, str] = {}
        self._submit("/sign-in", jar, mobile=person["mobile"], password=person["password"])
        self._submit("/sign-in/second-factor", jar, code=self._code(persona))
        return cookies(jar)

    def _code(self, persona: str) -> str:
        people = json.loads(self.get("/sandbox/personas.json")[1])
        return next(one for one in people if one["id"] == persona)["totp_now"]

    def _submit(self, path: str, jar: dict[str, str], **typed: str) -> None:
        response, page = self.get(path, cookie=cookies(jar))
        collect(response, jar)
        main = page.decode().partition("<main")[2]
        fields = dict(HIDDEN.findall(main)) | typed
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies(jar)}
        response, _ = self.ask("POST", path, body=urlencode(fields), headers=headers)
        collect(response, jar)
        if response.status != 303:
            raise RuntimeError(f"{path}: {response.status}")

    def cpu_seconds(self) -> float:
        """Return the processor time of the server and its children so far."""
        return sum(self._ticks(process) for process in self._family()) / TICKS

    def memory_megabytes(self) -> float:
        """Return the proportional memory (PSS) of the largest process, the serving one."""
        return max(self._proportional(process) for process in self._family()) / 1024

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [self._process.pid, *map(int, children)]

    @staticmethod
    def _ticks(process: int) -> int:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    @staticmethod
    def _proportional(process: int) -> int:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) if found else 0


def cookies(jar: dict[str, str]) -> str:
    """Write a jar as a Cookie header."""
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def collect(response: http.client.HTTPResponse, jar: dict[str, str]) -> None:
    """Put an answer's cookies into the jar."""
    for header in response.headers.get_all("Set-Cookie") or []:
        name, _, value = header.partition(";")[0].partition("=")
        jar[name] = value


def seconds_per_request(served: Served, path: str, *, cookie: str, requests: int) -> float:
    """Return the server's processor time for one request, over `requests` in a row on one connection, after a warm-up."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    for number in range(requests + requests // 5):
        if number == requests // 5:
            before = served.cpu_seconds()
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
        response.read()
    spent = served.cpu_seconds() - before
    connection.close()
    return spent / requests
