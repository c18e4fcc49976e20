"""What a request may bring: forms are small, papers stay in memory."""

from io import BytesIO
from typing import IO, Any

from htmx_flask.requests import HtmxAwareRequest

MEGABYTE = 1024 * 1024
LONGEST_FORM = 512 * 1024  # a letter of Gurmukhi takes nine bytes of a URL-encoded form
LONGEST_UPLOAD = 8 * MEGABYTE
MOST_PARTS = 300


class BoundedRequest(HtmxAwareRequest):
    """A request whose body has its bounds by what it says it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only a form with files may be long: werkzeug reads any other whole, and a million empty fields in 8 MB take far more.
        self.max_content_length = LONGEST_UPLOAD if self.mimetype == "multipart/form-data" else LONGEST_FORM

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        # Werkzeug would write what is larger than 500 kB to a temporary file, as it came.
        return BytesIO()
