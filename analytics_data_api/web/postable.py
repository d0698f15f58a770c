"""Views that accept the same parameters by POST, because a URL can be too short for them."""

from collections.abc import Iterator

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError

from analytics_data_api.web.views import RowsView

FORM = "application/x-www-form-urlencoded"


class PostableView(RowsView):
    """An endpoint whose parameters are in the query string or in the body of a POST, which changes nothing."""

    def post(self, request):
        if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            # Django does not read such a body, and without the filters in it the response would be wrong.
            raise ParseError("The request has no Content-Length.")
        if not is_complete(request.body, request.META.get("CONTENT_TYPE", "")):
            raise ParseError("The multipart body has no end.")
        if request.body.lstrip()[:1] in (b"{", b"[") and request.content_type.startswith(FORM):
            # curl -d sends JSON this way. Read as a form it would be one unknown field, and nothing would be filtered.
            raise ParseError("The body looks like JSON, but is sent as a form: send Content-Type: application/json.")
        return self.respond(self.read_parameters(request.data))


def is_complete(body: bytes, content_type: str) -> bool:
    """Return False if a multipart body was cut off. Django would read what is left of it as if it were whole."""
    kind, parameters = parse_header_parameters(content_type)
    return kind != "multipart/form-data" or not body or f"--{parameters.get('boundary', '')}--".encode() in body


def consumed(rows: list) -> Iterator:
    """Yield the rows in their order and remove each from the list, so that a written row needs no memory."""
    rows.reverse()
    while rows:
        yield rows.pop()
