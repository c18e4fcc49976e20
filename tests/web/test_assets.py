"""Static files: named by their content, compressed, kept by browsers for a year."""

import gzip
import os
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from msewa.web import assets

ROOT = Path(__file__).resolve().parents[2]
STYLE = "body{color:#2a1a20}\n" * 50
SERVED = assets._shorten(STYLE)


@pytest.fixture
def static(tmp_path: Path) -> Path:
    for folder in assets.FOLDERS:
        (tmp_path / folder).mkdir()
    (tmp_path / "css" / "face.css").write_text(STYLE)
    (tmp_path / "img" / "mark.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture(scope="module")
def visitor() -> FlaskClient:
    app = Flask("msewa", root_path=str(ROOT / "msewa"), template_folder=str(ROOT / "templates"), static_folder=None)
    assets.init_app(app)
    return app.test_client()


def _snapshot(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def _url(name: str) -> str:
    return assets.build(ROOT / "static").url(name)


def _get(visitor: FlaskClient, path: str, *, coding: str = "") -> TestResponse:
    with visitor.get(path, headers={"Accept-Encoding": coding}) as answer:
        answer.get_data()
    return answer


def test_a_name_carries_the_hash_of_the_content(static: Path) -> None:
    manifest = assets.build(static)

    digest = sha256(SERVED.encode()).hexdigest()[:8]
    assert manifest.url("face.css") == f"/static/face.{digest}.css"


def test_a_changed_file_gets_another_name_and_the_old_one_stays(static: Path) -> None:
    before = assets.build(static)
    (static / "css" / "face.css").write_text("body{}")

    after = assets.build(static)

    assert after.names["face.css"] != before.names["face.css"]
    assert (static / "built" / before.names["face.css"]).exists()


def test_a_file_and_its_compressed_forms_hold_the_same(static: Path) -> None:
    manifest = assets.build(static)

    target = static / "built" / manifest.names["face.css"]
    assert target.read_text() == SERVED
    assert brotli.decompress(Path(f"{target}.br").read_bytes()).decode() == SERVED
    assert gzip.decompress(Path(f"{target}.gz").read_bytes()).decode() == SERVED


def test_building_what_is_fresh_writes_nothing(static: Path) -> None:
    assets.build(static)
    before = _snapshot(static / "built")

    assets.build(static)

    assert _snapshot(static / "built") == before


@pytest.mark.parametrize("suffix", ["", ".br", ".gz"])
def test_a_form_that_is_missing_is_written_again(static: Path, suffix: str) -> None:
    target = static / "built" / assets.build(static).names["face.css"]
    target.with_name(target.name + suffix).unlink()

    assets.build(static)

    assert target.with_name(target.name + suffix).exists()


def test_processes_that_start_at_once_leave_whole_files_and_no_scraps(static: Path) -> None:
    with ProcessPoolExecutor(4) as processes:
        manifests = list(processes.map(assets.build, [static] * 8))

    names = set(manifests[0].names.values())
    assert all(manifest == manifests[0] for manifest in manifests)
    assert {path.name for path in (static / "built").iterdir()} == {name + suffix for name in names for suffix in ("", ".br", ".gz")}
    assert (static / "built" / manifests[0].names["face.css"]).read_text() == SERVED


def test_a_vendored_script_keeps_its_name_and_is_asked_for_without_its_version(static: Path) -> None:
    content = b"/*! licence */"
    name = f"htmx-4.0.1-{sha256(content).hexdigest()[:8]}.js"
    (static / "js" / name).write_bytes(content)

    assert assets.build(static).url("htmx.js") == f"/static/{name}"


def test_a_vendored_script_that_was_altered_is_refused(static: Path) -> None:
    (static / "js" / "htmx-4.0.1-00000000.js").write_bytes(b"alert(1)")

    with pytest.raises(assets.AlteredFileError):
        assets.build(static)


def test_a_name_that_is_no_file_is_refused(static: Path) -> None:
    with pytest.raises(KeyError):
        assets.build(static).url("nothing.css")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("face.css", "text/css"), ("icons.svg", "image/svg+xml"), ("mark.svg", "image/svg+xml"), ("htmx.js", "text/javascript")],
)
def test_an_answer_is_kept_for_a_year_and_says_what_it_is(visitor: FlaskClient, name: str, kind: str) -> None:
    answer = _get(visitor, _url(name))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] in (f'{kind}; charset="utf-8"', f"{kind}; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_an_answer_comes_compressed_to_who_can_read_it(visitor: FlaskClient, coding: str) -> None:
    answer = _get(visitor, _url("face.css"), coding=coding)

    unpack = brotli.decompress if coding == "br" else gzip.decompress
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert unpack(answer.data).decode() == assets._shorten((ROOT / "static" / "css" / "face.css").read_text())


@pytest.mark.parametrize("path", ["/static/face.css", "/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/.gitignore"])
def test_nothing_but_built_files_is_served(visitor: FlaskClient, path: str) -> None:
    assert _get(visitor, path).status_code == 404


def test_the_stylesheet_stays_within_five_kilobytes() -> None:
    style = assets._shorten((ROOT / "static" / "css" / "face.css").read_text()).encode()

    assert len(brotli.compress(style, quality=11)) <= 5000


def test_no_file_reaches_out_to_another_host() -> None:
    for folder in ("css", "img"):
        for path in (ROOT / "static" / folder).iterdir():
            assert "//" not in path.read_text().replace("http://www.w3.org/2000/svg", ""), path.name


def test_the_vendored_script_says_its_licence_and_brings_its_guard() -> None:
    (script,) = (ROOT / "static" / "js").glob("htmx-*.js")
    text = script.read_text()

    assert text.startswith("/*! htmx 4.0.1 with its extension hx-csp. Zero-Clause BSD.")
    assert 'registerExtension("hx-csp"' in text
    assert "sourceMappingURL" not in text
    assert os.access(script, os.R_OK)


def test_a_shortened_stylesheet_means_the_same() -> None:
    style = """/* why */
    .tiles :is(a, div) { color : red;  margin: 0 auto }
    a > b,
    a + b { --x:1px  solid }
    @media (min-width: 48rem) { h2::before { content:"" } }"""

    assert assets._shorten(style) == (
        '.tiles :is(a,div){color :red;margin:0 auto}a>b,a + b{--x:1px solid}@media (min-width:48rem){h2::before{content:""}}'
    )
