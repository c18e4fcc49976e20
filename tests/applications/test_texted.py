"""The receipt says that its number went to her mobile where it did, and nowhere else."""

import pytest

from msewa.accounts.operations.numbers import revoke_numbers
from msewa.extensions import db, writing
from tests.applications.conftest import Applicant

pytestmark = pytest.mark.promise("P66")
TOLD, NOT_TOLD = "The number went to your mobile too.", "No SMS with its number could go to your mobile."
BY_SMS, NOT_BY_SMS = "You get a number by SMS.", "You get a number here, and no SMS"


def give_up_number(applicant: Applicant) -> None:
    """Let the regulator's list name her number."""
    with applicant.app.app_context(), writing():
        list(revoke_numbers([applicant.person.mobile], now=applicant.app.extensions["clock"].now()))
        db.session.commit()


@pytest.mark.parametrize("service", ["birth-certificate", "income-certificate"])
def test_a_number_that_goes_to_her_mobile_is_said_to(harjinder: Applicant, service: str) -> None:
    base = harjinder.sent(service)

    page = harjinder.page(base)

    assert TOLD in page.text
    assert NOT_TOLD not in page.text


def test_where_nothing_goes_she_is_led_to_confirm_her_number(harjinder: Applicant) -> None:
    give_up_number(harjinder)
    base = harjinder.sent()

    page = harjinder.page(base)

    assert TOLD not in page.text
    assert NOT_TOLD in page.text
    assert 'href="/account/mobile"' in page.text


def test_a_message_that_was_stopped_on_its_way_is_not_said_to_have_gone(harjinder: Applicant) -> None:
    base = harjinder.sent()
    give_up_number(harjinder)

    page = harjinder.page(base)

    assert NOT_TOLD in page.text


def test_the_form_of_complaints_promises_an_sms_only_where_one_goes(harjinder: Applicant) -> None:
    before = harjinder.page("/grievances/new").text
    give_up_number(harjinder)

    after = harjinder.page("/grievances/new").text

    assert (BY_SMS in before, NOT_BY_SMS in before) == (True, False)
    assert (BY_SMS in after, NOT_BY_SMS in after) == (False, True)
    assert 'href="/account/mobile"' in after
