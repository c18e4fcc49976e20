"""The Merkle tree of RFC 6962 (and 9162) over complete subtrees: pure, no tables.

A complete subtree of height `level` has one hash for ever, however the tree grows. Everything else (roots, proofs) is folded from those.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

LEAF, NODE = b"\x00", b"\x01"  # RFC 6962, section 2.1: leaves and nodes hash apart
EMPTY_ROOT = hashlib.sha256().digest()


class Node(NamedTuple):
    """A complete subtree: its height, and how many of that height lie to its left. At level 0 it is a leaf."""

    level: int
    position: int

    @property
    def key(self) -> int:
        """Its number in order from left to right (leaves are even): one whole number that never changes."""
        return ((2 * self.position + 1) << self.level) - 1


class Span(NamedTuple):
    """The leaves from `begin` up to, not including, `end`; `begin` is where a subtree of this size may start."""

    begin: int
    end: int

    @property
    def nodes(self) -> list[Node]:
        """The complete subtrees it consists of, from left to right, each smaller than the one before."""
        nodes, begin = list[Node](), self.begin
        while begin < self.end:
            level = (self.end - begin).bit_length() - 1
            nodes.append(Node(level, begin >> level))
            begin += 1 << level
        return nodes


Hashes = dict[Node, bytes]


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf's content."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(NODE + left + right).digest()


def fold(span: Span, *, hash_of: Callable[[Node], bytes]) -> bytes:
    """Return the root over a span, from the hashes of its complete subtrees."""
    # From the right: the smallest subtrees are joined first, as the definition splits at the largest power of two.
    *others, right = [hash_of(node) for node in span.nodes] or [EMPTY_ROOT]
    for left in reversed(others):
        right = node_hash(left, right)
    return right


def inclusion_spans(index: int, *, size: int) -> list[Span]:
    """Return the spans whose roots prove leaf `index` in a tree of `size`, from the leaf upwards (RFC 9162, section 2.1.3.1)."""
    spans, begin, end = list[Span](), 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(first: int, *, second: int) -> list[Span]:
    """Return the spans whose roots prove that the tree of size `first` begins that of `second` (RFC 9162, section 2.1.4.1)."""
    spans, begin, end, is_whole = list[Span](), 0, second, True
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(begin, middle))
            begin, is_whole = middle, False
    return [*([] if is_whole else [Span(begin, end)]), *spans[::-1]]


def grow(size: int, leaves: Iterable[bytes], *, frontier: Hashes) -> Iterator[tuple[Node, bytes]]:
    """Append leaves to a tree of `size`; yield every complete subtree as it comes to be, leaves too, children before parents.

    `frontier` holds the hashes of `Span(0, size).nodes` and is kept up to date.
    """
    for index, leaf in enumerate(leaves, start=size):
        node, value = Node(0, index), leaf
        yield node, value
        while node.position % 2:
            value = node_hash(frontier.pop(Node(node.level, node.position - 1)), value)
            node = Node(node.level + 1, node.position // 2)
            yield node, value
        frontier[node] = value


def root_from_inclusion(leaf: bytes, *, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """Return the root that a proof leads to, None when it has the wrong length (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        return None
    here, last, value = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if here % 2 or here == last:
            value = node_hash(beside, value)
            while not here % 2 and here:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, beside)
        here, last = here >> 1, last >> 1
    return value if last == 0 else None


def roots_from_consistency(first_root: bytes, *, first: int, second: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots at `first` and `second` that a proof leads to, None when its length is wrong (RFC 9162, section 2.1.4.2)."""
    if first == second:
        return None if path else (first_root, first_root)
    # A first tree that is itself one full subtree is known to whoever checks, so the proof leaves it out.
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return None
    # The proof begins at the largest full subtree that ends with the last leaf of the first tree.
    here, last = first - 1, second - 1
    while here % 2:
        here, last = here >> 1, last >> 1
    return _climb(steps, here=here, last=last)


def _climb(steps: list[bytes], *, here: int, last: int) -> tuple[bytes, bytes] | None:
    old = new = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return None
        if here % 2 or here == last:
            # What lies to the left stands in both trees; what lies to the right came with the new one alone.
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not here % 2 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
