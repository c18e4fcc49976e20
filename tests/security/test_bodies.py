"""Bodies and addresses no browser sends: refused small and early, never a fault of ours."""

import io
import tempfile
import tracemalloc

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.people import signed_in
from tests.security.test_forms import token_of
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])
MEGABYTE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


class Endless(io.BytesIO):
    """A body that goes on and on, and counts what was taken of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        self.taken += 65536
        return b"a" * 65536


def refused_as_too_large(answer: TestResponse) -> bool:
    return answer.status_code == 413 and answer.headers.get("Connection") == "close" and len(answer.data) < 6000


@ONE
def test_a_body_that_says_it_is_too_large_is_refused_unread(client: StrictClient) -> None:
    body = Endless()

    said = {"CONTENT_LENGTH": str(64 * MEGABYTE), "CONTENT_TYPE": FORM, "wsgi.input": body}
    answer = client.post("/sign-in", environ_overrides=said)

    assert refused_as_too_large(answer)
    assert body.taken == 0


@ONE
def test_a_body_in_chunks_is_refused_once_it_is_too_long(client: StrictClient) -> None:
    body = Endless()

    said = {
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": FORM,
        "wsgi.input": body,
    }
    answer = client.post("/sign-in", environ_overrides=said)

    assert refused_as_too_large(answer)
    assert body.taken < MEGABYTE


@ONE
@pytest.mark.parametrize("said", [FORM, "multipart/form-data; boundary=x", "application/json"])
def test_a_field_too_large_is_refused_without_filling_memory(client: StrictClient, said: str) -> None:
    start = b'--x\r\nContent-Disposition: form-data; name="mobile"\r\n\r\n' if "multipart" in said else b"mobile="
    body = io.BytesIO(start + b"9" * (7 * MEGABYTE))
    size = len(body.getvalue())
    tracemalloc.start()

    answer = client.post("/sign-in", input_stream=body, content_length=size, content_type=said)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert answer.status_code in (400, 413)
    # Only what may hold papers is taken in at all, up to its bound and never twice.
    assert peak < (12 if "multipart" in said else 4) * MEGABYTE


@ONE
def test_too_many_fields_are_refused(client: StrictClient) -> None:
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="f{number}"\r\n\r\n1\r\n' for number in range(301)) + "--x--\r\n"

    assert refused_as_too_large(client.post("/sign-in", data=parts.encode(), content_type="multipart/form-data; boundary=x"))


@ONE
def test_very_many_short_fields_end_in_a_plain_refusal(client: StrictClient) -> None:
    assert client.post("/sign-in", data="&".join(f"a{n}=1" for n in range(30_000)), content_type=FORM).status_code in (400, 413)


@ONE
@pytest.mark.promise("P72")
def test_a_paper_is_never_written_to_a_temporary_file(app: Flask, client: StrictClient, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    start = b'--x\r\nContent-Disposition: form-data; name="paper"; filename="paper.jpg"\r\n\r\n'
    body = start + b"planted" * 400_000 + b"\r\n--x--"
    token = {"X-CSRFToken": token_of(client)}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # whoever wants a temporary file fails

    answer = client.post("/sign-in", data=body, content_type="multipart/form-data; boundary=x", headers=token)

    assert answer.status_code == 422


@ONE
def test_a_page_for_too_much_speaks_the_persons_language(client: StrictClient) -> None:
    answer = client.post("/sign-in?lang=pa", data={"mobile": "9" * 700_000})

    assert answer.status_code == 413
    assert 'lang="pa"' in answer.get_data(as_text=True)


ODD_TYPES = [
    "",
    "application/json",
    "text/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary=\xff",
    "multipart/mixed; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=none-such",
    "application/octet-stream",
    "*/*",
    "a" * 5000,
]
ODD_BODIES = [
    b"",
    b'{"mobile": "1"}',
    b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    b"--x\r\n",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="mobile"; filename="a\r\nb"\r\n\r\n1\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="mobile"\r\nContent-Type: text/plain; charset=none-such\r\n\r\n\xff\xfe\r\n--x--',
    b'--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="mobile"\r\n\r\n!!!\r\n--x--',
    b"%",
    b"%%%=%zz&=&&;;==",
    b"\xff\xfe\x00",
    b"mobile=%ed%a0%80&mobile=%00",
    b"mobile[]=1&mobile[a][b]=2&mobile=1&mobile=2",
]


@ONE
@pytest.mark.parametrize("body", ODD_BODIES)
def test_a_body_that_is_no_form_is_refused_and_never_a_fault(client: StrictClient, body: bytes) -> None:
    token = {"X-CSRFToken": token_of(client)}

    statuses = {said: client.post("/sign-in", data=body, content_type=said, headers=token).status_code for said in ODD_TYPES}

    assert {said: status for said, status in statuses.items() if status not in (400, 413, 422)} == {}


ODD_QUERIES = [
    "q=%00",
    "q=%ed%a0%80",
    "q=%ff%fe",
    "q=" + "a" * 20_000,
    "q=" + "%25" * 3000,
    "q=a&q=b&q[]=c",
    "q[$ne]=1",
    "page=9223372036854775808&q=a",
    "page=-1&q=a",
    "page=1e9&q=a",
    "page=%E0%A9%A7&q=a",
    "category=../../etc/passwd",
    "district=' or 1=1 --",
    "provider=%F0%9F%92%A9",
    "lang=xx&theme=%00&size=xxl",
    "lang=pa&lang=hi",
    "&&&=&=;",
    "%",
    "next=//evil.example.org",
    "q=%2525253Cscript%253E",
    "before=%00",
    "step=99999999999999999999",
    "edit=__class__",
    "kept=<script>",
    "done=%22%3E%3Cscript%3E",
]
PLACES = ("/", "/services", "/services/birth-certificate", "/providers", "/schemes", "/sign-in", "/register", "/recover", "/nowhere")
OWN_PLACES = ("/profile", "/profile/identity", "/applications", "/account/security", "/account/prove")


@ONE
@pytest.mark.parametrize("query", ODD_QUERIES)
def test_an_odd_query_is_answered_or_refused_and_never_a_fault(app: Flask, client: StrictClient, query: str) -> None:
    visitor = {path: client.get(f"{path}?{query}").status_code for path in PLACES}
    signed_in(client, app=app)
    own = {path: client.get(f"{path}?{query}").status_code for path in OWN_PLACES}

    assert {path: status for path, status in (visitor | own).items() if status not in (200, 303, 400, 404)} == {}


@ONE
@pytest.mark.parametrize(
    "path",
    [
        "/services/%00",
        "/services/%ed%a0%80",
        "/services/" + "a" * 5000,
        "/services/..%2f..%2fetc%2fpasswd",
        "/services/%F0%9F%92%A9",
        "/services/{{7*7}}",
        "/providers/' or 1=1 --",
        "/schemes/9223372036854775808",
        "/privacy/policy/%00",
        "/privacy/notice/..%2f..%2fbase/1.0",
        "/privacy/notice/__init__/1.0",
        "/account/not-me/%00",
        "/account/not-me/" + "A" * 3000,
        "/recover/cancel/%ff",
        "/%",
        "/%ff",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//",
        "/;/",
        "/" + "a/" * 2000,
        "/static/%ff%00",
    ],
)
def test_an_odd_address_is_not_found_and_never_a_fault(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code in (301, 308, 404, 400)


ODD_HEADERS = [
    {"Cookie": "seed=%%%; seed=x; =; session"},
    {"Cookie": "lang=" + "x" * 4000},
    {"Cookie": "session=" + "\xff" * 20},
    {"Accept-Language": "pa" * 2000},
    {"Accept-Language": ";q=,,,;;*;q=9"},
    {"Accept-Encoding": "br;q=nan, gzip;q=-1, *;q=2"},
    {"Accept": "\xff/\xff"},
    {"If-None-Match": '"' * 500},
    {"If-Modified-Since": "yesterday"},
    {"Range": "bytes=0-,1-,2-"},
    {"Host": "evil.example.org"},
    {"Host": "a" * 2000},
    {"Referer": "javascript:alert(1)"},
    {"Origin": "null"},
    {"HX-Request": "true", "HX-Target": "div#../../etc", "HX-Request-Type": "partial"},
    {"HX-Request": "true", "HX-Target": "div#main", "HX-Current-URL": "http://evil.example.org"},
    {"HX-Request": "true", "HX-Target": "\xff#\xff"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Transfer-Encoding": "chunked, identity"},
    {"Content-Length": "0"},
    {"Authorization": "Basic " + "A" * 4000},
    {"Max-Forwards": "x", "Expect": "100-continue", "Upgrade": "websocket", "Connection": "Upgrade"},
]


@ONE
@pytest.mark.parametrize("headers", ODD_HEADERS)
def test_odd_headers_change_nothing_and_are_never_a_fault(app: Flask, headers: dict[str, str]) -> None:
    plain = app.test_client()
    for path in ("/", "/services?q=birth", "/sign-in", "/nowhere"):
        answer = plain.get(path, headers=headers)

        assert answer.status_code in (200, 400, 404), path
        assert b"evil" not in answer.data
        assert "evil" not in str(answer.headers)


@ONE
def test_a_host_that_is_not_ours_reaches_no_link_or_cookie(client: StrictClient) -> None:
    answer = client.get("/applications", headers={"Host": "evil.example.org"})

    assert answer.headers["Location"].startswith("/sign-in")
    assert "evil" not in str(answer.headers)


@ONE
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example.org",
        "https://evil.example.org",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "/%09/evil.example.org",
        "/\t/evil.example.org",
        "javascript:alert(1)",
        "///evil.example.org",
        "/..//evil.example.org",
        "/.//evil.example.org",
        " /evil",
        "/a\r\nSet-Cookie: x=1",
        "https:evil.example.org",
        "/@evil.example.org:80",
    ],
)
def test_nobody_is_sent_to_another_site_by_a_link(app: Flask, client: StrictClient, target: str) -> None:
    signed_in(client, app=app)

    for door in ("/sign-in", "/register"):
        location = client.get(door, query_string={"next": target}).headers["Location"]

        assert location.startswith("/")
        assert not location.startswith(("//", "/\\", "/\t"))
        assert "\n" not in location
