"""What becomes of a complaint, whichever page asks."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.extensions import db, writing
from msewa.grievances import operations
from msewa.grievances.holding import HOLDING
from msewa.grievances.models import Grievance, GrievanceEvent
from msewa.grievances.operations import Draft, MovedOnError, TooManyOpenError
from msewa.grievances.queries import get_complaint, list_inbox
from msewa.grievances.references import new_reference, read_reference, show_reference
from msewa.grievances.rules import MOST_OPEN, About, State, Topic, is_overdue, may_escalate, read_about
from msewa.outbox.models import OutboxItem
from tests.conftest import ClockHandle
from tests.grievances.conftest import TEXT, answered, filed
from tests.people import Somebody, somebody

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def harjinder(app: Flask) -> Somebody:
    return somebody(app)


def test_the_words_lie_sealed(app: Flask, harjinder: Somebody) -> None:
    complaint = filed(harjinder)

    with app.app_context():
        sealed = db.session.scalars(select(Grievance.sealed).where(Grievance.id == complaint.id)).one()

    assert b"Diwali" not in sealed


def test_the_first_due_stands_first_in_the_inbox_and_the_answered_in_none(
    app: Flask, harjinder: Somebody, anita: Somebody, clock: ClockHandle
) -> None:
    first = filed(harjinder)
    clock.advance(days=1)
    second, third = filed(harjinder), filed(harjinder)
    answered(second, by=anita)

    with app.app_context():
        inbox = [complaint.id for complaint in list_inbox()]

    assert inbox == [first.id, third.id]


def test_of_two_answers_only_the_first_is_given(harjinder: Somebody, anita: Somebody) -> None:
    complaint = filed(harjinder)
    answered(complaint, by=anita)

    with pytest.raises(MovedOnError):
        answered(complaint, by=anita)


def test_an_answered_complaint_is_never_called_overdue(app: Flask, harjinder: Somebody, anita: Somebody, clock: ClockHandle) -> None:
    complaint = filed(harjinder)
    answered(complaint, by=anita)
    clock.advance(days=91)

    with app.app_context(), writing():
        operations.say_overdue(complaint.id, now=clock.now())
        found = get_complaint(complaint.ref)
        waiting = db.session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.topic == operations.DUE))

    assert not found.is_overdue(clock.now())
    assert waiting == 0


def test_taking_a_complaint_moves_it_on_and_taking_it_again_passes_it(app: Flask, harjinder: Somebody, anita: Somebody) -> None:
    complaint, jaspreet = filed(harjinder), somebody(app, role="dpo", full_name="Jaspreet Officer")
    for officer in (anita, jaspreet):
        with app.app_context(), writing():
            operations.take(get_complaint(complaint.ref), actor=officer.actor, now=NOON)
            db.session.commit()

    with app.app_context():
        found = get_complaint(complaint.ref)
        steps = db.session.scalar(select(func.count()).select_from(GrievanceEvent))

    assert (found.state, found.assigned_to, steps) == (State.LOOKING, jaspreet.id, 2)


def test_nobody_fills_the_inbox_alone(app: Flask, harjinder: Somebody) -> None:
    with app.app_context(), writing():
        for _ in range(MOST_OPEN):
            operations.file(Draft(About(Topic.GENERAL), TEXT), subject=harjinder.subject(), actor=harjinder.actor, now=NOON)
        with pytest.raises(TooManyOpenError):
            operations.file(Draft(About(Topic.GENERAL), TEXT), subject=harjinder.subject(), actor=harjinder.actor, now=NOON)


def test_her_download_holds_her_complaints_and_the_erasure_leaves_none(app: Flask, harjinder: Somebody, anita: Somebody) -> None:
    complaint, other = filed(harjinder), filed(somebody(app, full_name="Another One"))
    answered(complaint, by=anita, text="An answer.")

    with app.app_context(), writing():
        gathered = HOLDING.gather(harjinder.subject())
        HOLDING.erase(harjinder.id)
        db.session.commit()
        left = list(db.session.scalars(select(Grievance.id)))
        errands = list(db.session.scalars(select(OutboxItem.reference).where(OutboxItem.topic == operations.DUE)))

    assert [(one["number"], one["text"], one["steps"][-1]["words"]) for one in gathered] == [(complaint.ref, TEXT, "An answer.")]
    assert left == [other.id]
    assert errands == [other.id]


def test_a_number_is_read_however_it_is_typed() -> None:
    reference = new_reference()
    shown = show_reference(reference)

    assert {read_reference(typed) for typed in (shown, shown.lower(), shown.replace("-", ""), reference, f" {shown} ")} == {reference}
    assert read_reference("G-AAAA-AAAB") is None


@pytest.mark.parametrize("text", ["look:", "choice:a b", "data:1", "general ", "Look:1", "look:1\n"])
def test_what_names_no_topic_is_none(text: str) -> None:
    assert read_about(text) is None


def test_the_clock_runs_to_the_moment_and_stops_with_an_answer() -> None:
    due_at = NOON + timedelta(days=90)

    def late(state: str = "received", answered_at: datetime | None = None, **more: float) -> bool:
        return is_overdue(due_at=due_at, answered_at=answered_at, state=state, now=due_at + timedelta(**more))

    assert not late()
    assert late(seconds=1)
    assert not late(seconds=1, answered_at=NOON)
    assert not late(seconds=1, state="closed")


@pytest.mark.parametrize(
    ("state", "overdue", "may"),
    [("received", False, False), ("received", True, True), ("answered", False, True), ("closed", False, True), ("escalated", True, False)],
)
def test_the_board_comes_after_us(state: str, overdue: bool, may: bool) -> None:
    assert may_escalate(state, overdue=overdue) is may


def test_of_two_officers_at_once_the_complaint_is_looked_at_and_not_received_anew(app: Flask, harjinder: Somebody, anita: Somebody) -> None:
    complaint, jaspreet = filed(harjinder), somebody(app, role="dpo", full_name="Jaspreet Officer")

    with app.app_context(), writing():
        for officer in (anita, jaspreet):
            operations.take(complaint, actor=officer.actor, now=NOON)  # both have read it while nobody had taken it
        db.session.commit()
        found = get_complaint(complaint.ref)

    assert (found.state, found.assigned_to) == (State.LOOKING, jaspreet.id)


def test_taking_what_was_answered_meanwhile_changes_nothing(app: Flask, harjinder: Somebody, anita: Somebody) -> None:
    complaint, jaspreet = filed(harjinder), somebody(app, role="dpo", full_name="Jaspreet Officer")
    answered(complaint, by=anita)

    with app.app_context(), writing():
        operations.take(complaint, actor=jaspreet.actor, now=NOON)
        found = get_complaint(complaint.ref)

    assert (found.state, found.assigned_to) == (State.ANSWERED, anita.id)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_her_download_holds_every_complaint_however_many(app: Flask, harjinder: Somebody, anita: Somebody) -> None:
    with app.app_context(), writing():
        for number in range(101):
            made = operations.file(Draft(About(Topic.GENERAL), f"{number}"), subject=harjinder.subject(), actor=harjinder.actor, now=NOON)
            db.session.execute(update(Grievance).where(Grievance.id == made).values(state=State.CLOSED))
        gathered = HOLDING.gather(harjinder.subject())

    assert {one["text"] for one in gathered} == {f"{number}" for number in range(101)}
