"""The page of a download that people read tells what lies in the data beside it."""

import re
from datetime import datetime
from typing import Any

import pytest

from msewa.accounts.operations.left import keep_left
from msewa.accounts.queries import get_subject
from msewa.extensions import db, writing
from msewa.web.filters import show_date, show_moment
from tests.applications.conftest import Applicant
from tests.privacy.test_download import asked, data_in, fetched
from tests.privacy.test_whole import anita, her, jaspreet

__all__ = ["anita", "her", "jaspreet"]
HEADS = {
    "ending": {"en": "Your account ends", "pa": "ਤੁਹਾਡਾ ਖਾਤਾ ਬੰਦ ਹੋ ਰਿਹਾ ਹੈ", "hi": "आपका खाता बंद हो रहा है"},
    "went": {"en": "Where it went", "pa": "ਕਿੱਥੇ ਗਿਆ", "hi": "कहाँ गया"},
    "portals": {"en": "Portals that can ask", "pa": "ਜਿਹੜੇ ਪੋਰਟਲ ਪੁੱਛ ਸਕਦੇ ਹਨ", "hi": "जो पोर्टल पूछ सकते हैं"},
    "keys": {"en": "Keys", "pa": "ਚਾਬੀਆਂ", "hi": "चाबियाँ"},
    "browsers": {"en": "Browsers that your account knows", "pa": "ਤੁਹਾਡੇ ਖਾਤੇ ਦੇ ਜਾਣੇ ਬ੍ਰਾਊਜ਼ਰ", "hi": "आपके खाते के जाने हुए ब्राउज़र"},
    "breaches": {"en": "Breaches that you were told of", "pa": "ਉਲੰਘਣਾਵਾਂ ਜੋ ਤੁਹਾਨੂੰ ਦੱਸੀਆਂ ਗਈਆਂ", "hi": "उल्लंघन जो आपको बताए गए"},
    "visits": {"en": "Where you are signed in", "pa": "ਤੁਸੀਂ ਕਿੱਥੇ-ਕਿੱਥੇ ਸਾਈਨ ਇਨ ਹੋ", "hi": "आप कहाँ-कहाँ साइन इन हैं"},
}


def told(applicant: Applicant, *, language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the data of a download, and by its part what the page for people says there."""
    applicant.client.get(f"/?lang={language}")
    asked(applicant.client)
    archive = fetched(applicant.client)
    parts = dict(part.split("</h2>", 1) for part in archive.read("index.html").decode().split("<h2>")[1:])
    return data_in(archive), {name: parts[words[language]] for name, words in HEADS.items()}


@pytest.mark.promise("P2", "P31")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_it_tells_of_visits_portals_and_the_end_of_an_account(her: Applicant, language: str) -> None:
    data, parts = told(her, language=language)

    assert data["termination"]["why"] in parts["ending"]
    assert [portal["portal"] in parts["portals"] for portal in data["tracker"]] == [True]
    assert parts["visits"].count("<li>") == len(data["activity"]["visits"]) > 0


@pytest.mark.promise("P2", "P31", "P77")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_it_tells_of_keys_known_browsers_and_breaches(her: Applicant, language: str) -> None:
    data, parts = told(her, language=language)

    account, (breach,), (asked_for,) = data["account"], data["law_and_breaches"]["breaches"], data["activity"]["new_keys_asked"]
    dated = [account["code_app_since"], account["passkeys"][0]["added_at"], account["passkeys"][0]["used_at"]]
    used = [at for at in account["paper_keys_used_at"] if at]
    assert [day_of(at) in parts["keys"] for at in [*dated, *used]] == [True] * (3 + len(used))
    assert [minute_of(asked_for[name]) in parts["keys"] for name in ("at", "ready_at")] == [True] * 2
    assert parts["browsers"].count("<li>") == len(data["activity"]["browsers_known_since"]) > 0
    assert all(minute_of(at) in parts["browsers"] for at in data["activity"]["browsers_known_since"])
    assert breach["number"] in parts["breaches"]
    assert minute_of(breach["told_at"]) in parts["breaches"]


@pytest.mark.promise("P2")
@pytest.mark.parametrize(("value", "times"), [("planted.left@example.in", 1), (None, 0)])
def test_it_tells_of_an_address_that_was_left_and_of_none_where_there_was_none(harjinder: Applicant, value: str | None, times: int) -> None:
    app, now = harjinder.app, harjinder.app.extensions["clock"].now()
    with app.app_context(), writing():
        keep_left(get_subject(harjinder.person.id), field="email", value=value, to="planted.next@example.in", now=now)
        db.session.commit()

    asked(harjinder.client)
    archive = fetched(harjinder.client)

    assert [one["value"] for one in data_in(archive)["activity"]["left_addresses"]] == [value]
    assert archive.read("index.html").decode().count("Changed a short time ago") == times


def minute_of(text: str) -> str:
    return show_moment(datetime.fromisoformat(text))


def day_of(text: str) -> str:
    return show_date(datetime.fromisoformat(text))


@pytest.mark.promise("P27", "P30", "P51")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_it_tells_where_everything_went_the_correction_and_the_demand_too(her: Applicant, language: str) -> None:
    data, parts = told(her, language=language)

    went, application = parts["went"], data["applications"][0]
    correction = next(one for one in data["grievances"] if one["package"])
    demand = data["law_and_breaches"]["disclosures_under_law"][0]
    assert went.count("<li>") == 3
    assert set(re.findall(r"<code>(\w{64})</code>", went)) > {application["package"]["digest"], correction["package"]["digest"]}
    assert all(one in went for one in (application["reference"], demand["number"], demand["authority"]))
    assert "planted" not in went.lower(), "names of what went, not the values"
