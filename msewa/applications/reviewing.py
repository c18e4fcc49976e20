"""What a review shows: every line that will go, with where it comes from, why it goes and to whom; and what stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from msewa.applications.answers import Pages, value_of
from msewa.applications.deadlines import Due, find_due, find_limit
from msewa.applications.filling import Desk, find_problems
from msewa.applications.packages import Package, build_package
from msewa.applications.queries import Case, Held, find_done, list_papers, read_pages
from msewa.applications.rules import Source
from msewa.applications.steps import count_steps, paper_step_of
from msewa.catalogue.rules import FieldNeed, PaperNeed, Words
from msewa.catalogue.showing import show
from msewa.web.filters import INDIA
from msewa.web.locale import language


@dataclass(frozen=True, slots=True)
class Line:
    """One answer that will go."""

    key: str
    need: FieldNeed
    value: str
    source: Source
    given_at: datetime | None
    step: int
    is_changed: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper that will go."""

    need: PaperNeed
    held: Held
    step: int
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one step under its title."""

    title: Words
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that a review page shows, and the package it is bound to."""

    package: Package
    sections: tuple[Section, ...]
    papers: tuple[PaperLine, ...]
    stays: tuple[Words, ...]
    due: Due


@dataclass(frozen=True, slots=True)
class Gap:
    """The first step that something is missing in; `is_new` when nobody has saved it yet."""

    step: int
    is_new: bool


def find_gap(case: Case, desk: Desk) -> Gap | None:
    """Return the first step that is not ready to be sent; None when all are."""
    pages = read_pages(case)
    for step in range(1, len(desk.definition.steps) + 1):
        # Facts from the profile are sent only from a page that she has seen and saved.
        if step not in pages:
            return Gap(step, is_new=True)
        if find_problems(desk, step, pages=pages):
            return Gap(step, is_new=False)
    held = {paper.key for paper in list_papers(case)}
    lacking = any(need.required and not need.made_by_us and need.key not in held for need in desk.definition.papers)
    return Gap(paper_step_of(desk.definition) or 1, is_new=False) if lacking else None


def find_unfinished(case: Case, desk: Desk, *, pages: Pages) -> int:
    """Return the first step that she did not go on from, or in which something is wrong; the last one when there is none."""
    done, steps = find_done(case), range(1, len(desk.definition.steps) + 1)
    return next((step for step in steps if step not in done or find_problems(desk, step, pages=pages)), count_steps(desk.definition))


def make_review(case: Case, desk: Desk, *, seen: Mapping[str, str] | None = None) -> Review:
    """Put together what would be sent now; lines that differ from those `seen` before are marked."""
    pages = read_pages(case)
    package = build_package(case, desk.definition, pages=pages, papers=list_papers(case))
    values = package.values()
    changed = {name for name, value in values.items() if seen is not None and seen.get(name) != value}
    return Review(
        package=package,
        sections=_sections(desk, package, changed=changed),
        papers=_papers(desk, package, changed=changed),
        stays=tuple(desk.catalogue.fields[key].label for key in desk.profile if key not in _own(desk, package)),
        due=due_for(desk, pages=pages),
    )


def _own(desk: Desk, package: Package) -> set[str]:
    """Return the fields that go and speak of the applicant: her father stays where the child's father goes."""
    return {key for key in package.answers if desk.definition.need(key).of_applicant}


def due_for(desk: Desk, *, pages: Pages) -> Due:
    """Return by when an answer is due if these pages are sent now."""
    today = desk.now.astimezone(INDIA).date()
    days = find_limit(desk.definition, answer=partial(value_of, pages=pages), today=today)
    return find_due(today, days=days, unit=desk.definition.day_unit)


def _sections(desk: Desk, package: Package, *, changed: set[str]) -> tuple[Section, ...]:
    sections = [
        Section(step.title, tuple(_line(desk, key, package, step=number, changed=changed) for key in step.fields if key in package.answers))
        for number, step in enumerate(desk.definition.steps, 1)
    ]
    return tuple(section for section in sections if section.lines)


def _line(desk: Desk, key: str, package: Package, *, step: int, changed: set[str]) -> Line:
    answer = package.answers[key]
    return Line(
        key=key,
        need=desk.definition.need(key),
        value=show(desk.field(key), answer.value, language(), catalogue=desk.catalogue),
        source=answer.source,
        given_at=datetime.fromisoformat(answer.at) if answer.source is Source.PROFILE else None,
        step=step,
        is_changed=f"field {key}" in changed,
    )


def _papers(desk: Desk, package: Package, *, changed: set[str]) -> tuple[PaperLine, ...]:
    step = paper_step_of(desk.definition) or 1
    by_key = {need.key: need for need in desk.definition.papers}
    return tuple(PaperLine(by_key[held.key], held, step, f"paper {held.key}" in changed) for held in package.papers)
