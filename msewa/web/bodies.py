"""What a request may bring: forms are small, papers stay in memory, and slow senders leave room for those who read."""

from collections.abc import Callable, Iterable
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO, Any
from urllib.parse import parse_qsl

from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response

MEGABYTE = 1024 * 1024
LONGEST_FORM = 512 * 1024  # a letter of Gurmukhi takes nine bytes of a URL-encoded form
LONGEST_UPLOAD = 8 * MEGABYTE
MOST_PARTS = 300
PIECE = 64 * 1024
# Of the 16 threads of a serving process: the rest always answers those who only read.
MOST_RECEIVING = 12

Handler = Callable[[Any, Any], Iterable[bytes]]


class TextParser(FormDataParser):
    """Reads forms; bytes that are no text become the sign for that, as in forms with files, and `clean_text` drops it.

    Werkzeug would hand them on in their escaped spelling, and a name would be kept as "%ED%A0%80".
    """

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        items = parse_qsl(stream.read().decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
        return stream, self.cls(items), self.cls()


class BoundedRequest(HtmxAwareRequest):
    """A request whose body has its bounds by what it says it is."""

    form_data_parser_class = TextParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only a form with files may be long: werkzeug reads any other whole, and a million empty fields in 8 MB take far more.
        kind = self.environ.get("CONTENT_TYPE")
        has_files = kind is not None and kind.partition(";")[0].strip().lower() == "multipart/form-data"
        self.max_content_length = LONGEST_UPLOAD if has_files else LONGEST_FORM

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        # Werkzeug would write what is larger than 500 kB to a temporary file, as it came.
        return BytesIO()


def receive_first(handle: Handler) -> Handler:
    """Take in a request's body before anything is done for it, from so many at once that threads are left for others (F20).

    How long a sender may take is for the proxy in front to say: a body can't be left half read here.
    """
    receiving = BoundedSemaphore(MOST_RECEIVING)

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "") in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return handle(environ, start_response)
        if not receiving.acquire(blocking=False):
            return _busy()(environ, start_response)
        try:
            body = _read(environ["wsgi.input"], most=_most(environ))
        finally:
            receiving.release()
        whole = {**environ, **body}
        # It has its length now; werkzeug would not look at it for a body that says it comes in chunks.
        whole.pop("HTTP_TRANSFER_ENCODING", None)
        return handle(whole, start_response)

    return answer


def _most(environ: Any) -> int:
    """Return how many bytes are worth waiting for: none of a body that is refused by its length alone."""
    longest = LONGEST_UPLOAD if environ.get("CONTENT_TYPE", "").startswith("multipart/form-data") else LONGEST_FORM
    said = environ.get("CONTENT_LENGTH", "")
    return 0 if said.isdecimal() and int(said) > longest else longest + 1


def _read(stream: Any, *, most: int) -> dict[str, Any]:
    if not most:
        return {}
    content = BytesIO()
    while content.tell() < most and (piece := stream.read(min(PIECE, most - content.tell()))):
        content.write(piece)
    size = content.tell()
    content.seek(0)
    return {"wsgi.input": content, "CONTENT_LENGTH": str(size)}


def _busy() -> Response:
    fixed = {"Connection": "close", "Retry-After": "10", "Cache-Control": "no-store"}
    return Response("We are busy just now. Try again in a minute.\n", 503, fixed)
