"""A data protection officer at the console, walking to the pages that lie behind forms."""

from typing import Any
from zoneinfo import ZoneInfo

import yaml

from msewa.consents.texts import SHIPPED
from tests.journeys.citizen import Citizen

INDIA = ZoneInfo("Asia/Kolkata")
WORDS = {"en": "A new sentence.", "pa": "ਨਵਾਂ ਵਾਕ।", "hi": "नया वाक्य।"}


class Officer(Citizen):
    """Anita or Jaspreet with a browser; what she opens lands on the citizen's page."""

    def opens_a_case(self) -> str:
        """Open a case, without which nothing else opens; return its number."""
        here = self.browser
        here.open("/dpo/cases")
        here.send("case", kind="security")
        here.at("case-row").first.wait_for()
        here.look("dpo.cases, with one")
        return here.at("case-row").first.get_attribute("data-id") or ""

    def looks_up(self, mobile: str, *, case: str, reason: str) -> None:
        """Find somebody by number, masked, and open the name."""
        here = self.browser
        here.open("/dpo/people")
        here.send("search", mobile=mobile, case=case, reason=reason)
        here.arrives("dpo.person")
        here.form("open").locator('[name=fields][value="full_name"]').check()
        here.send("open", reason=reason)
        here.at("value-full_name").wait_for()
        here.look("dpo.person, opened")

    def drafts_a_policy(self) -> None:
        """Draft the policy's next version, see how it differs, and put it aside."""
        here = self.browser
        here.open("/dpo/texts")
        here.send("text", name="policy", content=self._next_policy())
        here.arrives("dpo.text")
        here.press("withdraw")

    def _next_policy(self) -> str:
        known: dict[str, Any] = yaml.safe_load((SHIPPED / "policy-1.0.yaml").read_text())
        today = self.door.now().astimezone(INDIA).date()
        return yaml.safe_dump({**known, "version": "1.1", "effective_on": today, "changes": [WORDS]}, allow_unicode=True)
