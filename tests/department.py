"""A department's system as a process of its own: opens packages with its own private key, keeps each once, can be told to misbehave.

    python tests/department.py --port 8099 --key key.json [--fail N] [--slow SECONDS]

`key.json` holds {"private": its private JWK, "sender": the public JWK that packages must be signed by}. `--fail N` answers the first N
calls with 503; `--slow S` takes the first package in at once but answers after S seconds. GET / tells what was received.
"""

import argparse
import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from msewa.crypto.jose import PackageError, open_package


class Department:
    """What the department holds: every call it was made, and each package once."""

    def __init__(self, *, private: dict[str, Any], sender: dict[str, Any], fail: int = 0, slow: float = 0) -> None:
        self._keys = {"private": private, "sender": sender}
        self._fail, self._slow = fail, slow
        self._lock = threading.Lock()
        self.calls: list[dict[str, str]] = []
        self.parcels: dict[str, Any] = {}

    def receive(self, body: str, *, key: str) -> tuple[int, dict[str, str]]:
        """Take one call in; return the status and the answer. The effect happens once for each idempotency key."""
        with self._lock:
            self.calls.append({"key": key, "body": body})
            number = len(self.calls)
            if number <= self._fail:
                return 503, {"error": "closed for now"}
            try:
                package = json.loads(open_package(body, **self._keys))
            except PackageError:
                return 422, {"error": "does not open"}
            self.parcels.setdefault(key, package)
        if number == 1:
            time.sleep(self._slow)
        return 202, {"receipt": "D-" + hashlib.sha256(key.encode()).hexdigest()[:10]}

    def told(self) -> dict[str, Any]:
        """Return everything received."""
        return {"calls": self.calls, "parcels": self.parcels}


def handler_for(department: Department) -> type[BaseHTTPRequestHandler]:
    """Make the HTTP side of a department."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, department.told())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/moved":
                self.send_response(307)
                self.send_header("Location", "/packages")
                self.end_headers()
                return
            self._answer(*department.receive(body, key=self.headers.get("Idempotency-Key", "")))

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: what arrives here is personal."""

    return Handler


def main() -> None:
    """Serve until killed; the port is printed once it listens (0 picks a free one)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--fail", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0)
    given = parser.parse_args()
    department = Department(**json.loads(given.key.read_text()), fail=given.fail, slow=given.slow)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), handler_for(department))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
