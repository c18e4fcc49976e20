"""Backup and restore: everything comes back as it was, but for those who have left since."""

import resource
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.closure.backups import digest_of, tables
from msewa.extensions import db
from msewa.profile.queries import get_profile
from tests.closure.conftest import Leaver, run, work
from tests.installation import Installation, raw_bytes
from tests.people import PROFILE, signed_in, somebody
from tests.strict_client import StrictClient

Anew = Callable[..., Installation]


def digests(installation: Installation) -> dict[str, tuple[int, str]]:
    with installation.app.app_context():
        return {table.name: digest_of(table) for table in tables()}


@pytest.mark.promise("P71")
def test_everything_comes_back_with_the_same_digests(leaver: Leaver, installation: Installation, anew: Anew, tmp_path: Path) -> None:
    work(leaver.app)
    before = digests(installation)
    made = run(leaver.app, "backup", str(tmp_path / "b"))

    other = anew()
    (other.folder / "ledger.checkpoint").write_text("what was signed after the backup")
    restored = run(other.app, "restore", str(tmp_path / "b"))

    assert made.exit_code == restored.exit_code == 0, restored.output
    assert run(other.app, "ledger", "verify").exit_code == 0
    assert digests(other) == before
    assert before["application"][0] == 3
    with other.app.app_context():
        assert get_profile(leaver.person.subject())["bank_account"].value == PROFILE["bank_account"]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P71")
def test_a_backup_of_the_embedded_database_moves_to_the_server_and_goes_on_there(leaver: Leaver, anew: Anew, tmp_path: Path) -> None:
    work(leaver.app)
    run(leaver.app, "backup", str(tmp_path / "b"))

    other = anew(on="postgres")
    restored = run(other.app, "restore", str(tmp_path / "b"))
    person = signed_in(StrictClient.of(other.app), app=other.app)

    assert restored.exit_code == 0, restored.output
    assert person.id


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P50", "P71", "P72")
def test_nothing_of_her_can_be_read_in_the_file(leaver: Leaver, tmp_path: Path) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))

    content = raw_bytes(tmp_path / "b")

    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert [
        word for word in (*PROFILE.values(), leaver.person.mobile, leaver.person.id, "Planted", "account") if word.encode() in content
    ] == []


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P71")
@pytest.mark.parametrize("fault", ["a bit", "its end", "its middle", "another file", "another key ring", "somebody lives here"])
def test_what_is_not_whole_or_not_empty_changes_nothing(leaver: Leaver, anew: Anew, tmp_path: Path, fault: str) -> None:
    run(leaver.app, "backup", str(tmp_path / "b"))
    content = (tmp_path / "b").read_bytes()
    middle = len(content) // 2
    spoilt = {
        "a bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "its end": content[:-100],
        "its middle": content[: middle - 50_000] + content[middle + 50_000 :],
        "another file": b"PK\x03\x04 something else altogether",
    }
    (tmp_path / "b").write_bytes(spoilt.get(fault, content))
    other = anew(keys=fault != "another key ring")
    if fault == "somebody lives here":
        somebody(other.app)
    before = digests(other)

    refused = run(other.app, "restore", str(tmp_path / "b"))

    assert refused.exit_code == 1, refused.output
    assert refused.output.startswith("Error: ")
    assert digests(other) == before


@pytest.mark.promise("P71")
def test_a_backup_under_load_is_of_one_moment(leaver: Leaver, anew: Anew, tmp_path: Path) -> None:
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            somebody(leaver.app, profile=PROFILE)

    writer = threading.Thread(target=go_on)
    writer.start()
    made = run(leaver.app, "backup", str(tmp_path / "b"))
    stop.set()
    writer.join(30)
    other = anew()
    restored = run(other.app, "restore", str(tmp_path / "b"))

    # Every child found its parent, and every table is as its manifest says.
    assert (made.exit_code, restored.exit_code) == (0, 0), restored.output
    with other.app.app_context():
        accounts = db.session.scalars(select(Account.id)).all()
        assert {len(get_profile(subject_of(one))) >= len(PROFILE) for one in accounts} == {True}


def subject_of(account_id: str):
    return get_subject(account_id)


@contextmanager
def full_after(size: int) -> Generator[None]:
    """Let no file of this process grow beyond some bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.promise("P71")
def test_a_full_disk_leaves_no_half_backup_and_says_so(leaver: Leaver, tmp_path: Path) -> None:
    with full_after(100_000):
        failed = run(leaver.app, "backup", str(tmp_path / "b"))

    assert failed.exit_code != 0
    assert "The backup could not be written (File too large). Nothing of it was left behind." in failed.output
    assert list(tmp_path.iterdir()) == []
    assert run(leaver.app, "backup", str(tmp_path / "b")).exit_code == 0, "room was made, and the same name is free"
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_folder_that_is_not_there_is_named_in_a_sentence(leaver: Leaver, tmp_path: Path) -> None:
    failed = run(leaver.app, "backup", str(tmp_path / "nowhere" / "b"))

    assert failed.exit_code != 0
    assert "The backup could not be written (No such file or directory)." in failed.output
