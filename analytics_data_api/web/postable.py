"""Views that answer to POST as they do to GET, because their parameters may be longer than a URL."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.sql.rows import batches
from analytics_data_api.web.pagination import PageLinks
from analytics_data_api.web.picked import PickedFields
from analytics_data_api.web.renderers import csv_chunks, json_list, json_object
from analytics_data_api.web.views import RowsView


def consumed(rows: list) -> Iterator:
    """The rows in their order, each taken off the list: what has been written needs no memory any more."""
    rows.reverse()
    while rows:
        yield rows.pop()


FORM = "application/x-www-form-urlencoded"


def has_end(body: bytes, content_type: str) -> bool:
    """Whether a body in parts is complete: of one that was cut off what is left would be taken for all of it."""
    kind, parameters = parse_header_parameters(content_type)
    if kind != "multipart/form-data" or not body:
        return True
    return f"--{parameters.get('boundary', '')}--".encode() in body


class PostableView(RowsView):
    """An endpoint whose parameters come in the query string or in the body of a POST, which changes nothing."""

    def get(self, request):
        return self.respond(self.read_parameters())

    def post(self, request):
        if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            # Such a body is not read, and an answer without the filters in it would be another one.
            raise ParseError("The request has no Content-Length.")
        if not has_end(request.body, request.META.get("CONTENT_TYPE", "")):
            raise ParseError("The multipart body has no end.")
        if request.body.lstrip()[:1] in (b"{", b"[") and request.content_type.startswith(FORM):
            # As curl -d sends it. As a form it would be one field that nobody knows, and the answer would be everything.
            raise ParseError("The body looks like JSON, but is sent as a form: send Content-Type: application/json.")
        return self.respond(self.parameters.read(request.query_params, request.data, access=self.access))

    def respond(self, parameters):
        return self.answer(self.rows(parameters=parameters), {})


class PickedView(PostableView):
    """One whose parameters also say which fields the objects have, and whether they come in pages."""

    def answer(self, rows: list, serializer: PickedFields, *, links: PageLinks | None = None, may_be_empty=False):
        """The rows, a page of them if there are ``links``, in the negotiated format; 404 if they must not be empty."""
        if not rows and not may_be_empty:
            raise ResourceNotFound(f"There is no data of {self.request.path} for these parameters.")
        response = self.rendered(rows, serializer, links)
        link = links and links.link_header()
        if link:
            response["Link"] = link
        return response

    def rendered(self, rows, serializer, links):
        rows = consumed(rows)
        media_type = self.request.accepted_renderer.format
        if media_type == "csv":
            return StreamingHttpResponse(csv_chunks(serializer, batches(rows)), content_type="text/csv; charset=utf-8")
        if media_type == "json":
            body = json_list(serializer, batches(rows))
            if links:
                body = json_object(links.envelope(), "results", body)
            return HttpResponse(body, content_type="application/json")
        objects = serializer.to_dicts(rows)
        return Response({**links.envelope(), "results": objects} if links else objects)
