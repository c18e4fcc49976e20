"""A double tap on a slow line, with scripts and without: the browser drops the first answer, and shows the second."""

import itertools
from collections.abc import Callable

import pytest

from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
LINE = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
_numbers = itertools.count(9_815_500_101)


def taps_twice(phone: Visitor, form: str, *, after: int, **typed: str) -> None:
    """Fill a form on a line that takes 400 ms each way, and press its button twice, the second time after so many ms."""
    phone.fill(form, **typed)
    button = phone.form(form).get_by_test_id("submit")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    phone.context.new_cdp_session(phone.page).send("Network.emulateNetworkConditions", LINE)
    for pause in (after, 0):
        phone.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        phone.page.wait_for_timeout(pause)


@pytest.mark.promise("P75")
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("after", [120, 450])
def test_the_code_of_her_app_pressed_twice_lets_her_in_where_she_wanted(
    visit: Callable[..., Visitor], door: TestersDoor, scripts: bool, after: int
) -> None:
    phone, she = visit(language="en", scripts=scripts), door.person("harjinder")
    door.advance("PT1M")  # a code is good once, and the round before has used this minute's
    phone.open("/sign-in?next=/profile")
    phone.send("sign-in", mobile=she["mobile"], password=she["password"])
    phone.at("page-accounts.sign_in_second_factor").wait_for()

    taps_twice(phone, "second-factor", after=after, code=door.app_code(she["totp_secret"]))

    phone.at("form-sign-out").wait_for()
    assert phone.path == "/profile"


@pytest.mark.promise("P75")
@pytest.mark.parametrize("scripts", [True, False])
def test_the_code_that_proves_her_number_pressed_twice_leads_on(visit: Callable[..., Visitor], door: TestersDoor, scripts: bool) -> None:
    phone, mobile = visit(language="en", scripts=scripts), str(next(_numbers))
    phone.open("/register")
    phone.send("notice")
    phone.send("register", full_name="Simran Planted", mobile=mobile)
    phone.at("page-accounts.register_verify").wait_for()

    taps_twice(phone, "verify", after=120, code=door.sms_code(mobile))

    phone.at("page-accounts.register_password").wait_for()
