"""What the vault's commands say, and what they never write over."""

from pathlib import Path

import pytest
from flask import Flask

from tests.closure.ceremony import exported, in_production, leave, offline
from tests.closure.conftest import run
from tests.conftest import ClockHandle
from tests.people import somebody

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@ONE
def test_the_status_says_which_key_is_in_use_and_which_is_wanted_next(app: Flask, clock: ClockHandle, kept) -> None:
    clock.advance(days=9 * 366)  # no other test has made a key for the month after that
    at_first = run(app, "vault", "status")
    with in_production(app):
        served = run(app, "vault", "status")

    assert (at_first.exit_code, at_first.output.count("\n")) == (0, 1)
    assert at_first.output.startswith("Whoever leaves now is sealed to the key of 20")
    assert "yet. Without it nobody can leave" in served.output


def test_help_on_the_custodians_machine_asks_for_no_settings(tmp_path: Path) -> None:
    helped = offline("--help")

    assert (helped.returncode, helped.stderr) == (0, "")
    assert "new-month" in helped.stdout
    assert "never the words themselves" in " ".join(offline("open", "--help").stdout.split())


@pytest.mark.parametrize("group", ["vault", "security"])
def test_help_makes_no_key_ring_where_none_was_asked_for(tmp_path: Path, group: str) -> None:
    helped = offline("--help", group=group, settings={"MSEWA_DATA": str(tmp_path / "data"), "MSEWA_MODE": "demo"})

    assert (helped.returncode, helped.stderr) == (0, "")
    assert "new-" in helped.stdout
    assert not (tmp_path / "data").exists()


@ONE
@pytest.mark.promise("P54")
def test_an_export_is_for_its_maker_alone(app: Flask, tmp_path: Path, kept) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]

    assert oct(exported(app, month, tmp_path).stat().st_mode & 0o777) == "0o600"


@ONE
def test_an_export_never_writes_over_another(app: Flask, tmp_path: Path, kept) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    file = exported(app, month, tmp_path)
    before = file.read_bytes()

    again = run(app, "vault", "export", "--month", month, "--out", str(file))

    assert (again.exit_code, again.output) == (1, f"Error: {file} is there already.\n")
    assert file.read_bytes() == before
