"""What the public may count, and what a person is told of a breach that concerns her."""

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.closure.queries import count_openings
from msewa.dpo.operations.breaches import mark_read
from msewa.dpo.queries import count_breaches, count_carried_out, count_refused, get_notice
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.dpo.rules import Ground
from msewa.grievances.queries import count_by_state, count_overdue
from msewa.web.access import citizen, public
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page


@bp.get("/transparency")
@public
def transparency() -> Response:
    """Show how often data was handed over, refused and complained about; nothing of anybody."""
    carried_out, refused, complaints = count_carried_out(), count_refused(), count_by_state()
    return render_page(
        "dpo/transparency.html",
        carried_out={ground: carried_out.get(ground, 0) for ground in (Ground.LAW, Ground.LIFE)},
        refused={ground: refused.get(ground, 0) for ground in (Ground.INFORMAL, Ground.PERMITTED)},
        openings=count_openings(),
        complaints=sum(complaints.values()),
        overdue=count_overdue(now=now()),
        breaches=count_breaches(),
    )


@bp.get("/notices/<ref>")
@citizen
def notice(ref: str) -> Response:
    """Show a person what happened to her data, what may follow, and what she can do."""
    breach, read_at = get_notice(ref, account_id=officer().id)
    return render_page("dpo/notice.html", breach=breach, read_at=read_at)


@bp.post("/notices/<ref>")
@citizen
@once
def read_notice(ref: str) -> AnyResponse:
    """Take the notice off her other pages: she has read it."""
    breach, _read_at = get_notice(ref, account_id=officer().id)
    mark_read(breach, account_id=officer().id, now=now())
    return done(url_for("dpo.notice", ref=breach.number))
