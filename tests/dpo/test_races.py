"""Two officers at the same moment: nothing is lost, done twice, or done by one who counts as two."""

import pytest

from tests.at_once import Press, at_once, prepared
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat, seat
from tests.dpo.test_breaches import looked_at, written_down
from tests.dpo.test_demands import done, drafted, public
from tests.dpo.test_texts import drafted as drafted_text
from tests.dpo.test_texts import nothing_published, policy
from tests.people import sign_in
from tests.strict_client import StrictClient

__all__ = ["nothing_published"]
ROUNDS = 3


def statuses(*presses: Press) -> list[int]:
    """Press all of them at the same moment; return the answers' statuses, the lowest first."""
    return sorted(answer.status_code for answer in at_once(*presses))


@pytest.mark.promise("P30")
def test_two_who_approve_at_one_moment_are_both_counted(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    for _ in range(ROUNDS):
        number = drafted(anita, harjinder)

        answers = statuses(*(prepared(one.client, f"/dpo/legal/{number}", "approve") for one in (anita, jaspreet)))

        assert answers == [303, 303]
        assert "2 of 2" in anita.client.page(f"/dpo/legal/{number}").words("approvals")


@pytest.mark.promise("P30", "P45")
def test_one_officer_in_two_browsers_is_one_approver(anita: Seat, harjinder: Seat) -> None:
    other = Seat(StrictClient.of(anita.app), anita.app, anita.person)
    sign_in(other.client, anita.person)
    number = drafted(anita, harjinder)

    answers = statuses(*(prepared(one.client, f"/dpo/legal/{number}", "approve") for one in (anita, other)))

    assert answers == [303, 303]
    assert done(anita, number, "execute") == done(other, number, "execute") == 409
    assert public(anita)["law"] == "0"


@pytest.mark.promise("P30")
def test_of_two_who_carry_out_at_one_moment_one_does(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    for rounds in range(1, ROUNDS + 1):
        number = drafted(anita, harjinder)
        for one in (anita, jaspreet):
            done(one, number, "approve")

        answers = statuses(*(prepared(one.client, f"/dpo/legal/{number}", "execute") for one in (anita, jaspreet)))

        assert answers == [303, 409]
        assert harjinder.acts().count("disclosure.law") == rounds


@pytest.mark.promise("P10")
def test_of_two_drafts_put_into_force_at_one_moment_one_holds(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    third = seat(anita.app, role="dpo", full_name="Third Officer")
    numbers = [drafted_text(third, policy(clock)) for _ in range(2)]

    answers = statuses(
        *(prepared(one.client, f"/dpo/texts/{number}", "publish") for one, number in zip((anita, jaspreet), numbers, strict=True))
    )

    assert answers == [303, 409]
    states = {anita.client.page(f"/dpo/texts/{number}").words("text-state") for number in numbers}
    assert states == {"In force", "To approve"}


@pytest.mark.promise("P77")
def test_two_who_tell_of_a_breach_at_one_moment_tell_once(anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    looked_at(harjinder, jaspreet)
    number = written_down(anita, clock, actor=jaspreet.person.id).headers["Location"].rpartition("/")[2]
    anita.work()

    answers = statuses(*(prepared(one.client, f"/dpo/breaches/{number}", "tell") for one in (anita, jaspreet)))

    assert answers == [303, 409]
    assert harjinder.messages() == ["breach_notice"]
