"""The months of the vault on the server: made offline, kept, and ended."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.closure.models import VaultMonth
from msewa.closure.vault import find_key
from msewa.extensions import db, writing
from tests.closure.ceremony import RECORD, count_sealed, destroy, exported, in_production, leave, live_through, offline, share_files
from tests.closure.conftest import run, shares_of
from tests.conftest import ClockHandle
from tests.installation import Installation
from tests.people import somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.promise("P54", "P56")
def test_a_month_is_made_offline_and_split_between_custodians(tmp_path: Path) -> None:
    made = offline("new-month", "--month", "2026-12", "--custodians", "5", "--threshold", "3", "--out", str(tmp_path))

    assert made.returncode == 0, made.stderr
    assert len(list(tmp_path.glob("vault-2026-12.share-*.txt"))) == 5
    public = json.loads((tmp_path / "2026-12.pub").read_text())
    assert public["month"] == "2026-12"
    assert "private" not in public
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.txt"))


@pytest.mark.promise("P54")
@pytest.mark.parametrize(
    ("group", "command", "out"), [("vault", "new-month", "--out"), ("vault", "open", "--out"), ("security", "new-key", "--to")]
)
def test_no_private_half_comes_to_the_machine_that_serves(tmp_path: Path, group: str, command: str, out: str) -> None:
    (tmp_path / "keyring.json").touch()

    refused = offline(command, out, str(tmp_path / "out"), group=group, settings={"MSEWA_MODE": "production", "MSEWA_DATA": str(tmp_path)})

    assert refused.returncode != 0
    assert refused.stderr.startswith("This machine serves mSewa")
    assert not (tmp_path / "out").exists()


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

    early = destroy(app, month)
    sealed = count_sealed(app)
    clock.advance(days=1, minutes=1)
    due = destroy(app, month)
    again = destroy(app, month)

    assert early.exit_code != 0
    assert "Nothing was destroyed" in early.output
    assert sealed[0] == 1
    assert due.exit_code == 0, due.output
    assert count_sealed(app) == (0, 0)
    assert "destroyed before" in again.output


@ONE
@pytest.mark.promise("P57")
def test_a_latest_date_that_comes_first_ends_nothing_before_its_years(app: Flask, client: StrictClient, clock: ClockHandle, kept) -> None:
    """As when the years were raised within the month: health says so, and what must be kept is kept."""
    month = leave(app, somebody(app))["sealed"]["month"]
    with app.app_context(), writing():
        db.session.execute(update(VaultMonth).values(not_after=clock.now() + timedelta(days=365)))
        db.session.commit()
    clock.advance(days=366)

    refused, red = destroy(app, month), client.get("/health/ready")

    assert (red.status_code, refused.exit_code) == (503, 1)
    assert "must be kept until" in refused.output
    assert count_sealed(app)[0] == 1


@pytest.mark.promise("P57")
def test_a_month_beyond_its_latest_date_turns_health_red_until_it_is_destroyed(
    app: Flask, client: StrictClient, clock: ClockHandle, kept
) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    fine = run(app, "vault", "status")
    clock.advance(days=4 * 366)

    late, red = run(app, "vault", "status"), client.get("/health/ready")
    destroy(app, month)
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

    destroy(app, month)

    [row] = client.page("/promises/destroyed-keys").all("month-row")
    words = "".join(row.itertext())
    assert receipt["sealed"]["key"] in words
    checked = client.submit("/account/deleted/verify", "verify", receipt=json.dumps(receipt)).get_data(as_text=True)
    for said in (words, " ".join(checked.split())):
        assert "Not yet" not in said
        assert f"2 of 3 shares of its key were burnt, on the custodians' word (record {RECORD})" in said.replace("&#39;", "'")
    assert shares_of(installation, month) == []
    assert not (installation.folder / "vault" / f"{month}.pub").exists()


@ONE
@pytest.mark.promise("P57")
@pytest.mark.parametrize(
    ("burnt", "record", "word"),
    [("1", RECORD, "2 of 3 shares would be left"), ("0", RECORD, "3 of 3"), ("4", RECORD, "has 3 shares"), ("2", " ", "needs the number")],
)
def test_no_month_ends_while_its_key_can_open(app: Flask, clock: ClockHandle, kept, burnt: str, record: str, word: str) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    clock.advance(days=4 * 366)

    with in_production(app):
        unsaid = run(app, "vault", "destroy", "--month", month, "--clock-is-right")
    refused = run(app, "vault", "destroy", "--month", month, "--burnt", burnt, "--record", record)

    assert (unsaid.exit_code, "--burnt" in unsaid.output) == (1, True), unsaid.output
    assert (refused.exit_code, word in refused.output) == (1, True), refused.output
    assert count_sealed(app)[0] == 1


@ONE
@pytest.mark.promise("P57")
def test_in_the_demonstration_a_month_may_end_without_a_word_and_nobody_is_said_to_have_given_one(
    app: Flask, client: StrictClient, clock: ClockHandle, kept
) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    clock.advance(days=3 * 366)

    ended = run(app, "vault", "destroy", "--month", month)

    assert ended.exit_code == 0, ended.output
    words = "".join(client.page("/promises/destroyed-keys").one("month-row").itertext())
    assert "What became of the shares of its key is not known here." in words
    assert "burnt" not in words


@ONE
@pytest.mark.promise("P57")
def test_a_month_whose_public_file_tells_no_split_ends_when_it_does(
    app: Flask, installation: Installation, clock: ClockHandle, kept
) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    path = installation.folder / "vault" / f"{month}.pub"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({name: content[name] for name in ("month", "suite", "public")}))
    clock.advance(days=4 * 366)

    refused = destroy(app, month, burnt="3")
    path.write_text(json.dumps(content))
    ended = destroy(app, month, burnt="3")

    assert (refused.exit_code, "does not say how many shares there are" in refused.output) == (1, True)
    assert ended.exit_code == 0, ended.output


@ONE
@pytest.mark.promise("P57")
def test_what_was_taken_out_is_asked_for_and_what_still_opens_it_is_no_secret(
    app: Flask, installation: Installation, client: StrictClient, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    """Whoever lied about the shares and kept an export opens it: so nothing here says that nobody ever can."""
    person = somebody(app)
    month = leave(app, person)["sealed"]["month"]
    shares, file = share_files(installation, month, tmp_path), exported(app, month, tmp_path)
    export_id = json.loads(file.read_text().splitlines()[0])["export"]
    clock.advance(days=4 * 366)

    refused, unknown = destroy(app, month), destroy(app, month, "--erased", "00000000")
    ended = destroy(app, month, "--exports-left")
    asked = ("--instrument", "X/1", "--match", "-", "--out", str(tmp_path / "out"))
    opened = offline("open", str(file), *shares, *asked, typed=person.mobile)

    assert (refused.exit_code, export_id in refused.output) == (1, True)
    assert "no such export" in unknown.output
    assert "1 of 1 bundles match" in opened.stdout
    [row] = client.page("/promises/destroyed-keys").all("month-row")
    assert "1 exported copy is not accounted for." in "".join(row.itertext())
    assert "never" not in ended.output
    assert "custodians" in client.page("/promises/P57").words("value-gap")


@ONE
@pytest.mark.promise("P57")
def test_an_export_that_the_custodians_erased_is_accounted_for(
    app: Flask, client: StrictClient, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    export_id = json.loads(exported(app, month, tmp_path).read_text().splitlines()[0])["export"]
    clock.advance(days=4 * 366)

    ended = destroy(app, month, "--erased", export_id)

    assert ended.exit_code == 0, ended.output
    assert "not accounted for" not in client.page("/promises/destroyed-keys").text


@pytest.mark.promise("P57")
@pytest.mark.parametrize("after", [0, 20])
def test_in_production_a_clock_that_jumped_ahead_destroys_nothing(app: Flask, clock: ClockHandle, kept, after: int) -> None:
    """Though the product has gone on under the wrong clock for a while."""
    month = leave(app, somebody(app))["sealed"]["month"]
    # No other test goes there: the ledger, and what was signed in it on a day, outlasts each of them.
    clock.advance(days=7 * 366)
    live_through(app, clock, days=after)

    with in_production(app):
        doubted = destroy(app, month)
        sealed = count_sealed(app)
        insisted = destroy(app, month, "--clock-is-right")

    assert doubted.exit_code != 0
    assert "--clock-is-right" in doubted.output
    assert sealed[0] == 1
    assert insisted.exit_code == 0


@ONE
@pytest.mark.promise("P57")
def test_in_production_a_clock_that_went_on_as_clocks_do_is_believed(app: Flask, clock: ClockHandle, kept) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    clock.advance(days=3 * 366 - 60)
    live_through(app, clock, days=70)

    with in_production(app):
        ended = destroy(app, month)

    assert ended.exit_code == 0, ended.output


@ONE
@pytest.mark.promise("P52")
def test_a_damaged_public_half_is_as_good_as_none(app: Flask, installation: Installation, client: StrictClient, kept) -> None:
    month = leave(app, somebody(app))["sealed"]["month"]
    path = installation.folder / "vault" / f"{month}.pub"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"public": content["public"][:-400]}))

    red = client.get("/health/ready")

    assert red.status_code == 503
    assert "vault_key" in red.get_json()
    with app.app_context():
        assert find_key(app.extensions["settings"], month) is None
