"""flask worker: do what is due, once or for ever."""

import signal
import threading

import click
from flask import Blueprint, Flask, current_app

from msewa.outbox import worker
from msewa.web.clock import now

bp = Blueprint("outbox", __name__, cli_group=None)


@bp.cli.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def work(once: bool) -> None:
    """Send what waits in the outbox: packages to providers, messages to people."""
    app: Flask = current_app._get_current_object()  # pyright: ignore
    if once:
        click.echo(f"{worker.run_due(now=now())} done")
        return
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    worker.run_forever(app, stop=stop)
