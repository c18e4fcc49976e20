"""What the worker does for the dashboard."""

from flask import Flask

from msewa.outbox import daily, worker
from msewa.outbox.operations import Errand
from msewa.privacy import digesting
from msewa.privacy.operations import downloading
from msewa.web.clock import now


def init_app(app: Flask) -> None:
    """Register downloads, their end, and the monthly digest."""

    def make(download_id: str) -> str:
        downloading.make_download(download_id, now=now())
        return download_id

    worker.handle(app, downloading.MAKE, Errand(pack=downloading.pack, call=make, note=downloading.note_made))
    worker.handle(app, downloading.REMOVE, downloading.remove_download)
    daily.every_day(app, digesting.PUT, digesting.put_digests)
    worker.handle(app, digesting.SEND, digesting.send_digests)
