"""Which clauses of the policy this run proved, printed at its end; in CI a skipped test fails the run."""

import re
from typing import Any

import pytest


class PromiseReport:
    """Collects the `promise` marks of tests that passed, also across test processes."""

    def __init__(self, *, fail_on_skip: bool) -> None:
        self._fail_on_skip = fail_on_skip
        self._kept: dict[str, int] = {}
        self._broken: set[str] = set()
        self._skipped: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Send each test's clauses along with its report."""
        report = yield
        report.user_properties.extend(("promise", clause) for mark in item.iter_markers("promise") for clause in mark.args)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what passed, failed or was skipped."""
        clauses = {str(value) for name, value in report.user_properties if name == "promise"}
        if report.skipped:
            self._skipped.append(report.nodeid)
        elif report.failed:
            self._broken |= clauses
        elif report.when == "call":
            for clause in clauses:
                self._kept[clause] = self._kept.get(clause, 0) + 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a skipped test fail the run where nothing may be missing."""
        if self._fail_on_skip and self._skipped and session.exitstatus == 0:
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the clauses with a passing test, in their order."""
        kept = sorted(self._kept.keys() - self._broken, key=lambda clause: int(re.sub(r"\D", "", clause)))
        if kept or self._broken:
            terminalreporter.write_line(f"clauses proved: {len(kept)}: {' '.join(f'{name}({self._kept[name]})' for name in kept)}")
        if self._broken:
            terminalreporter.write_line(f"clauses broken: {' '.join(sorted(self._broken))}")
        if self._fail_on_skip and self._skipped:
            terminalreporter.write_line(f"skipped, which fails this run: {' '.join(sorted(set(self._skipped)))}")
