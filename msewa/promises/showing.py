"""Test names as the sentences that they are."""

from collections.abc import Iterable

MOST_SHOWN = 30  # tests on one page, which stays within its weight; the rest is counted


def sentences_by_file(tests: Iterable[str]) -> tuple[dict[str, list[str]], int]:
    """Return sentences by file for the first tests (`tests/web/test_ui.py::test_a_row_is_one_link`), and how many are not shown."""
    every = list(tests)
    shown: dict[str, list[str]] = {}
    for test in every[:MOST_SHOWN]:
        file, _, name = test.partition("::")
        shown.setdefault(file, []).append(name.rpartition("::")[2].removeprefix("test_").replace("_", " "))
    return shown, max(0, len(every) - MOST_SHOWN)
