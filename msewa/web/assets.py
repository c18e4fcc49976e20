"""Static files under names that carry their content's hash, compressed once and cached for ever."""

import gzip
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from re import DOTALL, fullmatch, sub
from typing import Any

import brotli
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

URL_PREFIX = "/static/"
ONE_YEAR = "public, max-age=31536000, immutable"
FOLDERS = ("css", "img", "js")


class AlteredFileError(Exception):
    """A vendored file is not what the hash in its name says."""


@dataclass(frozen=True)
class Manifest:
    """The served name of each static file, by the name that templates use."""

    folder: Path
    names: Mapping[str, str]

    def url(self, name: str) -> str:
        """Return the URL of `face.css`, `icons.svg` or `htmx.js`; KeyError if there is no such file."""
        return URL_PREFIX + self.names[name]


def build(static: Path) -> Manifest:
    """Write `static/built` where it lacks a file's present content; safe beside another process doing the same."""
    built = static / "built"
    names: dict[str, str] = {}
    for source in _sources(static):
        content = _content(source)
        name, served = _names(source, content)
        names[name] = served
        if not _is_complete(built / served):
            _write_all(built / served, content)
    return Manifest(built, names)


def init_app(app: Flask) -> None:
    """Serve the built files under /static/; give templates `asset()`."""
    manifest = build(Path(app.root_path).parent / "static")
    shared: dict[str, Any] = app.jinja_env.globals
    shared["asset"] = manifest.url
    serve: Any = WhiteNoise(
        app.wsgi_app,
        root=manifest.folder,
        prefix=URL_PREFIX,
        # WhiteNoise would let the pages of every other site read them.
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )
    app.wsgi_app = serve


def _sources(static: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(path for path in (static / folder).iterdir() if not path.name.startswith("."))


def _content(source: Path) -> bytes:
    if source.suffix == ".css":
        return _shorten(source.read_text(encoding="utf-8")).encode()
    return source.read_bytes()


def _shorten(style: str) -> str:
    """Take comments and needless spaces out of a stylesheet. A space before a colon stays: in a selector it means a descendant."""
    style = sub(r"/\*.*?\*/", "", style, flags=DOTALL)
    return sub(r"\s*([{};,>])\s*|:\s+", lambda found: found[1] or ":", sub(r"\s+", " ", style)).replace(";}", "}").strip()


def _names(source: Path, content: bytes) -> tuple[str, str]:
    digest = sha256(content).hexdigest()[:8]
    if source.parent.name != "js":
        return source.name, f"{source.stem}.{digest}{source.suffix}"
    # A vendored script is named <name>-<version>-<hash>.js: what was reviewed is what is served.
    named = fullmatch(r"([a-z]+)-[\d.]+-([0-9a-f]{8})\.js", source.name)
    if named is None or named[2] != digest:
        raise AlteredFileError(f"{source.name}: its content hashes to {digest}")
    return f"{named[1]}.js", source.name


def _variants(target: Path) -> tuple[Path, Path]:
    return target.with_name(target.name + ".br"), target.with_name(target.name + ".gz")


def _is_complete(target: Path) -> bool:
    return all(path.exists() for path in (target, *_variants(target)))


def _write_all(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    as_brotli, as_gzip = _variants(target)
    _write(as_brotli, brotli.compress(content, quality=11))
    _write(as_gzip, gzip.compress(content, 9, mtime=0))
    _write(target, content)


def _write(target: Path, content: bytes) -> None:
    # Written aside and moved into place, so that no other process ever serves half a file.
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o644)
    Path(aside).replace(target)


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["Cache-Control"] = ONE_YEAR
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if path.endswith(".svg"):
        headers["Content-Type"] = "image/svg+xml; charset=utf-8"
