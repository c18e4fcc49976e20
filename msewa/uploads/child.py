"""The inside of a child process: shut every door, read one file, answer, and end."""

import codecs
import resource
import sys
from collections.abc import Callable

from msewa.uploads.rules import (
    MAX_CLEAN_BYTES,
    MAX_FILE_BYTES,
    PARSE_MEMORY_BYTES,
    PARSE_SECONDS,
    Cleaned,
    TookTooLongError,
    UploadError,
    check_size,
)
from msewa.uploads.wire import pack_cleaned, pack_refusal

LIMITS = {
    resource.RLIMIT_AS: PARSE_MEMORY_BYTES,
    resource.RLIMIT_CPU: PARSE_SECONDS,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 0,
    resource.RLIMIT_NPROC: 0,
    # A core dump would put somebody's paper on the disk.
    resource.RLIMIT_CORE: 0,
}
# Python loads these on first use, from files that can't be opened once the limits hold.
CODECS = ("ascii", "latin-1", "utf-16", "utf-16-be", "utf-16-le", "gbk", "unicode_escape")


def _shut_doors() -> None:
    for name in CODECS:
        codecs.lookup(name)
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))


def _answer(clean: Callable[[bytes], Cleaned], data: bytes) -> bytes:
    try:
        cleaned = clean(data)
        check_size(len(cleaned.data), most=MAX_CLEAN_BYTES)
        return pack_cleaned(cleaned)
    except UploadError as refusal:
        return pack_refusal(refusal)
    except MemoryError:
        return pack_refusal(TookTooLongError())


def serve(clean: Callable[[bytes], Cleaned]) -> None:
    """Clean the file on standard input under the limits, and answer on standard output.

    Any other failure ends the process without an answer, which the parent takes for a damaged file.
    """
    _shut_doors()
    data = sys.stdin.buffer.read(MAX_FILE_BYTES)
    sys.stdout.buffer.write(_answer(clean, data))
    sys.stdout.buffer.flush()
