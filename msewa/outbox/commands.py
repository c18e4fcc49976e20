"""flask worker: do what is due, once or for ever."""

import signal
import threading
from types import FrameType

import click
from flask import Blueprint, Flask, current_app

from msewa.extensions import db, writing
from msewa.outbox import daily, operations, worker
from msewa.web.clock import now

bp = Blueprint("outbox", __name__, cli_group=None)


@bp.cli.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
@click.option("--revive", is_flag=True, help="First put back what was tried for 30 days and needs attention.")
def work(once: bool, revive: bool) -> None:
    """Send what waits in the outbox: packages to providers, messages to people."""
    app: Flask = current_app._get_current_object()  # pyright: ignore
    if revive:
        with writing():
            click.echo(f"{operations.revive(now=now())} put back")
            db.session.commit()
    if once:
        click.echo(f"{worker.run_due(now=now())} done")
        return
    with writing():
        daily.start(now=now())
        db.session.commit()
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    # What is at hand is finished first: work that was cut off waits until its lease is over.
    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    worker.run_topics(app, stop=stop)
