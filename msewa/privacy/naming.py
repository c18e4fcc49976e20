"""The words for who acted, what was done, which fields and which messages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import get_locale, gettext, lazy_gettext

from msewa.catalogue.snapshot import Catalogue
from msewa.ledger.rules import Kind

_ = lazy_gettext
KINDS = {
    Kind.CITIZEN: _("You"),
    Kind.OPERATOR: _("Operator of a Sewa Kendra"),
    Kind.OFFICER: _("Officer"),
    Kind.DPO: _("Data protection officer"),
    Kind.SYSTEM: _("mSewa itself"),
    Kind.PROVIDER: _("Office"),
    Kind.VISITOR: _("Somebody not signed in"),
}
# Whoever of these acts for no office acts for the department that runs mSewa, as the policy names it.
STAFF = frozenset({Kind.OPERATOR, Kind.OFFICER, Kind.DPO})
ACTS = {
    "account": _("Your account"),
    "account.appointed": _("The operator of mSewa made this an account for work"),
    "account.deregistered": _("Account paused"),
    "account.dismissed": _("The operator of mSewa made this your own account again"),
    "account.exported": _("Data taken along before the account ends"),
    "account.locked_out": _("“This was not me” was pressed: every visit ended"),
    "account.proved_again": _("Password and second key were given again"),
    "account.registered": _("Account opened"),
    "account.returned": _("Account taken up again"),
    "account.sign_in_not_finished": _("Your password was typed, but not your second key. Nobody got in"),
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "account.termination_decided": _("The operator of mSewa ends your account"),
    "account.termination_taken_back": _("Your mSewa account stays open"),
    "application": _("Your application"),
    "application.begun": _("Application begun"),
    "application.correction_sent": _("Correction sent to the office"),
    "application.discarded": _("Unfinished application thrown away"),
    "application.received": _("The office has the application"),
    "application.submitted": _("Application sent"),
    "application.withdrawn": _("Application taken back"),
    "breach": _("A notice about the safety of your data"),
    "choice": _("Your choice"),
    "choice.channel_off": _("You switched it off"),
    "choice.channel_off_by_link": _("Switched off by the link in a message"),
    "choice.channel_on": _("You switched it on"),
    "choice.expired": _("The time of your yes was over"),
    "choice.given": _("You said yes"),
    "choice.refused": _("You said no"),
    "choice.renewed": _("You said yes once more"),
    "choice.withdrawn": _("You switched it off"),
    "choice.withdrawn_by_link": _("Switched off by the link in a message"),
    "closure": _("Your account"),
    "contact": _("Number or e-mail changed"),
    "contact.put_back": _("Earlier number or e-mail put back by “This was not me”"),
    "disclosure": _("Given out as a law requires"),
    "disclosure.life": _("Given out because a life was in danger"),
    "download": _("Download of your data"),
    "download.asked": _("Download of your data asked for"),
    "download.fetched": _("Your data was downloaded"),
    "factor": _("Second key changed"),
    "grievance": _("Your complaint"),
    "grievance.answered": _("Complaint answered"),
    "grievance.closed": _("Complaint closed"),
    "grievance.escalated": _("You go on to the Data Protection Board"),
    "grievance.filed": _("Complaint sent"),
    "grievance.taken": _("Complaint taken up"),
    "language": _("Language changed"),
    "ledger": _("This list was read"),
    "looked": _("Looked at your data"),
    "nominee": _("Your nominees"),
    "nominee.changed": _("Nominee changed"),
    "nominee.named": _("Nominee named"),
    "nominee.removed": _("Nominee taken away"),
    "number": _("About your number"),
    "number.doubted": _("No SMS until you prove your number again"),
    "number.revoked": _("Your mobile number was reported as disconnected"),
    "number.taken_over": _("Your number belongs to somebody else now"),
    "passkey.added": _("Passkey added"),
    "passkey.removed": _("Passkey taken away"),
    "password": _("Password changed"),
    "policy": _("Policy shown to you"),
    "profile": _("Profile changed"),
    "recovery_codes": _("New paper keys made"),
    "reset": _("New beginning of the account"),
    "reset.agreed": _("New beginning agreed to by e-mail"),
    "reset.begun": _("New beginning of the account asked for"),
    "reset.cancelled": _("New beginning of the account stopped"),
    "reset.finished": _("Account begun anew"),
    "session": _("A visit was ended"),
    "unmasked": _("Hidden values were opened"),
}
MESSAGES = {
    "account": _("About your account"),
    "address": _("About your account"),
    "application": _("Your application"),
    "breach": _("A notice about the safety of your data"),
    "disclosure": _("Given out as a law requires"),
    "code": _("A code"),
    "digest": _("Monthly: who looked at your data"),
    "grievance": _("Your complaint"),
    "news": _("News"),
    "no": _("About your account"),
    "notice": _("A change on your account"),
    "number": _("About your number"),
    "reset": _("New beginning of the account"),
}
FIELDS = {
    "account": _("that you have an account"),
    "ledger": _("this list"),
    "contact": _("number and e-mail"),
    "grievance": _("your complaint"),
    "applications": _("your applications"),
    "messages": _("messages to you"),
    "choices": _("your choices"),
    "profile": _("your profile"),
}
STATES = {"waiting": _("On its way"), "sent": _("Sent out"), "failed": _("Did not arrive"), "dropped": _("Not sent")}


def name_act(act: str) -> str:
    """Return in words what was done; an act without words of its own by what it begins with."""
    return _of("act", act, str(get_locale()))


def name_message(template: str) -> str:
    """Return in words what a message was about."""
    return _of("message", template, str(get_locale()))


def name_state(state: str) -> str:
    """Return in words where a message stands."""
    return _of("state", state, str(get_locale()))


@cache
def name_role(kind: str, language: str) -> str:
    """Return who acted by the role; `language` is that of the request, and what was looked up for it once is kept."""
    return str(KINDS[Kind(kind)])


def name_actor(actor: Mapping[str, str], *, known: Catalogue, language: str, herself: str) -> str:
    """Return who acted: the role, and which office or department it was for; some act for none."""
    # Who it was is nothing that she may read: it is somebody's data, too.
    if actor["kind"] == Kind.CITIZEN and actor["id"] not in ("", herself):
        return gettext("Somebody else")
    role = name_role(actor["kind"], language)
    office = known.providers.get(actor["office"] or (actor["id"] if actor["kind"] == Kind.PROVIDER else ""))
    if office:
        return f"{role}, {office.name[language]}"
    if actor["kind"] in STAFF and not actor["office"]:
        return f"{role}, {current_app.extensions['settings'].operator[language]}"
    return role


def name_field(key: str, *, known: Catalogue, language: str) -> str:
    """Return a field or paper by its name; one that is not in the catalogue by its own."""
    asked, paper = known.fields.get(key), known.papers.get(key)
    if asked or paper:
        return asked.label[language] if asked else paper.name[language] if paper else key
    return _of("field", key, language)


# Each with the sign at which a name is cut where it has no words of its own.
WORDS: dict[str, tuple[Mapping[str, Any], str]] = {
    "act": (ACTS, "."),
    "message": (MESSAGES, "_"),
    "state": (STATES, "_"),
    "field": (FIELDS, "."),
}


@cache
def _of(kind: str, name: str, language: str) -> str:
    """Return the word for a name, or for what it begins with; what was looked up once for a `language`, that of today's reader, is kept."""
    words, separator = WORDS[kind]
    return str(words.get(name) or words.get(name.partition(separator)[0]) or (name.replace("_", " ") if kind == "field" else name))
