"""Taking everything along: asked for with fresh proof, made at once or by the worker, fetched as a ZIP."""

from typing import Any

from flask import Response, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.extensions import db, writing
from msewa.privacy.archive import read_archive
from msewa.privacy.operations.downloading import ask_download, note_fetched
from msewa.privacy.queries import find_download
from msewa.privacy.routes.blueprint import bp, person
from msewa.web import form_keys
from msewa.web.access import citizen, fresh_proof
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import INDIA
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

FRAGMENTS = frozenset({"progress"})


@bp.get("/privacy/download")
@citizen
@fresh_proof
def download() -> Response:
    """Say what a download is and how far hers is."""
    shown: dict[str, Any] = {"download": find_download(person().id, now=now())}
    return render_page("privacy/download.html", fragments=FRAGMENTS, **shown)


@bp.post("/privacy/download")
@citizen
@fresh_proof
@once
def make_download() -> AnyResponse:
    """Have a download made of everything that is held about her now."""
    ask_download(person(), language=language(), actor=person().actor, now=now())
    location = url_for("privacy.download")
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


@bp.get("/privacy/download/file")
@citizen
@fresh_proof
def download_file() -> Response:
    """Give the ZIP; it is removed soon after the first time."""
    moment, holder = now(), person()
    found = find_download(holder.id, now=moment)
    if found is None or found.ready_at is None:
        raise NoSuchRowError
    # Read now: the rollback below lets go of the row.
    download_id, day = found.id, found.asked_at.astimezone(INDIA).date()
    # Written down before the first byte leaves: whoever breaks off may have it all the same.
    if found.fetched_at is None:
        db.session.rollback()
        with writing():
            note_fetched(download_id, subject=holder, actor=holder.actor, now=moment)
            db.session.commit()
    response = Response(stream_with_context(read_archive(download_id, subject=holder)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="msewa-{day:%Y-%m-%d}.zip"'
    return response
