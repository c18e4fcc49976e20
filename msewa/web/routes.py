"""Routes of no feature: health, what search engines may read, and the accessibility statement."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from msewa.extensions import db
from msewa.web.access import public
from msewa.web.pages import render_page

bp = Blueprint("web", __name__)
# Every open page may be found. The same page in other colours or letters is not another page.
ROBOTS = "User-agent: *\nDisallow: /*theme=\nDisallow: /*size=\n"


@bp.get("/health/live")
@public
def live() -> Response:
    """Say that the process answers."""
    return jsonify([])


@bp.get("/health/ready")
@public
def ready() -> tuple[Response, int]:
    """Say whether this process can serve: 200, or 503 with a list of what fails."""
    failing = [name for name, check in current_app.extensions["readiness"].items() if _fails(check)]
    return jsonify(failing), 503 if failing else 200


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Tell search engines what to leave alone; whatever is personal needs a session, which they never have."""
    return Response(ROBOTS, mimetype="text/plain")


@bp.get("/accessibility")
@public
def accessibility() -> Response:
    """Show the accessibility statement."""
    return render_page("web/accessibility.html")


def _fails(check: Callable[[], bool]) -> bool:
    # What can't be asked is not what fails: the lines of the database and of the catalogue say so.
    try:
        return not check()
    except (DBAPIError, PoolTimeoutError):
        db.session.rollback()
        return False


def database_answers() -> bool:
    """Whether the database takes a question."""
    try:
        db.session.execute(text("select 1"))
    except (DBAPIError, PoolTimeoutError):
        return False
    finally:
        db.session.rollback()
    return True
