"""Which sources this is: an id that needs no repository, so that proof and program can be compared anywhere."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = {"msewa": (".py", ".yaml", ".json", ".po", ".csv", ".txt"), "templates": (".html", ".txt"), "static": (".css", ".js", ".svg")}
MADE_LATER = ("evidence.json", "built", "__pycache__")  # what running it or its tests writes is no source


@cache
def build_id() -> str:
    """Return 16 hex digits over every source that the program runs from."""
    # Over names and digests: a line that moves from one file to another makes another build.
    found = hashlib.sha256()
    for path in _sources():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return found.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield from sorted((ROOT / "migrations" / "versions").glob("*.py"))
    for folder, endings in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and not any(part in MADE_LATER for part in path.parts):
                yield path
    # Other versions of the libraries make another program of the same sources; who leaves the file out has another build, and no fault.
    yield from ROOT.glob("requirements.txt")
