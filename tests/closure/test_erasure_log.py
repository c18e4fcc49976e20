"""The erasure log in a folder: what its seals and its head notice, and how it goes on."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from msewa.closure.erasure_log import HEAD, NAME, append, read_log
from msewa.crypto.keyring import Key, Purpose

BEGAN = datetime(2026, 11, 23, tzinfo=UTC)
KEY, OLDER = (Key(id=secrets.token_hex(8), purpose=Purpose.BACKUP, secret=secrets.token_bytes(32)) for _ in range(2))
Lines = list[str]


def written(folder: Path, count: int = 4, *, key: Key = KEY, known: dict[bytes, datetime] | None = None) -> dict[bytes, datetime]:
    """Write marks down one after another, as people leave; return them."""
    folder.mkdir(exist_ok=True)
    marks = {secrets.token_bytes(32): BEGAN + timedelta(hours=hour) for hour in range(count)}
    for mark, moment in marks.items():
        append(folder, {mark: moment}, keys=[key, OLDER], everybody=lambda: known or {})
    return marks


def lines_of(folder: Path) -> Lines:
    return (folder / NAME).read_text().splitlines(keepends=True)


def changed(lines: Lines, at: int, letter: int) -> Lines:
    line = lines[at]
    return [*lines[:at], f"{line[:letter]}{'1' if line[letter] != '1' else '2'}{line[letter + 1 :]}", *lines[at + 1 :]]


def test_a_log_is_what_was_written_under_every_key_there_was(tmp_path: Path) -> None:
    marks = written(tmp_path, key=OLDER) | written(tmp_path)

    assert read_log(tmp_path, keys=[KEY, OLDER]) == (marks, "")
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in (NAME, HEAD)] == [0, 0]


@pytest.mark.promise("P53")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[1:],
        lambda lines: lines[:1] + lines[2:],
        lambda lines: [*lines[:2], lines[3], lines[2]],
        lambda lines: [*lines[:-1], lines[-1][:-70]],
        lambda lines: [*lines[:-1], lines[-1][:90] + "\n"],
        lambda lines: [line[:-66] + "\n" for line in lines],
        lambda lines: [*lines[:1], "\n", *lines[1:]],
        lambda lines: [],
        lambda lines: changed(lines, 1, 3),
        lambda lines: changed(lines, 1, 50),
        lambda lines: changed(lines, 3, 50),
        lambda lines: changed(lines, 3, 95),
        lambda lines: changed(lines, 3, 130),
        lambda lines: changed(lines, 0, 50),
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_line_is_noticed(tmp_path: Path, spoil: Callable[[Lines], Lines]) -> None:
    written(tmp_path)

    (tmp_path / NAME).write_text("".join(spoil(lines_of(tmp_path))))

    assert read_log(tmp_path, keys=[KEY]).fault


@pytest.mark.promise("P53")
@pytest.mark.parametrize("fault", ["missing", "empty", "of a line further up", "another's"])
def test_a_log_whose_head_does_not_vouch_for_it_is_told(tmp_path: Path, fault: str) -> None:
    written(tmp_path / "other", 1)
    written(tmp_path)
    head, lines = (tmp_path / HEAD).read_text(), lines_of(tmp_path)
    heads = {
        "empty": "",
        # The seals of the lines can be read by everybody: they must not be enough to make a head of.
        "of a line further up": head.replace(lines[-1].split()[-1], lines[-2].split()[-1]),
        "another's": (tmp_path / "other" / HEAD).read_text(),
    }

    (tmp_path / NAME).write_text("".join(lines[:-1]) if fault == "of a line further up" else "".join(lines))
    (tmp_path / HEAD).unlink() if fault == "missing" else (tmp_path / HEAD).write_text(heads[fault])

    assert HEAD in read_log(tmp_path, keys=[KEY]).fault


def test_parts_of_several_machines_are_laid_together_and_none_may_be_cut(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    marks = written(first) | written(second)
    for name in (NAME, HEAD):
        (tmp_path / name).write_text((first / name).read_text() + (second / name).read_text())
    whole = read_log(tmp_path, keys=[KEY])

    (tmp_path / NAME).write_text("".join(lines_of(first)[:-1] + lines_of(second)))

    assert whole == (marks, "")
    assert read_log(tmp_path, keys=[KEY]).fault


def test_a_machine_that_stopped_before_it_wrote_the_head_leaves_no_fault(tmp_path: Path) -> None:
    marks = written(tmp_path, 3)
    head = (tmp_path / HEAD).read_text()
    marks |= written(tmp_path, 1)

    (tmp_path / HEAD).write_text(head)

    assert read_log(tmp_path, keys=[KEY]) == (marks, "")


@pytest.mark.parametrize("spoilt", ["a half line", "a cut line", "no head", "no log", "of the first release"])
def test_a_spoilt_log_is_written_anew_with_all_that_the_database_knows(tmp_path: Path, spoilt: str) -> None:
    known = written(tmp_path)
    lines = lines_of(tmp_path)
    texts = {
        "a half line": [*lines, lines[0][:60]],
        "a cut line": lines[:-1],
        "of the first release": [line[:-66] + "\n" for line in lines],
    }
    (tmp_path / NAME).write_text("".join(texts.get(spoilt, lines)))
    (tmp_path / (HEAD if spoilt == "no head" else NAME)).unlink() if spoilt in ("no head", "no log") else None

    marks = known | written(tmp_path, 1, known=known)

    assert read_log(tmp_path, keys=[KEY]) == (marks, "")
