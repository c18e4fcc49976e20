"""Commands on an installation that is not ready: one line that says what to do, and no trace."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, make_url

from msewa import create_app
from msewa.closure.vault import get_current_key
from msewa.config import Settings, SettingsError
from msewa.extensions import db
from tests.installation import ROOT, new_database


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
    assert result.output.splitlines()[-1].startswith("Error: The database is not ready yet: flask --app app prepare")
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"database": "nosuch"}, 'database "nosuch" does not exist.'),
        ({"username": "nosuch"}, 'role "nosuch" does not exist.'),
        ({"host": "127.0.0.1", "port": 1}, 'connection to server at "127.0.0.1", port 1 failed: Connection refused.'),
    ],
    ids=["database", "role", "host"],
)
@pytest.mark.parametrize("command", ["prepare", "worker"])
def test_a_command_says_what_keeps_it_from_the_server_and_never_the_password(
    tmp_path: Path, change: dict[str, Any], said: str, command: str
) -> None:
    url = make_url(os.environ["MSEWA_TEST_POSTGRES"]).set(password="of the owner", **change)
    if "host" in change:
        url = url.set(query={})
    app = create_app(Settings(mode="demo", data=tmp_path, database_url=url.render_as_string(hide_password=False)))

    result = app.test_cli_runner().invoke(args=[command])

    line = result.output.splitlines()[-1]
    assert (result.exit_code, line.partition(":")[0]) == (1, "Error")
    assert line.startswith("Error: The database of MSEWA_DATABASE_URL can not be used: ")
    assert said in line
    assert "of the owner" not in result.output


@pytest.mark.parametrize(
    ("pragma", "said"),
    [("query_only=ON", "attempt to write a readonly database"), ("max_page_count=1", "database or disk is full")],
    ids=["readonly", "full"],
)
def test_a_command_says_that_the_embedded_database_is_readonly_or_its_disk_full(bare: Flask, pragma: str, said: str) -> None:
    with bare.app_context():
        engine = db.engine

    def limit(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", limit)

    result = bare.test_cli_runner().invoke(args=["prepare"])

    assert (result.exit_code, result.output.splitlines()[-1]) == (1, f"Error: The database in MSEWA_DATA can not be used: {said}.")


@pytest.mark.promise("P72")
def test_an_embedded_database_that_others_could_read_is_shut_when_it_is_opened(bare: Flask) -> None:
    file = bare.extensions["settings"].data / "msewa.db"
    file.touch()
    file.chmod(0o644)

    bare.test_client().get("/health/ready")

    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_an_embedded_database_of_another_key_ring_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "msewa.db").write_bytes(bytes(range(256)) * 16)

    result = create_app(Settings(mode="demo", data=tmp_path)).test_cli_runner().invoke(args=["prepare"])

    assert result.output.splitlines()[-1] == "Error: The database in MSEWA_DATA can not be used: file is not a database."


def test_an_installation_without_a_catalogue_is_not_ready(bare: Flask) -> None:
    answer = bare.test_client().get("/health/ready")

    assert (answer.status_code, answer.json) == (503, ["catalogue"])


@pytest.mark.parametrize("place", ["missing/file", "file/file"])
def test_a_command_says_in_one_line_that_it_can_not_write_there(app: Flask, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with app.app_context():
        month = get_current_key(now=app.extensions["clock"].now()).month

    result = app.test_cli_runner().invoke(args=["vault", "export", "--month", month, "--out", str(tmp_path / place)])

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


def test_several_processes_that_make_a_new_server_ready_at_once_wait_for_each_other(tmp_path: Path) -> None:
    database = new_database()
    create_app(Settings(mode="demo", data=tmp_path))  # makes the key ring, which is not what they meet at
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    environment = inherited | {"MSEWA_DATA": str(tmp_path), "MSEWA_DATABASE_URL": database}
    command = [sys.executable, "-m", "flask", "--app", "app", "prepare"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    running = [subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) for _ in range(3)]
    told = [(*process.communicate(timeout=120), process.returncode) for process in running]

    assert [code for _, _, code in told] == [0, 0, 0], told
    assert sum("Loading the catalogue" in said for said, _, _ in told) == 1
