"""Views that accept the same parameters by POST, because a URL can be too short for them."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError

from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.views import RowsView

FORM = "application/x-www-form-urlencoded"
# Characters of a link that every server and proxy accepts.
MAX_URL = 4000


class PostableView(RowsView):
    """An endpoint whose parameters are in the query string or in the body of a POST, which changes nothing."""

    def url_of_request(self):
        """Return a URL that says all of the request, body included, or None if it would be too long."""
        if self.request.method != "POST" or not self.request.data:
            return public_url(self.request)
        query = QueryDict(mutable=True)
        for name in self.parameters.parameters():
            if name not in self.request.query_params and name in self.request.data:
                query[name] = query_text(self.request.data, name)
        query.update(self.request.query_params)
        url = f"{public_url(self.request, self.request.path)}?{query.urlencode()}"
        return url if len(url) <= MAX_URL else None

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


def query_text(body: Any, name: str) -> str:
    """Return the value of a parameter in a form or a JSON body as a query string has it."""
    value = body.getlist(name) if isinstance(body, QueryDict) else body[name]
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_complete(body: bytes, content_type: str) -> bool:
    """Return False if a multipart body was cut off. Django would read what is left of it as if it were whole."""
    kind, parameters = parse_header_parameters(content_type)
    return kind != "multipart/form-data" or not body or f"--{parameters.get('boundary', '')}--".encode() in body


def consumed(rows: list) -> Iterator:
    """Yield the rows in their order and remove each from the list, so that a written row needs no memory."""
    rows.reverse()
    while rows:
        yield rows.pop()
