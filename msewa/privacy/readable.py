"""The page of a download that people read: the same data as beside it, in her language and in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale

from msewa.catalogue.queries import catalogue, get_definition
from msewa.catalogue.showing import show
from msewa.catalogue.snapshot import Catalogue
from msewa.consents.purposes import purposes
from msewa.ledger.rules import Subject
from msewa.privacy.looks import show_look
from msewa.privacy.naming import name_act, name_message, name_state
from msewa.privacy.went import list_went
from msewa.web.locale import BABEL_NAMES

Lines = list[tuple[str, str]]


def render_readable(data: Mapping[str, Any], *, subject: Subject, language: str, now: datetime) -> str:
    """Return the whole page; it names other files of the download, and nothing outside it."""
    known = catalogue()
    with force_locale(BABEL_NAMES[language]):
        values: dict[str, Any] = {
            "lang": language,
            "made_at": now,
            "account": data["account"],
            "profile": _profile(data["profile"], known=known, language=language),
            "applications": [_application(one, known=known, language=language) for one in data["applications"]],
            "entries": [show_look(entry, known=known, language=language, herself=subject.id) for entry in data["access"]],
            "went": list_went(data, known=known, language=language),
            "keys": _keys(data["account"]),
            "new_keys": [(_moment(one["at"]), _moment(one["ready_at"])) for one in data["activity"]["new_keys_asked"]],
            "left": [(one["value"], _moment(one["ends_at"])) for one in data["activity"]["left_addresses"] if one["value"]],
            "visits": [(_moment(one["began_at"]), _moment(one["used_at"])) for one in data["activity"]["visits"]],
            "browsers": [_moment(at) for at in data["activity"]["browsers_known_since"]],
            "breaches": [_breach(one) for one in data["law_and_breaches"]["breaches"]],
            "portals": [(one["portal"], _moment(one["given_at"])) for one in data["tracker"]],
            "ending": _ending(data["termination"]),
            "choices": [_choice(event, language=language) for event in data["choices"]["choices"]],
            "messages": [_message(one) for one in data["communications"]["messages"]],
            "grievances": data["grievances"],
            "nominees": data["privacy"]["nominees"],
        }
        # Not render_page: the worker has no request, and this page no menu.
        return current_app.jinja_env.get_template("privacy/export.html").render(values)


def _profile(kept: Mapping[str, Any], *, known: Catalogue, language: str) -> Lines:
    fields = {key: known.fields[key] for key in kept if key in known.fields}
    return [(field.label[language], show(field, kept[key]["value"], language, catalogue=known)) for key, field in fields.items()]


def _application(one: Mapping[str, Any], *, known: Catalogue, language: str) -> dict[str, Any]:
    definition = get_definition(one["service"], one["version"])
    provider = known.providers.get(one["provider"])
    labels = {need.key: need for need in definition.fields}
    answers: Lines = []
    for page in one["answers"].values():
        for key, answer in page.items():
            # What the question bank has no name for any more stands in data.json alone.
            if key in labels and key in known.fields:
                field = labels[key].as_asked(known.fields[key])
                answers.append((field.label[language], show(field, answer["value"], language, catalogue=known)))
    # Drafts are hers too, and stand in it by when they were begun.
    moment = one["sent_at"] or one["begun_at"]
    return {
        "reference": one["reference"],
        "service": definition.name[language],
        "provider": provider.name[language] if provider else one["provider"],
        "is_sent": one["sent_at"] is not None,
        "at": _moment(moment),
        "answers": answers,
        "papers": [(number, paper["name"]) for number, paper in enumerate(one["papers"], 1)],
    }


def _ending(termination: Mapping[str, Any]) -> tuple[datetime, str] | None:
    """Return when the operator ends the account and why; None for nearly everybody."""
    return (_moment(termination["closes_at"]), termination["why"]) if termination else None


def _keys(account: Mapping[str, Any]) -> dict[str, Any]:
    """Return since when each of her keys is there, and when it was used; the keys themselves are in no file."""
    used = account["paper_keys_used_at"]
    return {
        "code_app": _perhaps(account["code_app_since"]),
        "passkeys": [(_moment(one["added_at"]), _perhaps(one["used_at"])) for one in account["passkeys"]],
        "paper_used": [_moment(at) for at in used if at],
        "paper_left": used.count(None),
    }


def _breach(one: Mapping[str, Any]) -> tuple[str, datetime, datetime | None]:
    return one["number"], _moment(one["told_at"]), _perhaps(one["read_at"])


def _choice(event: Mapping[str, Any], *, language: str) -> tuple[str, str, datetime]:
    purpose = purposes().get(event["purpose"])
    title = purpose.title[language] if purpose else event["purpose"]
    return title, name_act(f"choice.{event['event']}"), _moment(event["at"])


def _message(one: Mapping[str, Any]) -> tuple[datetime, str, str, str]:
    return _moment(one["written_at"]), one["channel"], name_message(one["about"]), name_state(one["state"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _perhaps(text: str | None) -> datetime | None:
    return _moment(text) if text else None
