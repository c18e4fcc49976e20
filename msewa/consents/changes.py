"""What a new version of the policy changes, shown once after it comes into force; seen is noted, and nothing waits for it (P10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from flask import Flask, current_app, url_for
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.standing import one_at_a_time
from msewa.consents.models import PolicySeen
from msewa.consents.rules import Notice, Section
from msewa.consents.texts import get_current_version, get_policy
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.web import clock
from msewa.web.clock import day_of


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the policy; `kind` is "same", "new" or "gone"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A section that is not what it was: its sentences, old and new, in order."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The version somebody has last seen, and the one that holds now."""

    old: str
    new: str

    @property
    def is_current(self) -> bool:
        """Whether there is nothing new for her."""
        return self.old == self.new


def init_app(app: Flask) -> None:
    """Show what is new on the way in, and let every page's foot name the version that holds."""
    app.extensions["after_sign_in"] = detour
    shared: dict[str, Any] = app.jinja_env.globals
    shared["policy_version"] = _version_now


def find_seen(account_id: str, *, today: date) -> Seen:
    """Return which version somebody knows: the last she was shown, or the one in force when she registered.

    On the very day of a change she may have registered before it: she is shown it rather than passed over.
    """
    newest = select(PolicySeen.version).where(PolicySeen.account_id == account_id).order_by(PolicySeen.at.desc()).limit(1)
    row = db.session.execute(select(Account.created_at, newest.scalar_subquery().label("version")).where(Account.id == account_id)).one()
    old = row.version or get_current_version("policy", today=day_of(row.created_at) - timedelta(days=1))
    return Seen(old, get_current_version("policy", today=today))


def note_seen(subject: Subject, version: str, *, language: str, actor: Actor, now: datetime) -> None:
    """Note that the difference to a version was shown to somebody."""
    text = get_policy(version, language)
    one_at_a_time(subject.id)
    if db.session.get(PolicySeen, (subject.id, version)) is None:
        db.session.add(PolicySeen(account_id=subject.id, version=version, language=language, digest=text.sha256, at=now))
        record("policy.seen", subject=subject, actor=actor, now=now, about=version)


def detour(account_id: str, target: str) -> str:
    """Return where somebody who has just signed in goes first: to what is new in the policy, once, else on her way."""
    seen = find_seen(account_id, today=day_of(clock.now()))
    _show_version(seen.new)
    return target if seen.is_current else url_for("consents.policy_changes", next=target)


def list_changes(old: Notice, new: Notice) -> list[Change]:
    """Return the sections that differ, in the order of the new text, those that are gone last."""
    before, after = ({section.id: section for section in text.sections} for text in (old, new))
    ids = [*after, *(one for one in before if one not in after)]
    changes = [_change(before.get(one), after.get(one)) for one in ids]
    return [change for change in changes if any(line.kind != "same" for line in change.lines)]


def _change(old: Section | None, new: Section | None) -> Change:
    there = new or old
    # A heading counts where both have one: that a section came or went shows by its sentences.
    renamed = [*_lines([old.title], [new.title])] if old and new and old.title != new.title else []
    return Change(there.title if there else "", (*renamed, *_lines(_sentences(old), _sentences(new))))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line("same", text) for text in old[start:end])
            continue
        yield from (Line("gone", text) for text in old[start:end])
        yield from (Line("new", text) for text in new[first:last])


def _sentences(section: Section | None) -> list[str]:
    blocks = section.blocks if section else ()
    rows = [": ".join(row) for block in blocks for row in block.rows]
    return [text for block in blocks for text in (block.text, *block.items) if text] + rows


def _show_version(version: str) -> None:
    # The foot of each page names the version and is kept in memory; a new version throws the kept feet away.
    if current_app.extensions.get("policy_version", version) != version:
        current_app.extensions["frames"].clear()
    current_app.extensions["policy_version"] = version


def _version_now() -> str:
    version = get_current_version("policy", today=day_of(clock.now()))
    _show_version(version)
    return version
