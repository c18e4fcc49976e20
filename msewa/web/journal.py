"""The log: JSON lines, default-deny. Only the named parameters below reach a line."""

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

OF_REQUESTS = frozenset({"method", "route", "status", "ms", "request_id"})
OF_WORK = frozenset({"topic", "item", "attempts", "count", "provider"})
ALLOWED = OF_REQUESTS | OF_WORK | {"error", "place", "factor", "outcome", "kind"}
_logger = logging.getLogger("msewa")


class UnlistedParameterError(ValueError):
    """A log line was given a parameter that is not on the list; nothing is written."""


def event(name: str, **named: str | int | float | None) -> None:
    """Write one line: time in UTC, event, request id, and the named parameters, each of which must be listed."""
    unlisted = named.keys() - ALLOWED
    if unlisted:
        raise UnlistedParameterError(", ".join(sorted(unlisted)))
    line: dict[str, object] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": name}
    if has_request_context() and "request_id" in g:
        line["request_id"] = g.request_id
    _logger.info(json.dumps(line | named, ensure_ascii=True))


def init_app(app: Flask) -> None:
    """Send the log to standard error, and write a line for each request with its route's template, never its URL."""
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "(none)"
    spent = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    event("request", method=request.method, route=route, status=response.status_code, ms=spent)
    return response
