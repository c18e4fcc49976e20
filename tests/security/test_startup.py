"""Production starts only when it is safe, and says in a sentence what is not (P25); demo stays on this machine's own terms."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from msewa import environment
from msewa.config import Settings, SettingsError
from msewa.crypto.keyring import KeyRing
from tests.installation import ROOT
from tests.ports import free_port
from tests.security.conftest import PRODUCTION

UNSAFE = {
    "a missing address": ({"MSEWA_PUBLIC_URL": ""}, "MSEWA_PUBLIC_URL is required in production."),
    "a missing SMS gateway": ({"MSEWA_SMS_URL": ""}, "MSEWA_SMS_URL is required in production."),
    "a missing mail server": ({"MSEWA_SMTP_URL": ""}, "MSEWA_SMTP_URL is required in production."),
    "a missing contact": ({"MSEWA_CONTACT": ""}, "MSEWA_CONTACT is required in production."),
    "no years of keeping": ({"MSEWA_RETENTION_YEARS": ""}, "MSEWA_RETENTION_YEARS is required in production."),
    "no latest year": ({"MSEWA_RETENTION_LATEST_YEARS": ""}, "MSEWA_RETENTION_LATEST_YEARS is required in production."),
    "no legal basis": ({"MSEWA_RETENTION_BASIS": ""}, "MSEWA_RETENTION_BASIS is required in production."),
    "a legal basis of spaces": ({"MSEWA_RETENTION_BASIS": "  "}, "MSEWA_RETENTION_BASIS is required in production."),
    "too few years of keeping": ({"MSEWA_RETENTION_YEARS": "2"}, "MSEWA_RETENTION_YEARS must be at least 3"),
    "a latest year before the first": ({"MSEWA_RETENTION_LATEST_YEARS": "3"}, "MSEWA_RETENTION_LATEST_YEARS must be more than"),
    "a plain address": ({"MSEWA_PUBLIC_URL": "http://msewa.example.org"}, "MSEWA_PUBLIC_URL must begin with https://"),
    "a plain SMS gateway": ({"MSEWA_SMS_URL": "http://sms.example.org"}, "MSEWA_SMS_URL must begin with https://"),
    "an odd mail server": ({"MSEWA_SMTP_URL": "mail.example.org"}, "MSEWA_SMTP_URL must begin with smtps://"),
    "debug": ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG must be off in production."),
    "the sandbox": ({"MSEWA_SANDBOX": "1"}, "The sandbox does not exist in production"),
    "a worker thread": ({"MSEWA_WORKER_THREAD": "1"}, "In production the worker is a process of its own"),
    "another database": ({"MSEWA_DATABASE_URL": "mysql://db"}, "MSEWA_DATABASE_URL must name a PostgreSQL database"),
    "a port in words": ({"MSEWA_PORT": "http"}, "MSEWA_PORT must be a whole number"),
    "a port beyond the last": ({"MSEWA_PORT": "99999"}, "MSEWA_PORT must be at most 65535"),
    "a port in other digits": ({"MSEWA_PORT": "²"}, "MSEWA_PORT must be a whole number"),
    "no codes at all": ({"MSEWA_CODES_AN_HOUR": "0"}, "MSEWA_CODES_AN_HOUR must be at least 1"),
    "an address of nobody": ({"MSEWA_PUBLIC_URL": "https://"}, "MSEWA_PUBLIC_URL must begin with https:// in production and name a host"),
    "an address with a space": (
        {"MSEWA_PUBLIC_URL": "https://a b"},
        "MSEWA_PUBLIC_URL must begin with https:// in production and name a host",
    ),
    "an SMS gateway of nobody": ({"MSEWA_SMS_URL": "https://"}, "MSEWA_SMS_URL must begin with https:// and name a host"),
    "an SMS gateway at no port": ({"MSEWA_SMS_URL": "https://sms.example.org:abc/"}, "MSEWA_SMS_URL must begin with https:// and name"),
    "a mail server of nobody": ({"MSEWA_SMTP_URL": "smtps://"}, "MSEWA_SMTP_URL must begin with smtps:// and name a host"),
    "a contact of nobody": ({"MSEWA_CONTACT": "@"}, "MSEWA_CONTACT must be the mail address"),
    "a folder that is none": ({"MSEWA_DATA": "/dev/null"}, "MSEWA_DATA must be a folder, not '/dev/null'."),
    "a database at no port": ({"MSEWA_DATABASE_URL": "postgresql://db:59x5/msewa"}, "MSEWA_DATABASE_URL must name a PostgreSQL database"),
    "a database of another driver": ({"MSEWA_DATABASE_URL": "postgresql+asyncpg://db/x"}, "MSEWA_DATABASE_URL must name a PostgreSQL"),
    "an unknown mode": ({"MSEWA_MODE": "staging"}, "MSEWA_MODE must be demo or production"),
}


def start(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MSEWA_", "FLASK_"))}
    environment = inherited | PRODUCTION | {"MSEWA_DATA": str(folder), "MSEWA_PORT": str(free_port())} | environ
    argv = [sys.executable, *(command or ("app.py",))]
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def expose(folder: Path) -> None:
    (folder / "keyring.json").chmod(0o644)


def damage(folder: Path) -> None:
    path = folder / "keyring.json"
    path.write_text(path.read_text()[:-40])


def forget(folder: Path) -> None:
    (folder / "keyring.json").unlink()


def make_demo(folder: Path) -> None:
    forget(folder)
    KeyRing.create(folder / "keyring.json", now=datetime.now(UTC), mode_demo=True)


def default_secret(folder: Path) -> None:
    path = folder / "keyring.json"
    content = json.loads(path.read_text())
    content["keys"][0]["secret"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    path.write_text(json.dumps(content))


@pytest.mark.promise("P25")
@pytest.mark.parametrize("what", UNSAFE)
def test_production_refuses(what: str) -> None:
    environ, sentence = UNSAFE[what]

    with pytest.raises(SettingsError) as refused:
        Settings.from_environ(PRODUCTION | environ)

    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith(sentence)
    assert refused.value.problems[0].endswith((".", "."))


def test_without_the_words_of_a_language_nothing_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "WORDS", [*environment.WORDS, tmp_path / "messages.mo"])

    with pytest.raises(SettingsError, match="The words in Punjabi and Hindi are not made yet"):
        Settings.from_environ({})


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"MSEWA_MODE": "production", "FLASK_DEBUG": "1"})

    assert len(refused.value.problems) == 8


@pytest.mark.promise("P25")
def test_an_unsafe_setting_ends_the_process_with_its_sentence_alone(folder: Path) -> None:
    ended = start(folder, FLASK_DEBUG="1")

    assert ended.returncode != 0
    assert ended.stderr == "FLASK_DEBUG must be off in production.\n"


@pytest.mark.promise("P25", "P72")
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (expose, "can be read by others; give it mode 0600."),
        (damage, "is damaged; restore it from its backup."),
        (default_secret, "is damaged; restore it from its backup."),
        (forget, "There is no key ring at"),
        (make_demo, "The key ring was made by demo mode"),
    ],
)
def test_without_a_good_key_ring_nothing_starts_and_nothing_is_written(folder: Path, spoil, sentence: str) -> None:
    spoil(folder)
    before = {path.name for path in folder.iterdir()}

    ended = start(folder)

    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert {path.name for path in folder.iterdir()} == before, "no database may be made without its key"


@pytest.mark.promise("P25")
def test_commands_refuse_as_the_server_does(folder: Path) -> None:
    damage(folder)

    ended = start(folder, "-m", "flask", "--app", "app", "worker", "--once")

    assert ended.returncode != 0
    assert "damaged" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.promise("P25")
def test_a_good_production_configuration_starts(folder: Path) -> None:
    ended = start(folder, "-m", "flask", "--app", "app", "keys", "list")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "sandbox" not in ended.stdout
    assert "wrap" in ended.stdout


@pytest.mark.promise("P55")
def test_production_does_not_serve_where_nobody_could_leave(folder: Path) -> None:
    ended = start(folder)

    assert ended.returncode != 0
    assert ended.stderr.startswith("There is no vault key for ")
    assert ended.stderr.count("\n") == 1


def test_demo_makes_a_key_ring_that_only_its_owner_reads(tmp_path: Path) -> None:
    data = tmp_path / "data"

    ended = start(data, "-m", "flask", "--app", "app", "keys", "list", MSEWA_MODE="demo")

    assert ended.returncode == 0
    assert (data / "keyring.json").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", ["demo", "production"])
def test_a_busy_port_ends_the_process_with_one_sentence_before_anything_is_made(folder: Path, mode: str) -> None:
    before = {path.name for path in folder.iterdir()}
    with socket.socket() as other:
        # As granian listens: a second server that does so too would be let in beside it.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        port = other.getsockname()[1]

        ended = start(folder, MSEWA_MODE=mode, MSEWA_PORT=str(port))

    assert ended.returncode != 0
    assert ended.stderr.startswith(f"Nothing can be served at 127.0.0.1:{port} (Address already in use): ")
    assert (ended.stderr.count("\n"), ended.stdout) == (1, "")
    assert {path.name for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("environ", "site"),
    [
        ({}, "http://127.0.0.1:5000"),
        ({"MSEWA_HOST": "10.1.2.3", "MSEWA_PORT": "8080"}, "http://10.1.2.3:8080"),
        ({"MSEWA_HOST": "::1"}, "http://[::1]:5000"),
        ({"MSEWA_PUBLIC_URL": "https://msewa.example.org/", "MSEWA_PORT": "8080"}, "https://msewa.example.org"),
    ],
)
def test_a_demonstration_names_the_address_at_which_it_serves_where_none_is_set(environ: dict[str, str], site: str) -> None:
    assert Settings.from_environ(environ).site == site
