"""Offline keys: two custodians open, one does not, and a month has one key."""

from pathlib import Path

import pytest

from msewa.crypto.custody import CustodyError, months, new_month, private_half, public_half
from msewa.crypto.sealing import open_sealed, seal_to


def test_any_two_custodians_open_what_the_public_half_closed(tmp_path: Path) -> None:
    shares = new_month(tmp_path, "2026-11")
    public = public_half(tmp_path, "2026-11")
    sealed = seal_to(public, b"closed", info=b"place")

    opened = {open_sealed(private_half(pair, public=public), sealed, info=b"place") for pair in (shares[:2], shares[1:], shares[::2])}

    assert opened == {b"closed"}


def test_one_custodian_alone_opens_nothing(tmp_path: Path) -> None:
    shares = new_month(tmp_path, "2026-11")

    with pytest.raises(CustodyError, match="two custodians"):
        private_half(shares[:1], public=public_half(tmp_path, "2026-11"))


def test_shares_of_two_months_do_not_mix(tmp_path: Path) -> None:
    first, second = new_month(tmp_path, "2026-11"), new_month(tmp_path, "2026-12")

    with pytest.raises(CustodyError):
        private_half([first[0], second[1]], public=public_half(tmp_path, "2026-11"))
    with pytest.raises(CustodyError, match="another key"):
        private_half(second[:2], public=public_half(tmp_path, "2026-11"))


def test_words_that_are_no_share_are_refused(tmp_path: Path) -> None:
    new_month(tmp_path, "2026-11")

    for words in ([], ["not a share"], ["", ""]):
        with pytest.raises(CustodyError):
            private_half(words, public=public_half(tmp_path, "2026-11"))


def test_a_month_gets_one_key_and_its_private_half_lies_nowhere(tmp_path: Path) -> None:
    shares = new_month(tmp_path, "2026-11")

    with pytest.raises(CustodyError, match="already"):
        new_month(tmp_path, "2026-11")
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    private = private_half(shares[:2], public=public_half(tmp_path, "2026-11"))
    assert months(tmp_path) == ["2026-11"]
    assert private not in written
    assert private.hex().encode() not in written


@pytest.mark.parametrize("month", ["2026-13", "202611", "../2026-11", "2026-1", "2026-11\n"])
def test_only_months_are_months(tmp_path: Path, month: str) -> None:
    with pytest.raises(CustodyError):
        new_month(tmp_path, month)
    with pytest.raises(CustodyError):
        public_half(tmp_path, month)


def test_a_public_half_of_another_month_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    new_month(tmp_path, "2026-11")
    (tmp_path / "2026-12.pub").write_bytes((tmp_path / "2026-11.pub").read_bytes())
    (tmp_path / "2027-01.pub").write_text("{}")

    for month in ("2026-12", "2027-01", "2027-02"):
        with pytest.raises(CustodyError):
            public_half(tmp_path, month)
