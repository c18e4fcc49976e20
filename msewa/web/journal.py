"""The log: JSON lines, default-deny. Only the named parameters below reach a line."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache

from flask import Flask, Response, g, has_request_context, request

OF_REQUESTS = frozenset({"method", "route", "status", "ms", "request_id"})
OF_WORK = frozenset({"topic", "item", "attempts", "count", "provider"})
ALLOWED = OF_REQUESTS | OF_WORK | {"error", "place", "factor", "outcome", "kind"}
LOOKING = frozenset({"GET", "HEAD"})
_logger = logging.getLogger("msewa")


class UnlistedParameterError(ValueError):
    """A log line was given a parameter that is not on the list; nothing is written."""


def event(name: str, **named: str | int | float | None) -> None:
    """Write one line: time in UTC, event, request id, and the named parameters, each of which must be listed."""
    unlisted = named.keys() - ALLOWED
    if unlisted:
        raise UnlistedParameterError(", ".join(sorted(unlisted)))
    line: dict[str, object] = {"at": _moment(), "event": name}
    if has_request_context() and "request_id" in g:
        line["request_id"] = g.request_id
    _write(json.dumps(line | named, ensure_ascii=True))


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _write(line: str) -> None:
    # Without the search for who called: a line names no place in the code but what it was given.
    _logger.handle(logging.LogRecord("msewa", logging.INFO, "", 0, line, (), None))


def init_app(app: Flask) -> None:
    """Send the log to standard error; write a line for each request that acts or is refused, with its route's template, never its URL."""
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False
        # A line names neither thread nor process, so a record need not find them out.
        logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    # What was merely looked at leaves no line: its exact time, beside that of her acts in the ledger, would tell what she read (P14, P41).
    if request.method in LOOKING and response.status_code < 400:
        return response
    rule = request.url_rule
    what = _what(request.method, rule.rule if rule else "(none)", response.status_code)
    noted = g._get_current_object()  # pyright: ignore[reportPrivateUsage] - every look through the proxy costs
    spent = (time.perf_counter() - noted.started) * 1000 if "started" in noted else 0.0
    _write(f'{{"at": "{_moment()}", "event": "request", "request_id": "{noted.get("request_id", "")}", {what}, "ms": {spent:.1f}}}')
    return response


@lru_cache(maxsize=512)
def _what(method: str, route: str, status: int) -> str:
    """Return the part of a request's line that is the same for many, without its braces."""
    return json.dumps({"method": method, "route": route, "status": status}, ensure_ascii=True)[1:-1]
