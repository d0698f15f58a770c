"""Compresses responses with the fastest level of gzip.

It takes a third to a half of the time that Django's level takes on JSON, and the result is a tenth to a half larger.
"""

import io
import secrets
from collections.abc import Iterable, Iterator
from gzip import GzipFile
from typing import Any

from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_vary_headers

LEVEL = 1
# Bytes below which a response is sent as it is.
SMALL = 200
# A file name of random length in the body hides how well a guess of its content compresses.
MAX_NAME = 100


class CompressionMiddleware:
    """Compresses responses, except CSV.

    Dashboards pass the headers of CSV on with a body that they have unpacked. Data sets are read by programs alone.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        if is_sent_as_it_is(request, response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        if response.streaming:
            response.streaming_content = compressed(response.streaming_content)
            del response.headers["Content-Length"]
        else:
            content = b"".join(compressed([response.content]))
            if len(content) >= len(response.content):
                return response
            response.content = content
            response.headers["Content-Length"] = str(len(content))
        # A compressed body has other bytes, so its ETag is weak.
        if response.get("ETag", "").startswith('"'):
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
        response.headers["Content-Encoding"] = "gzip"
        return response


def is_sent_as_it_is(request: Any, response: Any) -> bool:
    if response.has_header("Content-Encoding") or (not response.streaming and len(response.content) < SMALL):
        return True
    is_csv = response.get("Content-Type", "").startswith("text/csv")
    return is_csv and "/data_sets/" not in request.path_info


def compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks as one file of gzip, as far as each fills its buffer."""
    written = io.BytesIO()
    name = "a" * secrets.randbelow(MAX_NAME)
    with GzipFile(name, "wb", LEVEL, written, mtime=0) as file:
        for chunk in chunks:
            file.write(chunk)
            yield from emptied(written)
    yield from emptied(written)


def emptied(written: io.BytesIO) -> Iterator[bytes]:
    """Yield what has been written, if anything, and forget it."""
    if data := written.getvalue():
        written.seek(0)
        written.truncate()
        yield data
