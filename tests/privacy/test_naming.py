"""Whatever the ledger notes has words that a citizen understands."""

import re

from msewa.privacy.naming import ACTS
from tests.installation import ROOT

RECORDED = re.compile(r'record\(\s*"([a-z_]+(?:\.[a-z_]+)?)"')


def test_every_act_that_the_ledger_notes_has_its_words() -> None:
    noted = {act for path in (ROOT / "msewa").rglob("*.py") for act in RECORDED.findall(path.read_text())}

    assert len(noted) > 10
    assert {act for act in noted if ACTS.keys().isdisjoint({act, act.partition(".")[0]})} == set()
