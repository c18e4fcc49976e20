"""Commands on an installation that is not ready: one line that says what to do, and no trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from msewa import create_app
from msewa.config import Settings, SettingsError
from msewa.extensions import db


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose database was never made."""
    app = create_app(Settings(mode="demo", data=tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("command", [("worker", "--once"), ("worker", "--revive", "--once"), ("catalogue", "load"), ("seed",)])
def test_a_command_says_in_one_line_that_the_database_is_not_ready(bare: Flask, command: tuple[str, ...]) -> None:
    result = bare.test_cli_runner().invoke(args=command)

    assert result.exit_code != 0
    assert result.output.splitlines()[-1].startswith("Error: The database is away, or not ready yet: flask --app app prepare")
    assert isinstance(result.exception, SystemExit)


def test_an_installation_without_a_catalogue_is_not_ready(bare: Flask) -> None:
    answer = bare.test_client().get("/health/ready")

    assert (answer.status_code, answer.json) == (503, ["catalogue"])


@pytest.mark.parametrize("place", ["missing/file", "file/file"])
def test_a_command_says_in_one_line_that_it_can_not_write_there(app: Flask, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()

    result = app.test_cli_runner().invoke(args=["backup", str(tmp_path / place)])

    assert result.exit_code != 0
    assert result.output.splitlines()[-1].startswith(f"Error: {tmp_path / place}: No")
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("command", [("security", "open", "--case", "C-1", "--share"), ("ledger", "verify", "--against")])
def test_a_file_that_is_no_text_is_told_in_one_line(app: Flask, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe0")

    result = app.test_cli_runner().invoke(args=[*command, str(tmp_path / "picture")])

    assert result.exit_code != 0
    assert result.output.splitlines()[-1].startswith("Error: ")
    assert isinstance(result.exception, SystemExit)


def test_a_data_folder_that_can_not_be_made_is_told_as_a_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"^MSEWA_DATA must be a folder that can be written: .*: Not a directory\.$"):
        create_app(Settings(mode="demo", data=tmp_path / "file"))
