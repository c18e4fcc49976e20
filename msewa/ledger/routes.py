"""The ledger in the open: signed checkpoints, the key to check them by, and a proof for each row that is one's own."""

from functools import cache
from typing import cast

from flask import Response, jsonify, request
from flask_babel import gettext
from flask_login import current_user

from msewa.ledger.queries import NotCoveredYetError, find_checkpoint, get_sealed, prove
from msewa.ledger.rules import Subject
from msewa.ledger.showing import CHECK_SCRIPT, proof_document
from msewa.ledger.signing import verifier_keys
from msewa.web.access import blueprint, citizen, public
from msewa.web.errors import NoSuchRowError
from msewa.web.pages import render_page

LARGEST = 2**63 - 1
bp = blueprint("ledger", __name__)


@bp.get("/ledger")
@public
def about() -> Response:
    """Say in plain words what the ledger is, and how anybody checks it."""
    return render_page("ledger/about.html", checkpoint=find_checkpoint(), keys=verifier_keys(), script=_script())


@bp.get("/ledger/checkpoint")
@public
def checkpoint() -> Response:
    """Give the newest signed checkpoint (C2SP tlog-checkpoint)."""
    return _plain(find_checkpoint())


@bp.get("/ledger/checkpoints/<int:size>")
@public
def checkpoint_at(size: int) -> Response:
    """Give the checkpoint over the first `size` rows, to whoever watches that the ledger only grows."""
    return _plain(find_checkpoint(_storable(size)))


@bp.get("/ledger/key")
@public
def key() -> Response:
    """Give the keys that checkpoints are signed with, one a line, today's first."""
    return _plain("".join(f"{line}\n" for line in verifier_keys()))


@bp.get("/ledger/check.py")
@public
def check_script() -> Response:
    """Give the script that checks a proof."""
    return _plain(_script())


@bp.get("/privacy/proof/<int:number>.json")
@citizen
def proof(number: int) -> Response:
    """Give the proof that one of her own rows stands in the newest checkpoint; 409 while it is newer than that."""
    # Of the row itself only its ciphertext leaves: the script needs no more, and a file in a download folder tells nothing.
    sealed = get_sealed(_storable(number), subject=cast(Subject, current_user))
    try:
        found = prove(number)
    except NotCoveredYetError:
        return _too_new()
    answer = jsonify(proof_document(number, sealed=sealed, proof=found))
    answer.headers["Content-Disposition"] = f"attachment; filename=proof-{number}.json"
    return answer


def _too_new() -> Response:
    # Whoever pressed "Proof" gets a page; a script gets what it asked for.
    if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html":
        return render_page("ledger/proof.html", status=409)
    answer = jsonify({"error": gettext("This row is too new. It can be proved in a few minutes.")})
    answer.status_code = 409
    return answer


def _storable(number: int) -> int:
    # An address may carry any number of digits; the databases stumble over more than their whole numbers hold.
    if number > LARGEST:
        raise NoSuchRowError
    return number


def _plain(text: str | None) -> Response:
    if text is None:
        raise NoSuchRowError
    return Response(text, mimetype="text/plain")


@cache
def _script() -> str:
    return CHECK_SCRIPT.read_text(encoding="utf-8")
