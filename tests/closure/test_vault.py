"""The vault at a terminal: offline keys, status, exports, lawful openings, and the end of a month."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from msewa import create_app
from msewa.closure import vault
from msewa.closure.bundles import BundleError, Terms, open_bundle
from msewa.closure.models import Archive, ArchivePart
from msewa.closure.operations import closing
from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.ledger.granting import grant
from tests.closure.conftest import Leaver, run, shares_of
from tests.conftest import ClockHandle
from tests.installation import CHEAPEST, ROOT, Installation
from tests.people import Somebody, somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def kept(installation: Installation):
    """Months of a test end with it: a key that was destroyed is made anew by the next."""
    yield
    for folder in ("vault", "custodians"):
        for path in (installation.folder / folder).glob("*2*"):
            path.unlink()


def leave(app: Flask, person: Somebody) -> dict[str, Any]:
    with app.app_context(), writing():
        receipt = closing.close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()
    return receipt


def offline(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine that has the program and nothing else: no data folder, no settings, no key ring."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    command = [sys.executable, "-m", "flask", "--app", "app", "vault", *arguments]
    nowhere = {"MSEWA_DATA": "/nonexistent/data", "MSEWA_MODE": "production"}
    return subprocess.run(command, cwd=ROOT, env=environment | nowhere, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.promise("P54", "P56")
def test_a_month_is_made_offline_and_split_between_custodians(tmp_path: Path) -> None:
    made = offline("new-month", "--month", "2026-12", "--custodians", "5", "--threshold", "3", "--out", str(tmp_path))

    assert made.returncode == 0, made.stderr
    assert len(list(tmp_path.glob("vault-2026-12.share-*.txt"))) == 5
    public = json.loads((tmp_path / "2026-12.pub").read_text())
    assert public["month"] == "2026-12"
    assert "private" not in public
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.txt"))


@pytest.mark.promise("P56")
@pytest.mark.parametrize(("custodians", "threshold"), [("3", "1"), ("1", "1"), ("2", "3"), ("17", "2")])
def test_one_custodian_alone_is_never_enough(tmp_path: Path, custodians: str, threshold: str) -> None:
    made = offline("new-month", "--month", "2026-12", "--custodians", custodians, "--threshold", threshold, "--out", str(tmp_path))

    assert made.returncode != 0
    assert "at least two are needed together" in made.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.promise("P57")
def test_a_month_ends_after_three_years_and_not_a_day_before(app: Flask, clock: ClockHandle, kept) -> None:
    receipt = leave(app, somebody(app))
    month, left = receipt["sealed"]["month"], clock.now()
    app.extensions["clock"].move(left.replace(year=left.year + 3, day=left.day) - (clock.now() - left) - timedelta(days=1))

    early = run(app, "vault", "destroy", "--month", month)
    sealed = count(app)
    clock.advance(days=1, minutes=1)
    due = run(app, "vault", "destroy", "--month", month)
    again = run(app, "vault", "destroy", "--month", month)

    assert early.exit_code != 0
    assert "Nothing was destroyed" in early.output
    assert sealed == (1, sealed[1])
    assert due.exit_code == 0, due.output
    assert count(app) == (0, 0)
    assert "destroyed before" in again.output


def count(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Archive, ArchivePart))


@pytest.mark.promise("P57")
def test_a_month_beyond_its_latest_date_turns_health_red_until_it_is_destroyed(
    app: Flask, client: StrictClient, clock: ClockHandle, kept
) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    fine = run(app, "vault", "status")
    clock.advance(days=4 * 366)

    late, red = run(app, "vault", "status"), client.get("/health/ready")
    run(app, "vault", "destroy", "--month", month)
    after, green = run(app, "vault", "status"), client.get("/health/ready")

    assert (fine.exit_code, "kept" in fine.output) == (0, True)
    assert late.exit_code != 0
    assert "must be destroyed now" in late.output
    assert red.status_code == 503
    assert "vault_destruction" in red.get_json()
    assert (after.exit_code, green.status_code) == (0, 200)


@ONE
@pytest.mark.promise("P57")
def test_a_destroyed_key_stands_in_the_public_log_and_behind_each_receipt(
    app: Flask, client: StrictClient, clock: ClockHandle, kept, installation: Installation
) -> None:
    receipt = leave(app, somebody(app))
    month = receipt["sealed"]["month"]
    clock.advance(days=3 * 366)

    run(app, "vault", "destroy", "--month", month)

    [row] = client.page("/promises/destroyed-keys").all("month-row")
    words = "".join(row.itertext())
    assert receipt["sealed"]["key"] in words
    assert "Not yet" not in words
    checked = client.submit("/account/deleted/verify", "verify", receipt=json.dumps(receipt))
    assert "Not yet" not in checked.get_data(as_text=True)
    assert shares_of(installation, month) == []
    assert not (installation.folder / "vault" / f"{month}.pub").exists()


@ONE
@pytest.mark.promise("P57")
def test_in_production_a_clock_that_jumped_ahead_destroys_nothing(tmp_path: Path, app: Flask, clock: ClockHandle, kept) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    clock.advance(days=3 * 366)
    usual = app.extensions["settings"]
    app.extensions["settings"] = Settings(mode="production", data=usual.data, password_cost=CHEAPEST)
    try:
        doubted = run(app, "vault", "destroy", "--month", month)
        sealed = count(app)
        insisted = run(app, "vault", "destroy", "--month", month, "--clock-is-right")
    finally:
        app.extensions["settings"] = usual

    assert doubted.exit_code != 0
    assert "--clock-is-right" in doubted.output
    assert sealed[0] == 1
    assert insisted.exit_code == 0


@pytest.mark.promise("P55", "P56")
def test_custodians_open_what_an_instrument_names_and_it_is_counted(
    leaver: Leaver, client: StrictClient, installation: Installation, tmp_path: Path, kept
) -> None:
    app = leaver.app
    leave(app, somebody(app, full_name="Stranger Kaur"))
    month = leave(app, leaver.person)["sealed"]["month"]
    exported = run(app, "vault", "export", "--month", month, "--out", str(tmp_path / "month.jsonl"))
    shares = share_files(installation, month, tmp_path)

    found = offline(
        "open", str(tmp_path / "month.jsonl"), *shares[:4], "--instrument", "CRM-7/2027", "--match", leaver.person.mobile,
        "--out", str(tmp_path / "out"),
    )  # fmt: skip
    counted = run(app, "vault", "record-opening", str(tmp_path / "out" / "opening.json"))
    run(app, "vault", "record-opening", str(tmp_path / "out" / "opening.json"))

    assert exported.output.startswith("2 sealed bundles")
    assert found.returncode == 0, found.stderr
    [bundle] = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert json.loads((bundle / "bundle.json").read_text())["account"]["mobile"] == leaver.person.mobile
    assert len([path for path in bundle.iterdir() if path.suffix == ".jpg"]) >= 4
    assert counted.exit_code == 0
    assert client.page("/promises/destroyed-keys").words("opening-count") == "1 opening so far. 1 sealed copy was opened."


def share_files(installation: Installation, month: str, folder: Path) -> list[str]:
    """Return --share options for every custodian."""
    arguments = []
    for number, words in enumerate(shares_of(installation, month)):
        path = folder / f"share-{number}.txt"
        path.write_text(words)
        arguments += ["--share", str(path)]
    return arguments


@ONE
@pytest.mark.promise("P56")
@pytest.mark.parametrize(
    "lacking", ["an instrument", "an empty one", "a second custodian", "a true share", "a whole file", "what it names"]
)
def test_nothing_opens_without_all_that_the_law_asks(app: Flask, installation: Installation, tmp_path: Path, kept, lacking: str) -> None:
    person = somebody(app)
    month = leave(app, person)["sealed"]["month"]
    file, out = tmp_path / "month.jsonl", tmp_path / "out"
    run(app, "vault", "export", "--month", month, "--out", str(file))
    shares, instrument, match = share_files(installation, month, tmp_path)[:4], ["--instrument", "CRM-7/2027"], person.mobile
    if lacking == "an instrument":
        instrument = []
    elif lacking == "an empty one":
        instrument = ["--instrument", "  "]
    elif lacking == "a second custodian":
        shares = shares[:2]
    elif lacking == "a true share":
        (tmp_path / "share-1.txt").write_text("these are no words of a share")
    elif lacking == "a whole file":
        file.write_text(file.read_text()[:-40])
    else:
        match = " "

    refused = offline("open", str(file), *shares, *instrument, "--match", match, "--out", str(out))

    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()
    assert not out.exists()


@ONE
@pytest.mark.promise("P55")
def test_a_tampered_bundle_is_told_from_the_others(app: Flask, installation: Installation, tmp_path: Path, kept) -> None:
    people = [somebody(app, full_name="Aman Same"), somebody(app, full_name="Baljit Same")]
    month = {leave(app, person)["sealed"]["month"] for person in people}.pop()
    file = tmp_path / "month.jsonl"
    run(app, "vault", "export", "--month", month, "--out", str(file))
    lines = file.read_text().splitlines()
    changed = json.loads(lines[1])
    changed["not_before"] = changed["not_before"].replace("2029", "2028")
    file.write_text("\n".join([lines[0], json.dumps(changed), lines[2]]) + "\n")

    found = offline(
        "open", str(file), *share_files(installation, month, tmp_path)[:4], "--instrument", "1", "--match", "same", "--out",
        str(tmp_path / "out"),
    )  # fmt: skip

    assert found.returncode != 0
    assert f"{changed['id']} does not open: it was changed" in found.stderr
    assert "1 of 2 bundles match" in found.stdout


@pytest.mark.parametrize("backend", ["postgres"])
@pytest.mark.promise("P54")
def test_the_role_that_serves_may_add_to_the_archive_and_not_look_into_it(
    app: Flask, installation: Installation, tmp_path: Path, kept
) -> None:
    person = somebody(app)
    with app.app_context():
        make_roles()
        list(grant("msewa_serves"))
        db.session.commit()
    archivist = run(app, "vault", "grants", "msewa_keeps")
    serving = as_role(installation, "msewa_serves")

    leave(serving, person)

    assert archivist.exit_code == 0, archivist.output
    assert count(app)[0] == 1
    for statement in ("select * from archive", "select content from archive_part", "delete from archive", "update archive set month = ''"):
        assert "permission denied" in denied(installation, "msewa_serves", statement), statement
    assert denied(installation, "msewa_keeps", "select * from archive") == ""
    assert "permission denied" in denied(installation, "msewa_keeps", "select * from account")
    keeping = as_role(installation, "msewa_keeps")
    exported = run(keeping, "vault", "export", "--month", month_there(app), "--out", str(tmp_path / "x"))
    assert exported.output.startswith("1 sealed"), exported.output
    for served in (serving, keeping):
        with served.app_context():
            db.engine.dispose()


def month_there(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Archive.month)).one()


def make_roles() -> None:
    for role in ("msewa_serves", "msewa_keeps"):
        exists = db.session.execute(db.text("select 1 from pg_roles where rolname = :role"), {"role": role}).first()
        if exists is None:
            db.session.execute(db.text(f"create role {role} login"))
    db.session.commit()


def address_as(installation: Installation, role: str) -> str:
    return make_url(installation.database).set(username=role).render_as_string(hide_password=False)


def as_role(installation: Installation, role: str) -> Flask:
    """The same installation, served under another role of its database."""
    settings = Settings(mode="demo", data=installation.folder, database_url=address_as(installation, role), password_cost=CHEAPEST)
    return create_app(settings)


def denied(installation: Installation, role: str, statement: str) -> str:
    with psycopg.connect(address_as(installation, role)) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            return str(error)
    return ""


@ONE
@pytest.mark.promise("P54")
def test_with_all_the_applications_secrets_the_archive_does_not_open(app: Flask, installation: Installation, kept) -> None:
    leave(app, somebody(app))

    with app.app_context():
        row = db.session.scalars(select(Archive)).one()
        key = vault.find_key(app.extensions["settings"], row.month)
        secrets = [entry.key.secret for entry in app.extensions["key_ring"].entries]
    terms = Terms(row.month, row.deleted_at, row.not_before, row.not_after)
    for secret in [*secrets, key.public[:32], key.public[-32:]]:
        with pytest.raises(BundleError):
            open_bundle([], sealed_key=row.sealed_key, digest=row.digest, terms=terms, private=secret)
    assert {rule.rule for rule in app.url_map.iter_rules() if "archive" in rule.rule or "vault" in rule.rule} == set()
