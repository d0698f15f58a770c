"""Maximum sizes of requests' bodies, and the memory that large ones leave behind."""

import ctypes
import gc

from django.conf import settings

# Everybody may send a request to these paths, and a name and a password are short.
LOGIN_PAGES = ("/api-auth/login/", "/admin/login/")
LOGIN_PATHS = ("/api-token-auth", "/api-token-auth/", *LOGIN_PAGES)
LOGIN_BYTES = 64 * 1024
# Bytes of a body whose memory is collected after the response.
LARGE = 256 * 1024


def maximum_body(path: str) -> int | None:
    """Return the maximum number of bytes in the body of a request to a path, or None for any size."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if f"/{path.lstrip('/')}" in LOGIN_PATHS:
        return LOGIN_BYTES if limit is None else min(LOGIN_BYTES, limit)
    return limit


def collect() -> None:
    """Return the memory of a large body to the system. It can be a hundred times as large as the body."""
    gc.collect()
    # Only glibc keeps freed memory for each thread, and only glibc has this function.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
