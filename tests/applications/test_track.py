"""What happens after sending: the receipt, the track, the messages, taking it back."""

import json
from datetime import UTC, datetime

import pytest

from msewa.applications.operations.following import note_received
from msewa.applications.queries import get_case
from msewa.delivery.gateway import NotAcceptedError, Parcel
from msewa.extensions import db
from msewa.ledger.queries import list_entries
from tests.applications.conftest import Applicant, suspend
from tests.people import sign_in

XHTML = "{http://www.w3.org/1999/xhtml}"


class ClosedDepartments:
    """Departments that are away."""

    def post(self, parcel: Parcel) -> str:
        """Take nothing."""
        raise NotAcceptedError(503)


def messages(applicant: Applicant) -> list[dict[str, str]]:
    """Return what was sent to her, the oldest first."""
    applicant.work()
    return json.loads(applicant.client.get(f"/sandbox/outbox.json?to={applicant.person.mobile.removeprefix('+91')}").get_data())[::-1]


def knots(applicant: Applicant, base: str) -> list[str]:
    """Return the labels of the track."""
    track = next(node for node in applicant.page(base).root.iter(f"{XHTML}ol") if node.get("class") == "track")
    return [" ".join("".join(one.itertext()).split()) for one in track.iter(f"{XHTML}li")]


def states(applicant: Applicant, base: str) -> list[str | None]:
    """Return how far each knot of the track is: behind her, now, or to come."""
    track = next(node for node in applicant.page(base).root.iter(f"{XHTML}ol") if node.get("class") == "track")
    return [one.get("class") for one in track.iter(f"{XHTML}li")]


def acts(applicant: Applicant) -> list[str]:
    """Return what her ledger says was done, the newest first."""
    with applicant.app.app_context():
        return [entry["act"] for entry in list_entries(applicant.person.subject())]


def test_the_receipt_has_a_number_to_read_out_and_a_code_with_its_address(harjinder: Applicant) -> None:
    base = harjinder.sent()

    page = harjinder.page(base)

    assert page.words("application-ref") == base.rsplit("/", 1)[1]
    assert "svg" in {str(node.tag).rpartition("}")[2] for node in page.root.iter() if isinstance(node.tag, str)}
    assert "The fee is not paid here: the office says how to pay." in page.text


@pytest.mark.parametrize("path", ["/review", ""])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "₹15 Not paid here: the office says how to pay."),
        ("pa", "₹15 ਇੱਥੇ ਨਹੀਂ ਭਰੀ ਜਾਂਦੀ: ਕਿਵੇਂ ਭਰਨੀ ਹੈ, ਦਫ਼ਤਰ ਦੱਸਦਾ ਹੈ।"),
        ("hi", "₹15 यहाँ नहीं भरा जाता: कैसे भरना है, दफ़्तर बताता है।"),
    ],
)
def test_a_fee_never_reads_as_if_it_were_paid(harjinder: Applicant, path: str, language: str, words: str) -> None:
    base = harjinder.reviewed() if path else harjinder.sent()
    harjinder.client.set_cookie("lang", language)

    page = harjinder.page(f"{base}{path}")

    fact = next(node for node in page.root.iter(f"{XHTML}dd") if "₹" in "".join(node.itertext()))
    assert " ".join("".join(fact.itertext()).split()) == words
    assert "You have nothing to do." not in page.text


def test_of_a_free_service_she_has_nothing_to_do(harjinder: Applicant) -> None:
    assert harjinder.definition("widow-pension").fee_paise == 0

    page = harjinder.page(harjinder.sent("widow-pension"))

    assert page.all("fee-note") == []
    assert "You have nothing to do." in page.text


def test_of_what_she_took_back_no_fee_is_asked(harjinder: Applicant) -> None:
    base = harjinder.sent()

    harjinder.client.submit(f"{base}/withdraw", "withdraw")

    page = harjinder.page(base)
    assert "₹15" in page.text
    assert page.all("fee-note") == []


def test_the_due_date_is_counted_in_working_days_of_punjab(harjinder: Applicant, clock) -> None:
    friday = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    clock.advance(seconds=(friday - clock.now()).total_seconds())
    sign_in(harjinder.client, harjinder.person)
    base = harjinder.reviewed(date_of_event="02/11/2026")
    review = harjinder.page(f"{base}/review")

    harjinder.send(base)

    assert review.words("due-date") == "25/11/2026"
    assert "24/11 is a holiday." in review.text
    assert harjinder.page(base).words("due-date") == "25/11/2026"


def test_the_messages_say_the_number_and_the_date_and_nothing_else(harjinder: Applicant) -> None:
    base = harjinder.sent()
    reference = base.rsplit("/", 1)[1]
    due_on = harjinder.page(base).words("due-date")

    texts = [message["text"] for message in messages(harjinder)]

    assert texts == [
        f"mSewa: your application {reference} was sent. Answer due by {due_on}.",
        f"mSewa: the office has your application {reference}.",
    ]


def test_the_track_moves_when_the_office_has_it(harjinder: Applicant) -> None:
    base = harjinder.sent()
    before = knots(harjinder, base)

    harjinder.work()

    assert before[1] == "On its way to the office"
    assert knots(harjinder, base)[1].startswith("It has reached the office")
    assert states(harjinder, base) == [None, "now", "todo", "todo"], "nobody has said that the office began to work on it"
    assert harjinder.page(base).words("application-status") == "With the office"


def test_an_office_that_does_not_answer_is_told_of(harjinder: Applicant) -> None:
    departments = harjinder.app.extensions["departments"]
    harjinder.app.extensions["departments"] = ClosedDepartments()
    base = harjinder.sent()

    harjinder.work()

    harjinder.app.extensions["departments"] = departments
    assert "It has not reached the office yet" in harjinder.page(base).text
    assert harjinder.page(base).words("application-status") == "On its way"


def test_the_news_of_arrival_twice_is_once(harjinder: Applicant) -> None:
    base = harjinder.sent()
    harjinder.work()

    with harjinder.app.app_context():
        case = get_case(base.rsplit("/", 1)[1], account_id=harjinder.person.id)
        note_received(case.id, now=harjinder.app.extensions["clock"].now())
        db.session.commit()

    assert acts(harjinder).count("application.received") == 1


def test_the_ledger_tells_what_was_done(harjinder: Applicant) -> None:
    harjinder.sent()
    harjinder.work()

    with harjinder.app.app_context():
        entries = list_entries(harjinder.person.subject())

    assert [entry["act"] for entry in entries][:3] == ["application.received", "application.submitted", "application.begun"]
    assert "mother_name" in entries[1]["fields"]


def test_an_application_is_taken_back_before_it_left(harjinder: Applicant) -> None:
    base = harjinder.sent()

    harjinder.client.submit(f"{base}/withdraw", "withdraw")
    harjinder.work()

    inbox = json.loads(harjinder.client.get("/sandbox/providers/health/inbox.json").get_data())
    assert harjinder.page(base).words("application-status") == "Taken back"
    assert not any(one["package"]["payload"]["reference"] in base for one in inbox)
    assert acts(harjinder)[0] == "application.withdrawn"


def test_an_application_is_taken_back_after_it_arrived(harjinder: Applicant) -> None:
    base = harjinder.sent()
    harjinder.work()

    answer = harjinder.client.submit(f"{base}/withdraw", "withdraw")

    assert answer.headers["Location"] == base
    assert knots(harjinder, base)[-1].startswith("You took it back")
    assert harjinder.client.get(f"{base}/withdraw").status_code == 303
    assert messages(harjinder)[-1]["template"] == "application_withdrawn"


def words_of(applicant: Applicant) -> list[dict[str, str]]:
    """Return what its office was told later of an application."""
    inbox = json.loads(applicant.client.get("/sandbox/providers/health/inbox.json").get_data())
    return [one["package"]["payload"] for one in inbox if "kind" in one["package"]["payload"]]


@pytest.mark.promise("P27")
def test_an_office_that_has_an_application_is_told_that_it_was_taken_back_and_nothing_else(harjinder: Applicant) -> None:
    base = harjinder.sent()
    harjinder.work()

    harjinder.client.submit(f"{base}/withdraw", "withdraw")
    being_told = harjinder.page(base).text
    harjinder.work()

    [word] = [one for one in words_of(harjinder) if one["reference"] in base]
    assert set(word) == {"kind", "reference", "application", "withdrawn_on"}
    assert word["kind"] == "withdrawal"
    assert "is being told" in being_told
    assert "was told on" in harjinder.page(base).text


def test_an_office_that_may_have_got_an_application_is_told_too(harjinder: Applicant) -> None:
    departments = harjinder.app.extensions["departments"]
    harjinder.app.extensions["departments"] = ClosedDepartments()
    base = harjinder.sent()
    harjinder.work()  # tried: nobody knows whether the office kept what it refused
    harjinder.app.extensions["departments"] = departments

    harjinder.client.submit(f"{base}/withdraw", "withdraw")
    harjinder.work()

    assert [one["kind"] for one in words_of(harjinder) if one["reference"] in base] == ["withdrawal"]


@pytest.mark.promise("P26")
def test_an_office_that_was_stopped_is_not_told_and_the_page_says_so(harjinder: Applicant) -> None:
    base = harjinder.sent()
    harjinder.work()
    suspend(harjinder.app, "health")

    harjinder.client.submit(f"{base}/withdraw", "withdraw")
    harjinder.work()

    assert not [one for one in words_of(harjinder) if one["reference"] in base]
    assert harjinder.page(base).words("application-status") == "Taken back"
    assert "could not be told" in harjinder.page(base).text


def test_leaving_it_leaves_it(harjinder: Applicant) -> None:
    base = harjinder.sent()

    harjinder.client.submit(f"{base}/withdraw", "withdraw", leave="1")

    assert harjinder.page(base).words("application-status") == "On its way"


@pytest.mark.promise("P27")
def test_what_was_sent_can_be_looked_at_again(harjinder: Applicant) -> None:
    base = harjinder.sent()

    page = harjinder.page(f"{base}/sent")

    assert page.words("payload-digest") == harjinder.page(base).words("payload-digest")
    assert page.words("value-mother_name") == "ਹਰਜਿੰਦਰ ਕੌਰ"


def test_the_list_goes_on_page_by_page(harjinder: Applicant) -> None:
    oldest = harjinder.sent("income-certificate").rsplit("/", 1)[1]
    harjinder.drafts(20)

    first = harjinder.page("/applications")
    link = next(node.get("href") for node in first.root.iter(f"{XHTML}a") if node.get("rel") == "next")
    second = harjinder.page(link)

    rows = [row.get("data-id") for page in (first, second) for row in page.all("application-row")]
    assert (len(first.all("application-row")), len(second.all("application-row"))) == (20, 1)
    assert len(set(rows)) == 21
    assert rows[-1] == oldest


def test_a_made_up_place_in_the_list_is_not_found(harjinder: Applicant) -> None:
    assert harjinder.client.get("/applications?before=AAAA-AAAA").status_code == 404
