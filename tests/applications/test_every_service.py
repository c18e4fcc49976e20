"""Every service and complaint of the catalogue can be begun, filled in from its definition, and sent."""

from typing import Any

import pytest

from msewa.applications.answers import Answer
from msewa.applications.filling import Desk, find_problems, read_page
from msewa.applications.operations import drafting, papers, sending
from msewa.applications.operations.sending import Confirmation
from msewa.applications.queries import Case, get_case
from msewa.applications.reviewing import find_gap, make_review
from msewa.applications.rules import State
from msewa.applications.unsaved import Tab
from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import Definition
from msewa.extensions import db, writing
from msewa.uploads.operations import Paper, inspect
from tests.applications.conftest import Applicant
from tests.applications.samples import photo_bytes, sample_page

EVERY_HOW_MANY = 32


def begun(applicant: Applicant, definition: Definition, *, now: Any) -> Case:
    subject = applicant.person.subject()
    reference = drafting.begin(definition, subject=subject, actor=applicant.person.actor, language="pa", now=now)
    return get_case(reference, account_id=applicant.person.id)


def fill(case: Case, desk: Desk, *, paper: Paper) -> None:
    pages: dict[int, dict[str, Answer]] = {}
    for step in range(1, len(desk.definition.steps) + 1):
        typed = sample_page(desk.definition, desk.catalogue, step=step, only_required=True)
        read = read_page(desk, step, typed=typed.get, earlier={})
        pages[step] = read.kept
        problems = {**find_problems(desk, step, pages=pages), **read.refused}
        assert not problems, (desk.definition.id, {key: error.code for key, error in problems.items()})
        drafting.save_page(case, step=step, page=pages[step], is_done=True, tab=Tab("", ""), now=desk.now)
    for need in desk.definition.papers:
        if not need.made_by_us:
            papers.add_paper(case, key=need.key, paper=paper, now=desk.now)


@pytest.mark.promise("P15")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_service_can_be_sent_from_its_definition(harjinder: Applicant) -> None:
    paper = inspect(photo_bytes(), filename="card.jpg")
    with harjinder.app.test_request_context(), writing():
        now = harjinder.app.extensions["clock"].now()
        for definition in catalogue().services.values():
            case = begun(harjinder, definition, now=now)
            desk = Desk(definition, catalogue(), {}, now)
            fill(case, desk, paper=paper)
            assert find_gap(case, desk) is None, definition.id
            review = make_review(case, desk)
            sending.note_review(case, review.package, now=now)
            confirmed = Confirmation(digest=review.package.digest, actor=harjinder.person.actor, due=review.due)
            sending.submit(case, definition, subject=harjinder.person.subject(), confirmed=confirmed, now=now)
            sent = get_case(case.reference, account_id=harjinder.person.id)
            assert (sent.state, sent.digest) == (State.SUBMITTED, review.package.digest), definition.id
            db.session.commit()
        assert len(catalogue().services) == 384


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_field_stands_in_exactly_one_step(harjinder: Applicant) -> None:
    with harjinder.app.app_context():
        for definition in catalogue().services.values():
            stepped = [key for step in definition.steps for key in step.fields]

            assert sorted(stepped) == sorted(definition.field_keys), definition.id


def test_a_sample_of_services_goes_all_the_way_over_the_pages(harjinder: Applicant) -> None:
    with harjinder.app.app_context():
        some = list(catalogue().services)[::EVERY_HOW_MANY]

    for service in some:
        base = harjinder.sent(service)

        assert harjinder.page(base).words("application-status") == "On its way", service
