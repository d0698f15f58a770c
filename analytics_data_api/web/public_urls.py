"""URLs at which people's browsers and clients reach this server."""

from typing import Any

from django.conf import settings


def public_url(request: Any, path: str | None = None) -> str:
    """Return the absolute URL of a path, by default of the request with its query string.

    The base is the setting PUBLIC_URL. If that is not set, it is the scheme and host of the request.
    """
    path = request.get_full_path() if path is None else path
    if settings.PUBLIC_URL and path.startswith("/"):
        return settings.PUBLIC_URL.rstrip("/") + path
    return request.build_absolute_uri(path)
