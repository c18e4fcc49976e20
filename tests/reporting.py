"""Which clauses of the policy this run proved: printed at its end, written down as evidence when asked for, and complete in a full run.

In a full run every clause whose feature exists needs a passing test, and no other clause may have one; in CI a skipped test fails the run.
"""

import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from msewa.promises.queries import EVIDENCE, clauses, read_evidence
from tests.evidence import Tally, find_objections, written

# While features are still being built, what is lacking is a warning; True makes it fail the run.
STRICT = True
WANTED = os.environ.get("MSEWA_EVIDENCE") == "1"


class PromiseReport:
    """Collects the `promise` marks of tests that passed, also across test processes."""

    def __init__(self, *, fail_on_skip: bool, strict: bool = STRICT, write_to: Path | None = EVIDENCE if WANTED else None) -> None:
        self._fail_on_skip = fail_on_skip
        self._strict = strict
        self._write_to = write_to
        self._tally = Tally()
        self._skipped: dict[str, str] = {}
        self._objections: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Send each test's clauses along with its report."""
        report = yield
        report.user_properties.extend(("promise", clause) for mark in item.iter_markers("promise") for clause in mark.args)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what passed, failed or was skipped."""
        marked = {str(value) for name, value in report.user_properties if name == "promise"}
        if report.skipped:
            self._skipped[report.nodeid] = _reason_of(report)
        elif report.failed or report.when == "call":
            self._tally.note(report.nodeid, marked, passed=not report.failed)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a full run fail where a clause has no proof, and any run where a test was skipped and nothing may be."""
        if self._fail_on_skip and self._skipped and session.exitstatus == 0:
            session.exitstatus = 1
        if not _is_full(session):
            return
        self._objections = find_objections(self._tally, clauses().values())
        if self._strict and self._objections and session.exitstatus == 0:
            session.exitstatus = 1
        if self._write_to:
            before = read_evidence(self._write_to)
            self._write_to.write_text(written(self._tally, before=before, now=datetime.now(UTC)), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print why tests were skipped, the clauses with a passing test, in their order, and what is lacking."""
        for reason, count in Counter(self._skipped.values()).items():
            terminalreporter.write_line(f"skipped: {count}: {reason}")
        kept, broken = self._tally.kept(), self._tally.broken()
        if kept or broken:
            names = sorted(kept, key=lambda clause: int(re.sub(r"\D", "", clause)))
            counts = " ".join(f"{name}({len(self._tally.of(name).passed)})" for name in names)
            terminalreporter.write_line(f"clauses proved: {len(kept)}: {counts}")
        if broken:
            terminalreporter.write_line(f"clauses broken: {' '.join(sorted(broken))}")
        if self._objections:
            terminalreporter.write_line("clauses, which fails this run:" if self._strict else "clauses, warning:")
            for objection in self._objections:
                terminalreporter.write_line(f"  {objection}")
        if self._fail_on_skip and self._skipped:
            terminalreporter.write_line(f"skipped, which fails this run: {' '.join(sorted(self._skipped))}")


def _reason_of(report: pytest.TestReport) -> str:
    # Where, in which line, and why; as text alone where a plugin made the report.
    told = report.longrepr
    return str(told[2] if isinstance(told, tuple) else told).removeprefix("Skipped: ")


def _is_full(session: pytest.Session) -> bool:
    """Whether this is the whole suite, run to its end, seen from the process that sees all of it."""
    config, option = session.config, session.config.option
    is_chosen = option.keyword or option.markexpr or getattr(option, "deselect", None) or option.collectonly
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not is_chosen
    return is_whole and not hasattr(config, "workerinput") and session.exitstatus in (0, 1) and not session.shouldstop
