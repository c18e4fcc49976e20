"""The catalogue's own files, read once: facts with their sources, the question bank, words written by hand."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data"
FACTS = ("services", "providers", "schemes", "places")
WORDS = ("fields", "documents", "channels", "handwritten", "default_steps", "life_events", "words", "scheme_words")
FILES = FACTS + WORDS
# The parser in C, where PyYAML was built with it, takes a tenth of the time for these files.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Sources:
    """Every file's content by name, and one digest (hex SHA-256) over all of them."""

    content: dict[str, Any]
    digest: str

    def __getitem__(self, name: str) -> Any:
        return self.content[name]


def source_digest() -> str:
    """Digest the files and this feature's way of building, without parsing: what was loaded from the same ones is up to date."""
    total = hashlib.sha256()
    for path in [FOLDER / f"{name}.yaml" for name in FILES] + sorted(Path(__file__).parent.glob("building*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def read_sources() -> Sources:
    """Parse all files."""
    content = {name: yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), _Loader) for name in FILES}  # noqa: S506 - a safe loader
    return Sources(content, source_digest())
