"""What other systems read: the policy and the purposes, as GovStack's Consent building block names them. Public: nobody is in them."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, jsonify

from msewa.consents.exchange import agreement_answer, policy_answer
from msewa.consents.routes.blueprint import bp
from msewa.web.access import public
from msewa.web.clock import day_of, now
from msewa.web.errors import NoSuchRowError


@bp.get("/api/service/policy/<policy_id>", strict_slashes=False)
@public
def service_policy(policy_id: str) -> Response:
    """Give the policy with its revision."""
    return _answer(policy_answer, policy_id)


@bp.get("/api/config/data-agreement/<agreement_id>", strict_slashes=False)
@public
def config_data_agreement(agreement_id: str) -> Response:
    """Give a purpose as a data agreement with its revision."""
    return _answer(agreement_answer, agreement_id)


@bp.get("/api/service/data-agreement/<agreement_id>", strict_slashes=False)
@public
def service_data_agreement(agreement_id: str) -> Response:
    """Give the same to services."""
    return _answer(agreement_answer, agreement_id)


def _answer(ask: Callable[..., dict[str, Any]], asked_id: str) -> Response:
    try:
        return jsonify(ask(asked_id, settings=current_app.extensions["settings"], today=day_of(now())))
    except NoSuchRowError:
        response = jsonify({"error": "invalid_id", "message": "No policy or data agreement has this id."})
        response.status_code = 400
        return response
