"""Headers that every response carries, and those that restrict what a browser does with it."""

from collections.abc import Mapping
from typing import Any

# A page may load files of this server and send requests to it. Pages have no inline scripts, but those of Django REST
# framework and drf-yasg have inline styles.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Responses that Django's middleware never sees carry them too, such as gunicorn's own errors.
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def add_headers(response: Any, headers: Mapping[str, str]) -> None:
    """Set headers that the response does not have yet. Their texts are valid, so Django need not check them each time."""
    stored = response.headers._store
    for name, value in headers.items():
        stored.setdefault(name.lower(), (name, value))
