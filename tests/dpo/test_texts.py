"""Publishing: one drafts, another puts it into force, and it never changes again (P10, P44)."""

import shutil
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from flask import Flask

from msewa.consents.purposes import READERS, purposes, read_by
from msewa.consents.texts import SHIPPED
from msewa.dpo.drafts import read_draft
from msewa.dpo.operations import publishing
from msewa.dpo.operations.publishing import AlreadySettledError
from msewa.dpo.queries import get_text
from msewa.extensions import db, writing
from msewa.web.clock import INDIA, day_of
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat

WORDS = {"en": "A new sentence.", "pa": "ਨਵਾਂ ਵਾਕ।", "hi": "नया वाक्य।"}


# Purposes that a release to come would act under.
SENDER, NEW = "msewa.consents.announcing", ("newsletter.duty", "newsletter.farming")


@pytest.fixture(autouse=True)
def nothing_published(app: Flask) -> Iterator[None]:
    read_by(app, SENDER, *NEW)
    yield
    shutil.rmtree(app.extensions["settings"].data / "published", ignore_errors=True)
    app.extensions[READERS] -= {(SENDER, purpose_id) for purpose_id in NEW}
    app.extensions["frames"].clear()


def policy(clock: ClockHandle, **other: Any) -> dict[str, Any]:
    content = yaml.safe_load((SHIPPED / "policy-1.0.yaml").read_text())
    content["sections"][0]["blocks"].append({"text": WORDS})
    return {**content, "version": "1.1", "effective_on": day_of(clock.now()), "changes": [WORDS], **other}


def as_text(content: Any) -> str:
    return yaml.dump(content, allow_unicode=True, sort_keys=False, Dumper=Plain)


class Plain(yaml.SafeDumper):
    """Writes repeated words out again."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def drafted(officer: Seat, content: Any, name: str = "policy") -> str:
    answer = officer.client.submit("/dpo/texts", "text", name=name, content=as_text(content))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"].rpartition("/")[2]


def acting(officer: Seat) -> Any:
    """Return an officer as operations want her, without a request."""
    return SimpleNamespace(id=officer.person.id, key=officer.person.subject().key, actor=officer.person.actor)


def done(officer: Seat, number: str, act: str) -> int:
    fields = officer.client.page(f"/dpo/texts/{number}").fields("withdraw")
    return officer.client.post(f"/dpo/texts/{number}", data={**fields, "do": act}).status_code


@pytest.mark.promise("P10")
def test_another_officer_puts_a_draft_into_force_and_the_old_version_stays(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    number = drafted(anita, policy(clock))
    before = anita.client.get("/privacy/policy/1.1").status_code

    own, others = done(anita, number, "publish"), done(jaspreet, number, "publish")

    assert (before, own, others) == (404, 409, 303)
    assert WORDS["en"] in anita.client.page("/privacy/policy/1.1").text
    assert WORDS["en"] not in anita.client.page("/privacy/policy/1.0").text
    assert [jaspreet.acts()[0], anita.acts()[0]] == ["text.published", "text.drafted"]


@pytest.mark.promise("P10")
def test_the_difference_to_what_holds_is_shown_before(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    number = drafted(anita, policy(clock))

    page = jaspreet.client.page(f"/dpo/texts/{number}")

    found = [[code for code, one in WORDS.items() if one in "".join(row.itertext())] for row in page.all("text-change")]
    assert found == [["pa"], ["pa"], ["hi"], ["hi"], ["en"], ["en"]], "of each language what changes for her, and where"


@pytest.mark.promise("P10")
def test_what_differs_in_one_language_alone_is_shown_to_everybody(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    content = policy(clock)
    content["sections"][1]["title"] = {**content["sections"][1]["title"], "pa": "ਹੋਰ ਗੱਲ"}

    page = jaspreet.client.page(f"/dpo/texts/{drafted(anita, content)}?lang=en")

    assert any("ਹੋਰ ਗੱਲ" in "".join(row.itertext()) for row in page.all("text-change"))


@pytest.mark.promise("P44")
def test_on_what_ground_a_new_purpose_stands_is_shown_before(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    done(jaspreet, drafted(anita, policy(clock)), "publish")
    content = [{**newsletter(), "id": "newsletter.duty", "number": 99, "ground": "law", "effective_on": day_of(clock.now())}]

    page = jaspreet.client.page(f"/dpo/texts/{drafted(anita, content, name='purposes')}")

    assert "ground: law" in "".join(page.all("text-change")[0].itertext())


@pytest.mark.promise("P44")
@pytest.mark.parametrize(
    ("code", "named"), [("en", "How to reach you, Who looked, what was done"), ("hi", "आप तक कैसे पहुँचें, किसने देखा, क्या हुआ")]
)
def test_what_a_new_version_uses_is_named_in_words(anita: Seat, jaspreet: Seat, clock: ClockHandle, code: str, named: str) -> None:
    done(jaspreet, drafted(anita, policy(clock)), "publish")
    content = [{**newsletter(), "version": 2, "categories": ["contact", "access"], "effective_on": day_of(clock.now())}]

    page = jaspreet.client.page(f"/dpo/texts/{drafted(anita, content, name='purposes')}?lang={code}")

    said = "".join(page.all("text-change")[0].itertext())
    assert f"categories: {named}" in said
    assert "('contact'" not in said


def newsletter() -> dict[str, Any]:
    """Return the entry of a purpose that is hers to choose."""
    return next(row for row in yaml.safe_load((SHIPPED / "purposes.yaml").read_text()) if row["id"] == "newsletter")


@pytest.mark.promise("P29", "P44")
@pytest.mark.parametrize(("purpose_id", "ground"), [("newsletter", "law"), ("newsletter", "legal_duty"), ("service", "choice")])
def test_a_purpose_never_changes_its_ground(anita: Seat, jaspreet: Seat, clock: ClockHandle, purpose_id: str, ground: str) -> None:
    done(jaspreet, drafted(anita, policy(clock)), "publish")
    row = next(row for row in yaml.safe_load((SHIPPED / "purposes.yaml").read_text()) if row["id"] == purpose_id)
    content = as_text([{**row, "version": 2, "ground": ground, "effective_on": day_of(clock.now())}])

    answer = anita.client.submit("/dpo/texts", "text", name="purposes", content=content)

    assert answer.status_code == 422
    assert "A purpose keeps its ground" in answer.get_data(as_text=True)
    assert len(anita.client.page("/dpo/texts").all("text-row")) == 1, "the policy alone"


@pytest.mark.promise("P10")
def test_a_draft_for_today_is_for_today_in_india(anita: Seat, clock: ClockHandle) -> None:
    midnight = datetime.combine(day_of(clock.now()) + timedelta(days=1), time(), tzinfo=INDIA)
    clock.advance(seconds=(midnight - clock.now()).total_seconds() + 60)
    yesterday = policy(clock, effective_on=clock.now().date())  # in Greenwich it is still that day

    late = anita.again().client.submit("/dpo/texts", "text", name="policy", content=as_text(yesterday))

    assert late.status_code == 422
    assert "before today" in late.get_data(as_text=True)
    assert drafted(anita, policy(clock)).startswith("T-")


def test_a_publication_that_was_cut_off_is_ended_by_the_next_try(app: Flask, anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    number = drafted(anita, policy(clock))
    with app.app_context():
        found = get_text(number)
        publishing.publish(found, officer=acting(jaspreet), now=clock.now())
        db.session.rollback()

    assert done(jaspreet, number, "publish") == 303
    assert anita.client.page(f"/dpo/texts/{number}").words("text-state") == "In force"


def test_of_two_drafts_published_at_one_moment_the_first_holds(app: Flask, anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    other = {**WORDS, "en": "Another sentence."}
    first, second = drafted(anita, policy(clock)), drafted(anita, policy(clock, changes=[other]))
    with app.app_context():
        both = [get_text(number) for number in (first, second)]
        checked = read_draft("policy", both[1].content, today=day_of(clock.now()))
    assert done(jaspreet, first, "publish") == 303

    with app.app_context(), writing(), pytest.MonkeyPatch.context() as at_once:
        # What the second process had read before the first one's file was there.
        at_once.setattr(publishing, "read_draft", lambda *_, **__: checked)
        with pytest.raises(AlreadySettledError):
            publishing.publish(both[1], officer=acting(jaspreet), now=clock.now())
        db.session.rollback()

    assert "Another sentence." not in (app.extensions["settings"].data / "published" / "policy-1.1.yaml").read_text()


@pytest.mark.promise("P44")
def test_a_new_purpose_is_published_by_two_and_everybody_is_not_asked(anita: Seat, jaspreet: Seat, app: Flask, clock: ClockHandle) -> None:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text())
    changed = {"id": "newsletter.farming", "number": 99, "version": 1, "title": WORDS, "effective_on": day_of(clock.now())}
    new = {**next(row for row in rows if row["id"] == "newsletter"), **changed}
    done(jaspreet, drafted(anita, policy(clock)), "publish")
    number = drafted(anita, [new], name="purposes")

    done(jaspreet, number, "publish")

    with app.app_context():
        assert "newsletter.farming" in purposes()
    assert WORDS["en"] in anita.client.page("/privacy/purposes/newsletter.farming").text


def test_what_was_put_aside_is_never_in_force(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    number = drafted(anita, policy(clock))
    stale = jaspreet.client.page(f"/dpo/texts/{number}").fields("publish")
    done(anita, number, "withdraw")

    answer = jaspreet.client.post(f"/dpo/texts/{number}", data=stale)

    assert answer.status_code == 409
    assert anita.client.get("/privacy/policy/1.1").status_code == 404


def test_of_two_drafts_of_one_version_the_second_is_refused(anita: Seat, jaspreet: Seat, clock: ClockHandle) -> None:
    first, second = drafted(anita, policy(clock)), drafted(anita, policy(clock))

    assert [done(jaspreet, number, "publish") for number in (first, second)] == [303, 409]
