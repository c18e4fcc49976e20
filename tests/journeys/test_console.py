"""Anita and Jaspreet answer for the data: a complaint, a case, a demand under law, a breach; Harjinder sees all of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.places import PASSED_AT_THE_CONSOLE
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
REASON = "To answer her complaint"
BREACH = ("nature", "extent", "consequences", "mitigation", "advice")


@dataclass
class Console:
    """A citizen and two officers at their browsers."""

    she: Visitor
    anita: Visitor
    jaspreet: Visitor
    door: TestersDoor

    def she_complains_and_is_answered(self) -> None:
        """Write a complaint; an officer opens it for a reason and answers."""
        she, anita = self.she, self.anita
        she.open("/grievances/new")
        she.arrives("grievances.new")
        she.send("grievance", text="Somebody read my address.")
        she.arrives("grievances.show")
        number = she.says("grievance-ref")
        anita.open("/dpo")
        anita.arrives("dpo.home")
        anita.open("/dpo/grievances")
        anita.arrives("dpo.complaints")
        anita.page.get_by_role("link", name=number).click()
        anita.arrives("dpo.complaint")
        anita.send("open", reason=REASON)
        anita.form("answer").wait_for()
        anita.look("dpo.complaint, opened")
        anita.send("answer", answer="It was the clerk of your own application.")
        she.page.reload()
        she.at("answer").wait_for()
        she.look("grievances.show, answered")

    def she_has_something_corrected(self) -> None:
        """Ask the office to correct its copy of an application."""
        she = self.she
        ref = Citizen(she, self.door).applies("grievance-state", address="# 14, Handiaya Road")
        she.open(f"/grievances/corrections/{ref}")
        she.arrives("grievances.correction")
        she.form("correction").get_by_test_id("submit").click()
        she.at("error-summary").wait_for()
        she.look("grievances.correction, refused")

    def a_person_is_looked_up(self, mobile: str) -> None:
        """Open a case, find her masked, open one field."""
        anita = self.anita
        anita.open("/dpo/cases")
        anita.send("case", kind="terms")
        anita.arrives("dpo.cases")
        case = anita.at("case-row").first.get_attribute("data-id")
        anita.open("/dpo/people")
        anita.arrives("dpo.people")
        anita.send("search", mobile=mobile, case=case, reason=REASON)
        anita.arrives("dpo.person")
        anita.form("open").locator("[name=fields][value=address]").check()
        anita.send("open", reason=REASON)
        anita.at("value-address").wait_for()
        anita.look("dpo.person, opened")

    def a_law_demands_something(self, mobile: str) -> None:
        """Refuse an informal request; carry out a demand that two approve."""
        anita, jaspreet = self.anita, self.jaspreet
        anita.open("/dpo/legal/new")
        anita.send("demand", ground="informal")
        anita.arrives("dpo.draft")
        anita.form("demand").locator("[name=fields][value=address]").check()
        said = {"authority": "Sessions Court", "provision": "BNSS 2023, section 94", "instrument": "114 of 2026"}
        anita.send("demand", ground="law", subject=mobile, **said)
        anita.arrives("dpo.demand")
        number = anita.says("demand-ref")
        anita.form("approve").get_by_role("button").click()
        anita.form("approve").wait_for(state="detached")
        anita.send("execute")
        anita.at("error-summary").wait_for()
        anita.look("dpo.demand, refused")
        jaspreet.open(f"/dpo/legal/{number}")
        jaspreet.form("approve").get_by_role("button").click()
        jaspreet.form("approve").wait_for(state="detached")
        jaspreet.send("execute")
        jaspreet.page.get_by_role("link", name=number).or_(jaspreet.page.locator(f'a[href$="{number}/document"]')).last.click()
        jaspreet.arrives("dpo.document")
        jaspreet.open("/dpo/legal")
        jaspreet.arrives("dpo.demands")

    def a_breach_is_told(self) -> None:
        """Write a breach down, tell whom it concerns; she reads it."""
        anita, she, now = self.anita, self.she, self.door.now().astimezone(ZoneInfo("Asia/Kolkata"))
        anita.open("/dpo/breaches/new")
        anita.arrives("dpo.register_breach")
        span = {"began_at": f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M}", "ended_at": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}"}
        said = {f"{part}_{code}": f"Words about {part}." for part in BREACH for code in ("en", "pa", "hi")}
        anita.send("breach", act="looked", causes="Words about causes.", **span, **said)
        anita.arrives("dpo.breach")
        self.door.work()
        anita.page.reload()
        anita.send("tell")
        self.door.work()
        anita.open("/dpo/breaches")
        anita.arrives("dpo.breaches")
        she.open("/profile")
        she.at("breach-alert").get_by_role("link").click()
        she.arrives("dpo.notice")
        she.send("read")
        she.form("read").wait_for(state="detached")

    def a_text_is_drafted(self) -> None:
        """Try to draft a policy that is none."""
        anita = self.anita
        anita.open("/dpo/texts")
        anita.send("text", name="policy", content="version: 2")
        anita.at("error-summary").wait_for()
        anita.look("dpo.texts, refused")


@pytest.mark.parametrize("language", ["pa", "hi", "en"])
def test_what_those_who_answer_for_the_data_do(
    browser: Browser, server: LiveServer, visit: Callable[..., Visitor], door: TestersDoor, language: str
) -> None:
    inspector = Inspector(browser, url=server.url, thorough=language == "pa")
    mobile = door.person("harjinder")["mobile"]
    people = {}
    for name in ("harjinder", "anita", "jaspreet"):
        people[name] = visit(language=language)
        people[name].open(f"/?lang={language}")
        Citizen(people[name], door).signs_in(name)
        inspector.accompany(people[name])
    story = Console(people["harjinder"], people["anita"], people["jaspreet"], door)

    story.she_complains_and_is_answered()
    story.she_has_something_corrected()
    story.a_person_is_looked_up(mobile)
    story.a_law_demands_something(mobile)
    story.a_breach_is_told()
    story.a_text_is_drafted()

    assert inspector.seen >= PASSED_AT_THE_CONSOLE
    inspector.finish()
