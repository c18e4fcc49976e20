"""The tree is that of RFC 6962: known roots, and every proof at every size."""

import pytest

from msewa.ledger.tree import (
    Hashes,
    Node,
    Span,
    consistency_spans,
    fold,
    grow,
    inclusion_spans,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    roots_from_consistency,
)

# The test data of Certificate Transparency's own implementations.
CONTENTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes([number])) for number in range(40)]
OTHER = bytes(32)
SIZES = range(1, len(LEAVES) + 1)


def grown(leaves: list[bytes], *, steps: tuple[int, ...] = ()) -> Hashes:
    hashes, frontier, begin = Hashes(), Hashes(), 0
    for end in (*steps, len(leaves)):
        hashes |= dict(grow(begin, leaves[begin:end], frontier=frontier))
        begin = end
    return hashes


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition, word for word (RFC 6962, section 2.1)."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


ALL = grown(LEAVES)


def roots(spans: list[Span]) -> list[bytes]:
    return [fold(span, hash_of=ALL.__getitem__) for span in spans]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_other_implementations(size: int) -> None:
    hashes = grown([leaf_hash(bytes.fromhex(content)) for content in CONTENTS[:size]])

    assert fold(Span(0, size), hash_of=hashes.__getitem__).hex() == ROOTS[size]


def test_a_tree_that_grew_in_steps_is_the_same() -> None:
    assert grown(LEAVES, steps=(1, 2, 13, 29)) == ALL


def test_no_two_subtrees_share_a_key() -> None:
    assert len({node.key for node in ALL}) == len(ALL)
    assert sorted(node.key for node in ALL if node.level == 0) == list(range(0, 80, 2))


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proved_at_every_size_and_nothing_else_is(size: int) -> None:
    root = plain_root(LEAVES[:size])
    for index in range(size):
        path = roots(inclusion_spans(index, size=size))

        assert root_from_inclusion(LEAVES[index], index=index, size=size, path=path) == root
        assert root_from_inclusion(LEAVES[index - 1], index=index, size=size, path=path) != root or size == 1
        assert root_from_inclusion(LEAVES[index], index=index, size=size, path=[*path, root]) is None
        assert root_from_inclusion(LEAVES[index], index=index, size=size, path=path[:-1]) != root or size == 1
    assert root_from_inclusion(LEAVES[0], index=size, size=size, path=[]) is None


@pytest.mark.parametrize("second", SIZES)
def test_every_size_is_proved_to_be_the_beginning_of_every_later_one(second: int) -> None:
    new = plain_root(LEAVES[:second])
    for first in range(1, second + 1):
        old, path = plain_root(LEAVES[:first]), roots(consistency_spans(first, second=second))

        assert roots_from_consistency(old, first=first, second=second, path=path) == (old, new)
        assert roots_from_consistency(OTHER, first=first, second=second, path=path) != (OTHER, new)
        assert roots_from_consistency(old, first=first, second=second, path=[*path, new]) is None


def test_a_span_is_made_of_ever_smaller_subtrees() -> None:
    assert Span(0, 13).nodes == [Node(3, 0), Node(2, 2), Node(0, 12)]
