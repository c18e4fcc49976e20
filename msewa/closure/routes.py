"""Leaving for good: what it means, the one button, the receipt, and how anybody checks it."""

import json
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts import cookies, standing
from msewa.accounts.people import Person
from msewa.accounts.routes.passkeys import asked_for
from msewa.accounts.routes.step_up import STEP_UP, refuse_proof
from msewa.catalogue.queries import catalogue
from msewa.closure import erasures, receipts
from msewa.closure.forms import DeleteForm, ReceiptForm
from msewa.closure.operations.closing import close_account, retention_of
from msewa.closure.queries import Keeper, count_openings, list_keepers, list_months
from msewa.closure.rules import LEAST_SHOWN, NoVaultKeyError, Span, month_of
from msewa.closure.vault import find_key, is_key_there
from msewa.config import Settings
from msewa.database import empty_log
from msewa.extensions import db
from msewa.inventory.reading import inventory
from msewa.outbox import worker
from msewa.privacy.amounts import MOST_COUNTED, count_kept
from msewa.privacy.handed import list_handed
from msewa.privacy.rules import HANDED_SHOWN
from msewa.web import form_keys, journal
from msewa.web.access import citizen, is_fresh, public
from msewa.web.clock import now
from msewa.web.filters import say
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

bp = Blueprint("closure", __name__)
TEMPLATE = "closure/delete.html"


@bp.get("/account/delete")
@citizen
def delete() -> Response:
    """Show what is erased, what is sealed and until when, who else has something, and the one button."""
    keepers = list_keepers(_me().id)
    return render_page(TEMPLATE, form=_form(keepers), **_facts(keepers))


@bp.post("/account/delete")
@citizen
@once
def delete_now() -> AnyResponse:
    """Seal and erase everything at once, end every visit, and lead to the receipt (P52)."""
    person, moment = _me(), now()
    keepers = list_keepers(person.id)
    form, shown = _form(keepers), _facts(keepers)
    if not form.validate():
        return render_page(TEMPLATE, form=form, status=422, **shown)
    # Asked on this page itself, where others lead away for it: from "my data" she is gone within three requests.
    refusal = None if is_fresh() else refuse_proof(TEMPLATE, form, **shown)
    if refusal is not None:
        return refusal
    try:
        receipt = close_account(person.id, actor=person.actor, now=moment, open_applications=form.wish, finish=form.going_on)
    except NoVaultKeyError:
        db.session.rollback()
        journal.event("vault_key_missing")
        shown["can_seal"] = False
        return render_page(TEMPLATE, form=form, status=503, **shown)
    location = url_for("closure.deleted", receipt=receipts.keep(receipt, now=moment))
    form_keys.remember(location)
    db.session.commit()
    standing.let_go()
    # On disk before she reads her receipt, also where no worker runs just now.
    worker.run_next(now=moment, topic=erasures.TOPIC)
    # What was erased still stands in SQLite's write-ahead log until that is emptied.
    empty_log(db.engine)
    response = cast(Response, see_other(location))
    for name in ("session", "device"):
        cookies.take(response, name)
    return response


def _me() -> Person:
    return cast(Person, current_user)


def _form(keepers: list[Keeper]) -> DeleteForm:
    unfinished = [(reference, f"{say(service)}, {reference}") for keeper in keepers for reference, service in keeper.open.items()]
    return DeleteForm(unfinished=unfinished, is_fresh=is_fresh())


def _facts(keepers: list[Keeper]) -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    moment, asked = now(), None if is_fresh() else asked_for(_me(), use=STEP_UP)
    span = Span.of(moment, retention_of(settings))
    words = inventory().categories
    # The numbers that the page of what we hold shows.
    kept = count_kept(_me())
    held = [(category, what, kept[category]) for category, what in words.items() if kept.get(category)]
    handed = list_handed(_me(), limit=HANDED_SHOWN, known=catalogue(), language=language())
    return {
        "held": held,
        "most": MOST_COUNTED,
        "keepers": keepers,
        "handed": handed,
        "span": span,
        "can_seal": is_key_there(now=moment),
        "asked": asked,
    }


@bp.get("/account/deleted")
@public
def deleted() -> Response:
    """Show the receipt of an account that has just ended, to the browser that has its token."""
    receipt = receipts.find(request.args.get("receipt", ""), now=now())
    shown: dict[str, Any] = {"dates": _dates(receipt), "text": _text(receipt) if receipt else "", "providers": catalogue().providers}
    response = render_page("closure/deleted.html", receipt=receipt, **shown)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/account/deleted/receipt.json")
@public
def deleted_receipt() -> Response:
    """Give the receipt as a file."""
    receipt = receipts.find(request.args.get("receipt", ""), now=now())
    if receipt is None:
        return render_page("closure/deleted.html", receipt=None, dates={}, text="", status=404)
    headers = {"Content-Disposition": 'attachment; filename="msewa-deletion-receipt.json"', "Cache-Control": "no-store"}
    return Response(_text(receipt), mimetype="application/json", headers=headers)


@bp.route("/account/deleted/verify", methods=["GET", "POST"])
@public
def verify_deleted() -> Response:
    """Say of a deletion receipt whether we signed it as it stands, and whether its month's key has ended since."""
    form = ReceiptForm()
    if not form.validate_on_submit():
        return render_page("closure/verify_deleted.html", form=form, checked=None, dates={}, status=422 if form.errors else 200)
    checked = receipts.verify(form.receipt.data or "")
    if checked.verdict is not receipts.Verdict.VALID:
        form.receipt.errors = [_refusal(checked.verdict)]
    status = 422 if form.errors else 200
    shown: dict[str, Any] = {"dates": _dates(checked.receipt), "providers": catalogue().providers}
    return render_page("closure/verify_deleted.html", form=form, checked=checked, status=status, **shown)


def _refusal(verdict: receipts.Verdict) -> str:
    if verdict is receipts.Verdict.ALTERED:
        return gettext("We signed this receipt, but it was changed since: it does not say what we signed.")
    return gettext("This is no deletion receipt of ours, or a part of it is missing.")


@bp.get("/promises/destroyed-keys")
@public
def destroyed_keys() -> Response:
    """Show the public log of the vault: how many are sealed in each month that is over, in which month its key must end, when it did."""
    moment = now()
    this_month = month_of(moment)
    # A count that grows at once would tell who watches when somebody left; so would a row that comes with the first of a month.
    key = find_key(current_app.extensions["settings"], this_month)
    over = [row.published(this_month=this_month) for row in list_months() if row.month < this_month]
    return render_page("closure/destroyed_keys.html", months=over, least=LEAST_SHOWN, running=key, openings=count_openings())


def _dates(receipt: receipts.Receipt | None) -> dict[str, datetime]:
    """Return a receipt's moments, to be shown as dates."""
    if receipt is None:
        return {}
    sealed = receipt["sealed"]
    told = {"deleted_at": receipt["deleted_at"], "earliest": sealed["earliest_destruction"], "latest": sealed["latest_destruction"]}
    return {name: datetime.fromisoformat(text) for name, text in told.items()}


def _text(receipt: receipts.Receipt) -> str:
    return json.dumps(receipt, ensure_ascii=False, indent=1, sort_keys=True)
