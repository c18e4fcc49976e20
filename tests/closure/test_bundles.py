"""Bundles: closed in stretches, opened by the month's private half alone, and by nothing once changed."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from msewa.closure.bundles import STRETCH_BYTES, BundleError, Packer, Terms, open_bundle, pack, read_content, read_files
from msewa.crypto.sealing import new_sealing_pair

LEFT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
TERMS = Terms("2026-11", LEFT, LEFT + timedelta(days=1096), LEFT + timedelta(days=1461))
PUBLIC, PRIVATE = new_sealing_pair()
CONTENT = {"account": {"full_name": "ਹਰਜਿੰਦਰ ਕੌਰ Planted"}, "applications": []}
FILES = [("applications/AAAA-AAAA/1-ਫ਼ੋਟੋ.jpg", secrets.token_bytes(STRETCH_BYTES + 17)), ("applications/AAAA-AAAA/2-x.pdf", b"%PDF")]


def closed(content: dict = CONTENT, files: list = FILES) -> tuple[list[bytes], bytes, str]:
    stretches: list[bytes] = []
    packer = Packer(lambda number, stretch: stretches.append(stretch))
    pack(content, files, into=packer)
    sealed_key, digest = packer.finish(PUBLIC, terms=TERMS)
    assert packer.size == sum(len(stretch) for stretch in stretches)
    return stretches, sealed_key, digest


def opened(stretches: list[bytes], sealed_key: bytes, digest: str, *, terms: Terms = TERMS, private: bytes = PRIVATE) -> bytes:
    return open_bundle(stretches, sealed_key=sealed_key, digest=digest, terms=terms, private=private)


@pytest.mark.promise("P55")
def test_the_offline_key_opens_what_was_closed() -> None:
    archive = opened(*closed())

    assert read_content(archive) == CONTENT
    assert list(read_files(archive)) == FILES


@pytest.mark.promise("P55")
def test_nothing_of_it_can_be_read_while_it_is_closed() -> None:
    stretches, sealed_key, digest = closed()

    everything = b"".join(stretches) + sealed_key + digest.encode()
    assert b"Planted" not in everything
    assert b"%PDF" not in everything


@pytest.mark.promise("P54")
def test_another_months_key_opens_nothing() -> None:
    with pytest.raises(BundleError, match="does not open"):
        opened(*closed(), private=new_sealing_pair()[1])


@pytest.mark.promise("P55")
@pytest.mark.parametrize("part", ["a bit", "a stretch dropped", "a stretch doubled", "stretches exchanged", "the key", "the digest"])
def test_a_changed_bundle_is_refused_with_a_clear_word(part: str) -> None:
    stretches, sealed_key, digest = closed()
    changed = {
        "a bit": ([bytes([stretches[0][0] ^ 1]) + stretches[0][1:], *stretches[1:]], sealed_key, digest),
        "a stretch dropped": (stretches[:-1], sealed_key, digest),
        "a stretch doubled": ([stretches[0], *stretches], sealed_key, digest),
        "stretches exchanged": (stretches[::-1], sealed_key, digest),
        "the key": (stretches, sealed_key[:-1] + bytes([sealed_key[-1] ^ 1]), digest),
        "the digest": (stretches, sealed_key, digest[::-1]),
    }[part]

    with pytest.raises(BundleError, match="it was changed, a piece is missing"):
        opened(*changed)


@pytest.mark.promise("P57")
@pytest.mark.parametrize("term", ["month", "deleted_at", "not_before", "not_after"])
def test_the_terms_it_is_kept_under_can_not_be_changed(term: str) -> None:
    other = "2026-10" if term == "month" else getattr(TERMS, term) - timedelta(days=1)

    with pytest.raises(BundleError):
        opened(*closed(), terms=replace(TERMS, **{term: other}))
