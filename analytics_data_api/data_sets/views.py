"""Bulk data: whole data sets, for copies in other databases."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
from django.conf import settings
from django.http import StreamingHttpResponse

from analytics_data_api.data_sets import queries, serializers
from analytics_data_api.data_sets.params import Cursor, PartitionsParameters, RowsParameters
from analytics_data_api.data_sets.streams import WRITERS, SlottedStream
from analytics_data_api.errors import CourseAccessDenied, TooManyStreams
from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.renderers import CSVRenderer, JSONRenderer, NDJSONRenderer
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.views import RowsView, attachment

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson", "json": "application/json"}


class DataSetBaseView(RowsView):
    traits = Traits(filters_courses=True, personal=Personal.SOMETIMES)

    def data_set(self, name):
        """Return the data set of a name. Raise if the server does not have it or the key must not see it."""
        found = queries.data_set_named(name, with_personal=settings.PERSONAL_DATA)
        if found.personal:
            self.access.refuse_personal_data()
        if not found.has_courses and self.access.courses is not None:
            raise CourseAccessDenied()
        return found


class DataSetView(DataSetBaseView):
    """Get the description of a data set, with a JSON Schema of its rows."""

    serializer_class = serializers.DescribedDataSetSerializer
    traits = replace(DataSetBaseView.traits, many=False)

    def rows(self, data_set, parameters):
        found = self.data_set(data_set)
        schema = serializers.json_schema(found)
        yield (*self.described(found), orjson.dumps(schema).decode() if self.is_csv else schema)

    @property
    def is_csv(self):
        return self.request.accepted_renderer.format == "csv"

    def described(self, data_set):
        version = "v1" if "v1" in self.request.resolver_match.namespaces else "v0"
        url = public_url(self.request, f"/api/{version}/data_sets/{data_set.name}/")
        links = {"self": url, "rows": f"{url}rows/", "partitions": f"{url}partitions/"}
        size, last_refreshed = queries.size(data_set=data_set, scope=self.scope)
        return serializers.data_set_row(data_set, size, last_refreshed, links, is_csv=self.is_csv)


class DataSetListView(DataSetView):
    """Get all data sets, which are the tables behind the other endpoints.

    One object per data set, with its columns, its number of rows, the time of its latest row and its links.
    """

    serializer_class = serializers.DataSetSerializer
    traits = DataSetBaseView.traits

    def rows(self, parameters):
        with_personal = settings.PERSONAL_DATA and self.access.sees_personal_data
        found = queries.data_sets(with_personal=with_personal, of_site=self.access.courses is None)
        return map(self.described, found.values())


class DataSetRowsView(DataSetBaseView):
    """Get rows of a data set, in the order of created and id, as CSV, JSON lines or JSON.

    If more rows follow, the Link header has the URL of the next page. After the last page, the header Resume-Cursor has a
    cursor with which a later request gets the rows that were added since. A client that follows both gets each row once,
    even if many rows have the same time. An empty result is 200. A stream that fails ends before the end of its body.
    While too many clients stream all rows (`limit=all`), others get 503.

    `Accept: application/x-ndjson` or `?format=ndjson` returns JSON lines, one object per line.
    """

    parameters = RowsParameters
    serializer_class = serializers.DataSetRowSerializer
    renderer_classes = [CSVRenderer, NDJSONRenderer, JSONRenderer]
    traits = replace(DataSetBaseView.traits, may_be_empty=True, other_errors=(TooManyStreams,))

    def get(self, request, data_set):
        found = self.data_set(data_set)
        pull = self.read_parameters().of(found, datetime.now(UTC))
        page = queries.page(data_set=found, pull=pull, scope=self.scope)
        kind = request.accepted_renderer.format
        chunks = () if request.method == "HEAD" else WRITERS[kind](page.columns, page.batches)
        if pull.limit is None and chunks:
            chunks = SlottedStream(chunks)
        response = StreamingHttpResponse(chunks, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = attachment(f"{found.name}.{kind}")
        cursor = Cursor(found.name, page.end).text()
        if page.has_more:
            response["Link"] = f'<{self.next_url(cursor, pull)}>; rel="next"'
        else:
            response["Resume-Cursor"] = cursor
        return response

    def next_url(self, cursor, pull):
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        # All pages of a pull end at the same time.
        query["updated_before"] = pull.updated_before.replace(tzinfo=None).isoformat()
        return f"{public_url(self.request, self.request.path)}?{query.urlencode()}"


class DataSetPartitionsView(DataSetBaseView):
    """Get the number of rows of a data set by course, and the times of the first and the last of them.

    A client compares these with its own rows, and fetches the courses that were rewritten again by course_id. A video
    timeline belongs to each course that has its video.
    """

    parameters = PartitionsParameters
    serializer_class = serializers.PartitionSerializer
    traits = replace(DataSetBaseView.traits, may_be_empty=True)

    def rows(self, data_set, parameters):
        found = self.data_set(data_set)
        pull = parameters.of(found, datetime.now(UTC))
        return queries.partitions(data_set=found, pull=pull, scope=self.scope)
