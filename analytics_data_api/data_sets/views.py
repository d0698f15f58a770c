"""Whole data sets, for people's own data stores."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
from django.conf import settings
from django.http import StreamingHttpResponse

from analytics_data_api.data_sets import queries, serializers
from analytics_data_api.data_sets.params import Cursor, PartitionsParameters, RowsParameters
from analytics_data_api.data_sets.streams import WRITERS
from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.renderers import CSVRenderer, JSONRenderer, NDJSONRenderer
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.views import RowsView, attachment

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson", "json": "application/json"}


class DataSetBaseView(RowsView):
    traits = Traits(filters_courses=True, personal=Personal.SOMETIMES)

    def data_set(self, name):
        """The data set of a name, if the server has it and it may be seen."""
        found = queries.data_set_named(name, with_personal=settings.PERSONAL_DATA)
        if found.personal:
            self.access.refuse_personal_data()
        return found


class DataSetView(DataSetBaseView):
    """Get what there is to know about one data set, with a JSON Schema of its rows."""

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
        size, last_refreshed = queries.size(data_set=data_set, **self.scope)
        return serializers.data_set_row(data_set, size, last_refreshed, links, is_csv=self.is_csv)


class DataSetListView(DataSetView):
    """Get all data sets: the tables that the other endpoints answer from, as they stand.

    One object a data set, with its columns, its number of rows, when it was last refreshed and its links.
    """

    serializer_class = serializers.DataSetSerializer
    traits = DataSetBaseView.traits

    def rows(self, parameters):
        with_personal = settings.PERSONAL_DATA and self.access.sees_personal_data
        return map(self.described, queries.data_sets(with_personal=with_personal).values())


class DataSetRowsView(DataSetBaseView):
    """Get rows of a data set, in the order of created and id, as CSV, JSON lines or JSON.

    While there are more rows, the Link header has the URL of the next page. When there are no more, the header
    Resume-Cursor has the cursor with which a later request gets what has come since. Whoever follows both gets each row
    once, however many rows share a time. No rows is an answer too. A stream that fails ends without the end of its body.

    `Accept: application/x-ndjson` or `?format=ndjson` gives JSON lines: one object a line.
    """

    parameters = RowsParameters
    serializer_class = serializers.DataSetRowSerializer
    renderer_classes = [CSVRenderer, NDJSONRenderer, JSONRenderer]
    traits = replace(DataSetBaseView.traits, may_be_empty=True)

    def get(self, request, data_set):
        found = self.data_set(data_set)
        pull = self.read_parameters().of(found, datetime.now(UTC))
        page = queries.page(data_set=found, pull=pull, **self.scope)
        kind = request.accepted_renderer.format
        chunks = () if request.method == "HEAD" else WRITERS[kind](page.columns, page.batches)
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
        # All pages of a pull go up to the same time.
        query["updated_before"] = pull.updated_before.replace(tzinfo=None).isoformat()
        return f"{public_url(self.request, self.request.path)}?{query.urlencode()}"


class DataSetPartitionsView(DataSetBaseView):
    """Get how many rows of a data set each course has, and when the first and the last of them were created.

    A client that compares these with its own rows learns which courses were rewritten or removed, and fetches those again
    by course_id. A video timeline is of the courses that have its video.
    """

    parameters = PartitionsParameters
    serializer_class = serializers.PartitionSerializer
    traits = replace(DataSetBaseView.traits, may_be_empty=True)

    def rows(self, data_set, parameters):
        found = self.data_set(data_set)
        pull = parameters.of(found, datetime.now(UTC))
        return queries.partitions(data_set=found, pull=pull, **self.scope)
