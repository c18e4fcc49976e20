"""Who may fetch a download, until when, and what does not end it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from msewa.extensions import db, writing
from msewa.privacy.models import Download, DownloadPart
from msewa.privacy.operations import downloading
from tests.applications.conftest import Applicant
from tests.conftest import ClockHandle
from tests.people import sign_in
from tests.privacy.test_download import asked, fetched
from tests.strict_client import StrictClient

FILE = "/privacy/download/file"


def parts(applicant: Applicant) -> int:
    with applicant.app.app_context():
        return db.session.scalar(select(func.count()).select_from(DownloadPart)) or 0


def test_fetched_in_its_last_minutes_it_still_ends_with_its_day(harjinder: Applicant, clock: ClockHandle) -> None:
    asked(harjinder.client)
    clock.advance(hours=23, minutes=50)
    sign_in(harjinder.client, harjinder.person)
    fetched(harjinder.client)

    clock.advance(minutes=10)
    harjinder.work()

    assert parts(harjinder) == 0


def test_work_that_comes_too_early_leaves_it_whole(harjinder: Applicant, clock: ClockHandle) -> None:
    asked(harjinder.client)
    there = parts(harjinder)

    with harjinder.app.app_context(), writing():
        download_id = db.session.scalars(select(Download.id)).one()
        downloading.remove_download(download_id, now=clock.now() + timedelta(hours=23))
        db.session.commit()

    assert parts(harjinder) == there > 0


@pytest.mark.promise("P31")
@pytest.mark.promise("P75")
def test_fresh_proof_at_one_browser_opens_nothing_at_another(
    harjinder: Applicant, another_client: StrictClient, clock: ClockHandle
) -> None:
    sign_in(another_client, harjinder.person)
    clock.advance(minutes=11)
    prove = {"password": harjinder.person.password, "code": harjinder.person.code()}
    stale = harjinder.client.get_cookie("session")
    assert harjinder.client.submit("/account/prove", "step-up", **prove).status_code == 303
    asked(harjinder.client)

    elsewhere = another_client.get(FILE)
    again = another_client.submit("/account/prove", "step-up", **prove)
    assert stale is not None
    another_client.set_cookie("session", stale.value)
    replayed = another_client.get(FILE)

    assert harjinder.client.get(FILE).status_code == 200
    assert elsewhere.headers["Location"].startswith("/account/prove?")
    assert again.status_code == 422, "the code of this moment was used"
    assert replayed.headers["Location"].startswith("/sign-in?")
