"""Making the key ring of a new installation, before which nothing else can start."""

from pathlib import Path

import pytest

from tests.security.test_startup import start


@pytest.mark.promise("P25")
def test_a_new_installation_makes_its_key_ring_by_the_command_that_the_refusal_names(tmp_path: Path) -> None:
    refused = start(tmp_path / "data")
    made = start(tmp_path / "data", "-m", "flask", "--app", "app", "keys", "create")
    listed = start(tmp_path / "data", "-m", "flask", "--app", "app", "keys", "list")
    again = start(tmp_path / "data", "-m", "flask", "--app", "app", "keys", "create")

    assert "flask --app app keys create" in refused.stderr
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "data" / "keyring.json").stat().st_mode & 0o777 == 0o600
    assert "sandbox" not in listed.stdout
    assert again.returncode != 0
    assert "There is already a key ring" in again.stderr


def test_a_restored_installation_is_told_to_take_the_key_ring_of_its_backup(tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"...")

    refused = start(tmp_path / "data", "-m", "flask", "--app", "app", "restore", str(tmp_path / "backup"))

    assert refused.returncode != 0
    assert "One that is restored takes the backup's own" in refused.stderr
    assert "Traceback" not in refused.stderr
