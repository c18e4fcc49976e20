"""Receipts: hers to list and download, anybody's to check, with the keys to check them by."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, jsonify, request

from msewa.catalogue.queries import catalogue
from msewa.consents import receipts
from msewa.consents.purposes import law_cited_as, purposes
from msewa.consents.queries import get_receipt, list_receipts
from msewa.consents.routes.blueprint import bp, person
from msewa.crypto.canonical import canonical
from msewa.web.access import citizen, public
from msewa.web.locale import language
from msewa.web.pages import render_page

MOST_SHOWN = 200


@bp.get("/privacy/receipts")
@citizen
def receipt_list() -> Response:
    """Show the receipts of every choice and of everything that was sent, the newest first."""
    shown: dict[str, Any] = {"most": MOST_SHOWN, "office_of": _office, "purpose_of": _purpose}
    return render_page("consents/receipt_list.html", receipts=list_receipts(person(), limit=MOST_SHOWN), **shown)


def _office(recipient: Mapping[str, Any]) -> str:
    # A receipt keeps the words of its day; her list reads in the language of this one.
    provider = catalogue().providers.get(recipient["hasIdentifier"])
    return provider.name[language()] if provider else recipient["hasName"]


def _purpose(purpose: Mapping[str, Any]) -> str:
    known = purposes().get(purpose["hasIdentifier"])
    return known.title[language()] if known else purpose["dct:title"]


@bp.get("/privacy/receipts/<receipt_id>.json")
@citizen
def receipt(receipt_id: str) -> Response:
    """Give one receipt as a file, in the spelling that was signed (RFC 8785)."""
    response = Response(canonical(get_receipt(person(), receipt_id).record), mimetype="application/ld+json")
    response.headers["Content-Disposition"] = f'attachment; filename="msewa-receipt-{receipt_id[:8]}.json"'
    return response


@bp.get("/privacy/receipts/in-dpdp")
@public
def receipt_profile() -> Response:
    """Say what a receipt's own terms mean, beside those of DPV and TS 27560."""
    return render_page("consents/receipt_profile.html")


@bp.get("/privacy/keys.json")
@public
def receipt_keys() -> Response:
    """Give the public keys that receipts are signed with, and were (RFC 7517)."""
    return jsonify({"keys": receipts.public_keys()})


@bp.get("/privacy/verify")
@public
def verify() -> Response:
    """Ask for a receipt to check."""
    return render_page("consents/verify.html", checked=None, text="", said="", is_empty=False)


@bp.post("/privacy/verify")
@public
def check() -> Response:
    """Say of a receipt whether we gave it, and gave it so. Nothing of it is kept."""
    file = request.files.get("file")
    # One byte more than may be: what was cut off is then too long, not altered. Windows editors put a mark before the text (utf-8-sig).
    text = file.stream.read(receipts.LONGEST + 1).decode("utf-8-sig", "replace") if file else ""
    text = text or request.form.get("receipt", "")
    if not text.strip():
        return render_page("consents/verify.html", page_id="consents.verify", status=422, checked=None, text="", said="", is_empty=True)
    checked = receipts.verify(text)
    record = checked.record or {}
    said = json.dumps(record, ensure_ascii=False, indent=2) if record else ""
    # A deletion receipt is signed with the same key: it is ours, and says other things.
    issued_at = datetime.fromisoformat(record["dct:issued"]) if "dct:issued" in record else None
    law = law_cited_as(record.get("in-dpdp:provision", ""))
    values: dict[str, Any] = {"checked": checked, "text": "", "said": said, "is_empty": False, "issued_at": issued_at, "law": law}
    # For programs that ask: what is not ours as it stands is refused, not only spoken of.
    status = 200 if checked.verdict is receipts.Verdict.VALID else 422
    return render_page("consents/verify.html", page_id="consents.verify", status=status, **values)
