"""Opening under a legal instrument, on the custodians' machine: what it asks, what it refuses, and how it is counted."""

import json
from pathlib import Path

import pytest
from flask import Flask

from msewa.closure.matching import is_named, read_match
from tests.closure.ceremony import exported, leave, offline, share_files
from tests.closure.conftest import Leaver, run
from tests.conftest import ClockHandle
from tests.installation import Installation
from tests.people import somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])


def opened(file: Path, out: Path, *shares: str, match: str, expect: int = 1):
    """Open an export with these --share options."""
    asked = ("--instrument", "CRM-7/2027", "--match", "-", "--expect", str(expect))
    return offline("open", str(file), *shares, *asked, "--out", str(out), typed=match)


@pytest.mark.promise("P55", "P56")
def test_custodians_open_what_an_instrument_names_and_it_is_counted(
    leaver: Leaver, client: StrictClient, installation: Installation, tmp_path: Path, kept
) -> None:
    app = leaver.app
    leave(app, somebody(app, full_name="Stranger Kaur"))
    month = leave(app, leaver.person)["sealed"]["month"]
    file, number = exported(app, month, tmp_path), leaver.person.mobile

    found = opened(file, tmp_path / "out", *share_files(installation, month, tmp_path), match=f"{number[3:8]} {number[8:]}")
    counted = run(app, "vault", "record-opening", str(tmp_path / "out" / "opening.json"))
    run(app, "vault", "record-opening", str(tmp_path / "out" / "opening.json"))

    assert found.returncode == 0, found.stderr
    assert "1 of 2 bundles match" in found.stdout
    [bundle] = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert json.loads((bundle / "bundle.json").read_text())["account"]["mobile"] == leaver.person.mobile
    assert len([path for path in bundle.iterdir() if path.suffix == ".jpg"]) >= 4
    assert counted.exit_code == 0
    assert client.page("/promises/destroyed-keys").words("opening-count") == "1 opening so far. 1 sealed copy was opened."


@ONE
@pytest.mark.promise("P56")
@pytest.mark.parametrize(
    ("lacking", "word"),
    [
        ("an instrument", "Missing option '--instrument'"),
        ("an empty one", "needs the number of its legal instrument"),
        ("a second custodian", "Too few shares: 2 different ones"),
        ("another than the first", "Too few shares: 2 different ones"),
        ("a true share", "Share 2 of those given is no custodian's share"),
        ("shares of this month", "These shares belong to another key"),
        ("a whole file", "is damaged"),
        ("its last bundle", "is damaged"),
        ("its end", "has no end"),
        ("only ASCII", "is damaged"),
        ("a harmless id", "is damaged"),
        ("what it names", "Say what the instrument names"),
        ("readable words", "write it in UTF-8"),
        ("a folder of its own", "is not empty"),
    ],
)
def test_nothing_opens_without_all_that_the_law_asks(
    app: Flask, installation: Installation, tmp_path: Path, kept, lacking: str, word: str
) -> None:
    person = somebody(app)
    leave(app, somebody(app))
    month = leave(app, person)["sealed"]["month"]
    file, out = exported(app, month, tmp_path), tmp_path / "out"
    text, shares = file.read_text(), share_files(installation, month, tmp_path)[:4]
    lines = text.splitlines(keepends=True)
    instrument = {"an instrument": [], "an empty one": ["--instrument", "  "]}.get(lacking, ["--instrument", "CRM-7/2027"])
    match = " - " if lacking == "what it names" else person.mobile
    (named := tmp_path / "named.txt").write_text(match, encoding="utf-16" if lacking == "readable words" else "utf-8")
    if lacking == "a true share":
        Path(shares[3]).write_text("these are no words of a share")
    if lacking == "shares of this month":
        offline("new-month", "--month", "2027-01", "--out", str(tmp_path / "other"))
        shares = [one for number in (1, 2) for one in ("--share", str(tmp_path / "other" / f"vault-2027-01.share-{number}.txt"))]
    if lacking == "a folder of its own":
        out.mkdir()
        (out / "opening.json").write_text("the count of another opening")
    spoilt = {
        "a whole file": text[: len(lines[0]) + len(lines[1]) + 90],
        "its last bundle": "".join([*lines[:-2], lines[-1]]),
        "its end": "".join(lines[:-1]),
        "only ASCII": text.replace('"id": "', '"id": "\xff', 1),
        "a harmless id": text.replace('"id": "', '"id": "../../', 1),
    }
    file.write_bytes(spoilt.get(lacking, text).encode("latin-1"))
    few = {"a second custodian": shares[:2], "another than the first": shares[:2] * 2}.get(lacking, shares)

    refused = offline("open", str(file), *few, *instrument, "--match", str(named), "--out", str(out))

    assert refused.returncode != 0
    assert word in refused.stderr
    assert "Traceback" not in refused.stderr
    assert [path.name for path in out.glob("*")] == (["opening.json"] if lacking == "a folder of its own" else [])


@ONE
@pytest.mark.promise("P55", "P56")
def test_nobody_opens_a_month_by_a_part_of_a_name_or_number(app: Flask, installation: Installation, tmp_path: Path, kept) -> None:
    people = [somebody(app, full_name="Aman Same", email=f"aman{number}@example.org") for number in range(2)]
    month = {leave(app, person)["sealed"]["month"] for person in people}.pop()
    file, shares = exported(app, month, tmp_path), share_files(installation, month, tmp_path)[:4]
    parts = ["e", "Aman", people[0].mobile[-9:], "aman0"]

    found = [opened(file, tmp_path / f"part-{number}", *shares, match=part) for number, part in enumerate(parts)]
    both = opened(file, tmp_path / "both", *shares, match="AMAN SAME")
    expected = opened(file, tmp_path / "expected", *shares, match="AMAN SAME", expect=2)
    one = opened(file, tmp_path / "one", *shares, match="Aman1@example.org")

    assert ["0 of 2 bundles match" in answer.stdout for answer in found] == [True] * len(parts)
    assert (both.returncode, "2 bundles match, more than were expected" in both.stderr) == (1, True)
    assert not (tmp_path / "both").exists()
    assert "2 of 2 bundles match" in expected.stdout
    assert "1 of 2 bundles match" in one.stdout
    assert json.loads((tmp_path / "expected" / "opening.json").read_text())["opened"] == 2


@pytest.mark.promise("P55")
@pytest.mark.parametrize(
    ("named", "typed"),
    [("harjinder@example.in", "harjinder@example.in"), ("K7M4-TXQ9", "k7m4 txq9"), ("98765 43210", "+919876543210")],
)
def test_a_name_somebody_gave_herself_is_never_taken_for_anothers_address_or_number(named: str, typed: str) -> None:
    content = {"account": {"full_name": named, "mobile": "+916280014701", "email": None}}

    assert not is_named(content, read_match(typed))


@pytest.mark.parametrize(
    ("kept", "typed"), [("लक्\u200dष्मी देवी", "लक्ष्मी देवी"), ("S. Gurpreet Singh", "s gurpreet singh"), ("Gurpreet", "GURPREET")]
)
def test_a_name_is_found_whatever_its_dots_and_joiners(kept: str, typed: str) -> None:
    content = {"account": {"full_name": kept, "mobile": "+916280014701", "email": None}}

    assert is_named(content, read_match(typed))


@pytest.mark.parametrize("typed", ["+91 98765 43210", "098765-43210", "9876543210", "੯੮੭੬੫ ੪੩੨੧੦", "k7m4txq9", "G-K7M4 TXQ9", "ਅਮਨ  ਕੌਰ"])
def test_what_an_instrument_names_is_found_however_it_is_grouped(typed: str) -> None:
    content = {
        "account": {"full_name": "ਅਮਨ ਕੌਰ", "mobile": "+919876543210", "email": None},
        "applications": [{"reference": "K7M4-TXQ9"}],
        "grievances": [{"number": "G-K7M4-TXQ9"}],
    }

    assert is_named(content, read_match(typed))


@ONE
@pytest.mark.promise("P55")
def test_a_tampered_bundle_is_told_from_the_others(app: Flask, installation: Installation, tmp_path: Path, kept) -> None:
    people = [somebody(app, full_name="Aman Same"), somebody(app, full_name="Aman Same")]
    month = {leave(app, person)["sealed"]["month"] for person in people}.pop()
    file = exported(app, month, tmp_path)
    lines = file.read_text().splitlines()
    changed = json.loads(lines[1])
    changed["not_before"] = changed["not_before"].replace("2029", "2028")
    file.write_text("\n".join([lines[0], json.dumps(changed), *lines[2:]]) + "\n")

    found = opened(file, tmp_path / "out", *share_files(installation, month, tmp_path), match="aman  same")

    assert found.returncode != 0
    assert f"{changed['id']} does not open: it was changed" in found.stderr
    assert "1 of 2 bundles match" in found.stdout


@ONE
@pytest.mark.promise("P56")
def test_several_months_open_with_all_their_papers_together(
    app: Flask, installation: Installation, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    months = [leave(app, somebody(app, full_name="Aman Same"))["sealed"]["month"]]
    clock.advance(days=32)
    months.append(leave(app, somebody(app, full_name="Aman Same"))["sealed"]["month"])
    first, *others = [str(exported(app, month, tmp_path)) for month in months]
    shares = [option for month in months for option in share_files(installation, month, tmp_path)]

    found = opened(Path(first), tmp_path / "out", *others, *shares, match="aman same", expect=2)

    assert found.returncode == 0, found.stderr
    counted = json.loads((tmp_path / "out" / "opening.json").read_text())
    assert (counted["months"], counted["tried"], counted["opened"]) == (sorted(months), 2, 2)


@ONE
@pytest.mark.promise("P56")
@pytest.mark.parametrize(
    "fault",
    [
        {"id": "short"}, {"id": 7}, {"instrument": ""}, {"instrument": "x" * 121}, {"months": []}, {"months": "2026-11"}, {"opened": 3},
        {"opened": -1}, {"tried": 2**40}, {"opened_at": "2027-01-01T10:00:00"}, {"opened_at": "soon"}, None,
    ],
)  # fmt: skip
def test_only_a_true_count_enters_the_public_log(app: Flask, client: StrictClient, tmp_path: Path, fault: dict | None) -> None:
    facts = {"id": "0" * 32, "instrument": "CRM-7/2027", "months": ["2026-11"], "tried": 2, "opened": 1}
    facts["opened_at"] = "2027-01-01T10:00:00+00:00"
    (tmp_path / "opening.json").write_bytes(json.dumps(facts | fault).encode() if fault else b"\xff\x00")

    refused = run(app, "vault", "record-opening", str(tmp_path / "opening.json"))

    assert (refused.exit_code, refused.output) == (1, "Error: This is no count of an opening.\n")
    assert client.page("/promises/destroyed-keys").words("opening-count").startswith("0 openings")
