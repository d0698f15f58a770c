"""What all views share: parameters in, rows out, as JSON, as CSV or in the browsable API."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.auth.access import access_of
from analytics_data_api.auth.throttling import ThrottledFirst
from analytics_data_api.course_keys import file_name_stem, valid_course_id
from analytics_data_api.errors import ApiError, CourseAccessDenied, ResourceNotFound
from analytics_data_api.sql.rows import batches
from analytics_data_api.web.parameters import NoParameters
from analytics_data_api.web.renderers import csv_chunks, json_list, json_object, picked


class RowsView(ThrottledFirst, APIView):
    """An endpoint that answers with rows: takes its parameters, calls one query, hands the rows to one serializer."""

    parameters = NoParameters
    serializer_class: Any = None
    # Whether an answer is a list; otherwise it is the one row's object.
    many = True
    # The key under which an answer has its list, where the list has an object around it.
    list_key: str | None = None
    # Whether that object also says which page of how many the list is.
    is_paged = False
    # Whether no rows are an answer; otherwise they are an error.
    may_be_empty = False
    # Whether its rows are of persons.
    is_personal = False
    # Whether those of some of its URLs are.
    may_be_personal = False
    # Whether it leaves out, by itself, what is of courses that must not be seen. A view whose rows are of one course, which
    # its URL or a required parameter names, need not: it is not asked for the others.
    leaves_out_courses = False
    # The errors of what does not exist.
    not_found: tuple[type[ResourceNotFound], ...] = (ResourceNotFound,)
    # Errors that it has beside those of every endpoint.
    other_errors: tuple[type[ApiError], ...] = ()

    def rows(self, ids: dict[str, str], parameters: Any) -> Iterable:
        """The query's rows for the ids of the URL and the value of the parameters."""
        raise NotImplementedError

    def check_ids(self, ids):
        """Raises for an id of the URL that cannot be one."""

    def csv_name(self, ids):
        """The name that a CSV file gets in a browser, or None."""
        return None

    @property
    def using(self):
        """The alias of the database of the URL's version."""
        namespaces = self.request.resolver_match.namespaces
        return settings.ANALYTICS_DATABASE_V1 if "v1" in namespaces else settings.ANALYTICS_DATABASE

    @property
    def access(self):
        """What whoever asks may see."""
        return access_of(self.request)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.is_personal:
            self.access.refuse_personal_data()
        is_of_course = "course_id" in kwargs or "course_id" in getattr(self.parameters, "required_parameters", ())
        if self.access.courses is not None and not (is_of_course or self.leaves_out_courses):
            raise CourseAccessDenied()

    def checked_ids(self, ids):
        """The ids of the URL, if none is malformed or of a course that must not be seen."""
        self.check_ids(ids)
        return self.access.ids(ids)

    def read_parameters(self):
        return self.parameters.read(self.request.query_params, access=self.access)

    def get(self, request, **ids):
        ids = self.checked_ids(ids)
        return self.answer(self.rows(parameters=self.read_parameters(), **ids), ids)

    def answer(self, rows, ids, *, around=None, fields=()):
        """The rows in the negotiated format; 404 if there are none, unless an answer may be empty.

        The first rows are fetched before anything is sent, so that a database that fails is an error and no broken file.
        ``around`` are the keys of the object that an answer with a ``list_key`` has beside its list, and ``fields`` picks
        fields of the objects.
        """
        row_batches = batches(rows)
        first = next(row_batches, None)
        if first is None and not self.may_be_empty:
            raise ResourceNotFound(f"There is no data of {self.request.path} for these parameters.")
        row_batches = chain([first or []], row_batches)
        media_type = self.request.accepted_renderer.format
        if media_type == "csv":
            return self.csv_answer(row_batches, ids)
        if media_type == "json":
            body = json_list(self.serializer_class, row_batches, fields)
            if self.list_key:
                body = json_object(around or {}, self.list_key, body)
            return HttpResponse(body if self.many else body[1:-1], content_type="application/json")
        objects = picked(self.serializer_class.to_dicts(chain.from_iterable(row_batches)), fields)
        if self.list_key:
            return Response({**(around or {}), self.list_key: objects})
        return Response(objects if self.many else objects[0])

    def page_answer(self, rows, links, ids, *, fields=()):
        """A page of rows, which may be empty, with its place in the list as keys and as a Link header."""
        links.refuse_missing_page()
        response = self.answer(rows, ids, around=links.envelope(), fields=fields)
        link = links.link_header()
        if link:
            response["Link"] = link
        return response

    def csv_answer(self, row_batches: Iterator[list], ids):
        fields = self.request.query_params.get("fields")
        chunks = csv_chunks(self.serializer_class, row_batches, fields and fields.split(","))
        response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
        name = self.csv_name(ids)
        if name:
            response["Content-Disposition"] = attachment(name)
        return response


def attachment(name):
    """A Content-Disposition that makes a browser save the answer under a name."""
    header = content_disposition_header(as_attachment=True, filename=name)
    # Names of plain characters need no quotes, and clients of old compare the header as a whole.
    return header.replace('"', "") if all(c.isascii() and (c.isalnum() or c in "-_.~") for c in name) else header


class CourseView(RowsView):
    """An endpoint below ``courses/{course_id}/``."""

    # The end of the name of the CSV file, or None for no name.
    slug: str | None = None

    def check_ids(self, ids):
        valid_course_id(ids["course_id"])

    def csv_name(self, ids):
        return self.slug and f"{file_name_stem(ids['course_id'])}--{self.slug}.csv"
