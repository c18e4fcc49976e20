"""A proof as the file that she keeps, and the script that checks it."""

import base64
from pathlib import Path
from typing import Any

from msewa.ledger.queries import InclusionProof
from msewa.ledger.signing import key_of

CHECK_SCRIPT = Path(__file__).parent / "data" / "check.py.txt"


def proof_document(number: int, *, sealed: bytes, proof: InclusionProof) -> dict[str, Any]:
    """Return everything that the script needs: the row as it is sealed, its way up the tree, the signed checkpoint and its key."""
    return {
        "number": number,
        "entry": _base64(sealed),
        "index": proof.index,
        "size": proof.size,
        "path": [_base64(beside) for beside in proof.path],
        "checkpoint": proof.checkpoint,
        "key": key_of(proof.checkpoint),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
