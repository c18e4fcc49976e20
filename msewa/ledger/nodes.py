"""Reading the stored tree: leaves at their places, and the nodes above them."""

from collections.abc import Iterable

from sqlalchemy import select

from msewa.extensions import db
from msewa.ledger.models import LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.tree import Hashes, Node

# On the tables and not the entities: a proof is made of these two reads.
_NODE, _PLACE, _LEAF = LedgerNode.__table__, LedgerPlace.__table__, LedgerLeaf.__table__
CHUNK = 1000  # both databases bound how many values one statement takes


def read_hashes(nodes: Iterable[Node]) -> Hashes:
    """Return the stored hashes of these nodes, leaves among them; one that is missing is left out."""
    wanted = list(nodes)
    positions = [node.position for node in wanted if node.level == 0]
    found: Hashes = {Node(0, position): leaf for position, leaf in _leaves(positions)}
    upper = {node.key: node for node in wanted if node.level}
    for keys in _chunks(list(upper)):
        rows = db.session.execute(select(_NODE.c.key, _NODE.c.node_hash).where(_NODE.c.key.in_(keys)))
        found |= {upper[key]: value for key, value in rows}
    return found


def _leaves(positions: list[int]) -> Iterable[tuple[int, bytes]]:
    if not positions:
        return []
    joined = select(_PLACE.c.position, _LEAF.c.leaf_hash).join_from(_PLACE, _LEAF, _PLACE.c.number == _LEAF.c.number)
    return [(row[0], row[1]) for row in db.session.execute(joined.where(_PLACE.c.position.in_(positions)))]


def _chunks(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
