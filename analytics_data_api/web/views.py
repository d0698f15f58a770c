"""The base of all views: parameters in, rows out, as JSON, as CSV or in the browsable API."""

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.response import Response

from analytics_data_api.auth.access import access_of
from analytics_data_api.course_keys import file_name_stem, valid_course_id
from analytics_data_api.errors import CourseAccessDenied, ResourceNotFound
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.sql.rows import batches
from analytics_data_api.web.ignored import HEADER, ignored_parameters
from analytics_data_api.web.parameters import NoParameters, RequestParameters
from analytics_data_api.web.picked import PickedFields
from analytics_data_api.web.prepared import PreparedView
from analytics_data_api.web.renderers import csv_parts, json_array, json_object
from analytics_data_api.web.streams import SlottedStream
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.wrong_ids import wrong_id


class RowsView(PreparedView):
    """An endpoint that returns rows: it reads its parameters, calls one query and hands the rows to one serializer."""

    parameters: type[RequestParameters] = NoParameters
    serializer_class: Any = None
    # The serializer with all fields, if a request can choose between several.
    described_serializer_class: Any = None
    # Returns the rows for the ids in the URL, the value of the parameters and the scope. A view may define rows() instead.
    query: Callable[..., Iterable]
    traits = Traits()

    def rows(self, parameters: Any, **ids: str) -> Iterable:
        name = self.parameters.argument
        return type(self).query(**ids, **({name: parameters} if name else {}), scope=self.scope)

    def check_ids(self, ids):
        """Raise an error if an id in the URL is malformed."""

    def csv_name(self, ids):
        """Return the name of a CSV file in a browser, or None if it has no name."""
        return None

    @cached_property
    def using(self):
        """The alias of the database of the URL's version."""
        namespaces = self.request.resolver_match.namespaces
        return settings.ANALYTICS_DATABASE_V1 if "v1" in namespaces else settings.ANALYTICS_DATABASE

    @cached_property
    def access(self):
        """The courses and the personal data that the request may see."""
        return access_of(self.request)

    @cached_property
    def scope(self):
        """The database that each query reads, and the courses that may be seen."""
        return Scope(self.using, self.access.courses)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.traits.personal is Personal.ALWAYS:
            self.access.refuse_personal_data()
        is_of_course = "course_id" in kwargs or "course_id" in self.parameters.required_parameters
        if self.access.courses is not None and not (is_of_course or self.traits.filters_courses):
            raise CourseAccessDenied()

    def read_parameters(self, body=None):
        query = self.request.query_params
        self.request.ignored_parameters = ignored_parameters(query, body, self.parameters.parameters())
        return self.parameters.read(query, body, access=self.access)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if ignored := getattr(request, "ignored_parameters", ""):
            response.headers[HEADER] = ignored
        return response

    def get(self, request, **ids):
        self.check_ids(ids)
        self.access.check_courses(ids)
        return self.respond(self.read_parameters(), **ids)

    def respond(self, parameters, **ids):
        return self.response(self.rows(parameters=parameters, **ids), ids)

    def response(self, rows, ids=None, *, serializer=None, links=None, may_be_empty=None, is_large=False):
        """Return the rows in the negotiated format, with ``links`` as a page of a list.

        The first rows are fetched before anything is sent, so that a failing database causes an error and not a broken
        file. ``serializer`` and ``may_be_empty`` override what the view declares. Only some threads of a process send CSV
        that ``is_large`` at a time.
        """
        if links:
            links.refuse_missing_page()
        row_batches = batches(rows)
        first = next(row_batches, None)
        if first is None and not (self.traits.may_be_empty if may_be_empty is None else may_be_empty):
            hints = "".join(wrong_id(name, value) for name, value in self.kwargs.items())
            raise ResourceNotFound(f"There is no data of {self.request.path} for these parameters.{hints}")
        row_batches = chain([first or []], row_batches)
        serializer = serializer or self.serializer_class
        if self.request.accepted_renderer.format == "csv":
            response = self.csv_response(serializer, row_batches, ids, is_large=is_large)
        else:
            response = self.json_response(serializer, row_batches, links)
        if links and (header := links.link_header()):
            response["Link"] = header
        return response

    def json_response(self, serializer, row_batches, links):
        around = links.envelope() if links else {}
        key = "results" if links else self.traits.list_key
        if self.request.accepted_renderer.format == "json":
            body = json_array(serializer, row_batches)
            if key:
                body = json_object(around, key, body)
            return HttpResponse(body if self.traits.many else body[1:-1], content_type="application/json")
        objects = serializer.to_dicts(chain.from_iterable(row_batches))
        if key:
            return Response({**around, key: objects})
        return Response(objects if self.traits.many else objects[0])

    def csv_response(self, serializer, row_batches, ids, *, is_large):
        # Picked fields have selected and ordered the columns already.
        fields = None if isinstance(serializer, PickedFields) else self.request.query_params.get("fields")
        parts = csv_parts(serializer, row_batches, fields and fields.split(","))
        response = StreamingHttpResponse(
            SlottedStream(parts) if is_large else parts, content_type="text/csv; charset=utf-8"
        )
        name = self.csv_name(ids)
        if name:
            response["Content-Disposition"] = attachment(name)
        return response


def attachment(name):
    """Return a Content-Disposition header that makes a browser save the response under a name."""
    header = content_disposition_header(as_attachment=True, filename=name)
    # Plain names need no quotes, and old clients compare the whole header.
    return header.replace('"', "") if all(c.isascii() and (c.isalnum() or c in "-_.~") for c in name) else header


class CourseView(RowsView):
    """An endpoint below ``courses/{course_id}/``."""

    # The end of the CSV file's name, or None if it has no name.
    slug: str | None = None

    def check_ids(self, ids):
        valid_course_id(ids["course_id"])

    def csv_name(self, ids):
        return self.slug and f"{file_name_stem(ids['course_id'])}--{self.slug}.csv"
