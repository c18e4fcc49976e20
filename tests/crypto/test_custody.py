"""Offline keys: two custodians open, one does not, and a month has one key."""

import base64
import json
from pathlib import Path

import pytest

from msewa.crypto.custody import CustodyError, months, new_month, private_half, public_half
from msewa.crypto.sealing import PUBLIC_BYTES, open_sealed, seal_to


def made(folder: Path, month: str = "2026-11", **split: int) -> list[str]:
    """Make a month's key; return what each custodian's paper says."""
    return [path.read_text() for path in new_month(folder, month, name=f"vault-{month}", target=folder, **split)]


def test_any_two_custodians_open_what_the_public_half_closed(tmp_path: Path) -> None:
    shares = made(tmp_path)
    public = public_half(tmp_path, "2026-11")
    sealed = seal_to(public, b"closed", info=b"place")

    opened = {open_sealed(private_half(some, public=public), sealed, info=b"place") for some in (shares[:2], shares[1:], shares[::2])}

    assert opened == {b"closed"}


def test_it_does_no_harm_that_all_custodians_come_with_the_papers_of_other_months(tmp_path: Path) -> None:
    others, shares = made(tmp_path, "2026-12"), made(tmp_path, custodians=5, needed=3)

    assert private_half([*others, *shares], public=public_half(tmp_path, "2026-11"))


def test_a_paper_says_what_it_is_of_and_is_read_however_it_is_typed(tmp_path: Path) -> None:
    shares = made(tmp_path)

    typed = [share.splitlines()[1].upper().replace(" ", "\n  ") for share in shares[:2]]

    assert shares[0].startswith("# vault-2026-11, share 1 of 3; any 2 open\n")
    assert private_half(typed, public=public_half(tmp_path, "2026-11"))


@pytest.mark.parametrize("needed", [2, 3])
def test_one_custodian_less_than_needed_opens_nothing(tmp_path: Path, needed: int) -> None:
    shares = made(tmp_path, custodians=4, needed=needed)

    for few in (shares[: needed - 1], shares[: needed - 1] * 2):
        with pytest.raises(CustodyError, match=f"Too few shares: {needed} different ones"):
            private_half(few, public=public_half(tmp_path, "2026-11"))


def test_shares_of_two_months_do_not_mix(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path, "2026-12")

    with pytest.raises(CustodyError, match="Too few"):
        private_half([first[0], second[1]], public=public_half(tmp_path, "2026-11"))
    with pytest.raises(CustodyError, match="another key"):
        private_half(second[:2], public=public_half(tmp_path, "2026-11"))


@pytest.mark.parametrize("fault", ["other words", "a wrong word", "a missing word", "nothing"])
def test_words_that_are_no_share_are_refused_by_their_place(tmp_path: Path, fault: str) -> None:
    shares = made(tmp_path)
    words = shares[1].splitlines()[1].split()
    spoilt = {
        "other words": "not a share",
        "a wrong word": " ".join([*words[:9], "acid" if words[9] != "acid" else "acne", *words[10:]]),
        "a missing word": " ".join(words[:-1]),
        "nothing": "",
    }[fault]

    with pytest.raises(CustodyError, match="Share 2 of those given is no custodian's share"):
        private_half([shares[0], spoilt], public=public_half(tmp_path, "2026-11"))


def test_no_share_is_too_few(tmp_path: Path) -> None:
    made(tmp_path)

    with pytest.raises(CustodyError, match="Too few"):
        private_half([], public=public_half(tmp_path, "2026-11"))


def test_a_month_gets_one_key_and_its_private_half_lies_nowhere(tmp_path: Path) -> None:
    shares = made(tmp_path)

    with pytest.raises(CustodyError, match="already"):
        made(tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    private = private_half(shares[:2], public=public_half(tmp_path, "2026-11"))
    assert months(tmp_path) == ["2026-11"]
    assert private not in written
    assert private.hex().encode() not in written


@pytest.mark.parametrize("fault", ["a share is there", "no folder can be made"])
def test_without_every_share_on_the_disk_there_is_no_public_half(tmp_path: Path, fault: str) -> None:
    papers = tmp_path / "papers"
    if fault == "a share is there":
        papers.mkdir()
        (papers / "vault.share-2.txt").write_text("of a key that was made before")
    else:
        papers.write_text("")

    with pytest.raises(CustodyError, match="No key was made"):
        new_month(tmp_path / "public", "2026-11", name="vault", target=papers)

    assert months(tmp_path / "public") == []
    assert [path.name for path in papers.glob("*")] == (["vault.share-2.txt"] if papers.is_dir() else [])


@pytest.mark.parametrize("month", ["2026-13", "202611", "../2026-11", "2026-1", "2026-11\n"])
def test_only_months_are_months(tmp_path: Path, month: str) -> None:
    with pytest.raises(CustodyError):
        made(tmp_path, month)
    with pytest.raises(CustodyError):
        public_half(tmp_path, month)


def test_a_public_half_of_another_month_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    good = (tmp_path / "2026-11.pub").read_text()
    (tmp_path / "2026-12.pub").write_text(good)
    (tmp_path / "2027-01.pub").write_text("{}")
    shorter = json.loads(good)["public"][:-4]
    (tmp_path / "2027-03.pub").write_text(json.dumps({**json.loads(good), "month": "2027-03", "public": shorter}))
    overwritten = base64.b64encode(bytes(PUBLIC_BYTES)).decode()
    (tmp_path / "2027-04.pub").write_text(json.dumps({**json.loads(good), "month": "2027-04", "public": overwritten}))

    for month in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04"):
        with pytest.raises(CustodyError):
            public_half(tmp_path, month)
