"""Write rows as JSON, encoded in native code, and as CSV that is safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter

import orjson
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.settings import api_settings

from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.web.encoding import encodable, encoded

# A spreadsheet runs a cell that starts with one of these characters as a formula, unless the cell is a number.
FORMULA_STARTS = "=+-@\t\r"
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def json_array(serializer, row_batches: Iterable[list]) -> bytes:
    """Return the objects of all rows as a JSON array, encoded one batch at a time."""
    # To join a list of parts would need twice the memory.
    written = io.BytesIO()
    separator = b"["
    for batch in row_batches:
        part = encoded(serializer.to_objects(batch))
        if len(part) > 2:
            written.write(separator)
            written.write(memoryview(part)[1:-1])
            separator = b","
    written.write(b"]" if written.tell() else b"[]")
    return written.getvalue()


def json_object(around: dict, key: str, value: bytes) -> bytes:
    """Return a JSON object with one more key, whose value is JSON already."""
    beginning = orjson.dumps(around)[:-1]
    return b"".join((beginning, b"," if around else b"", orjson.dumps(key), b":", value, b"}"))


def harmless(text: str) -> str:
    """Return the text of a cell, quoted by an apostrophe if a spreadsheet would run it as a formula."""
    return "'" + text if text[:1] in FORMULA_STARTS and text and not NUMBER.match(text) else text


def cell(value):
    """Return a value as a CSV cell: null is empty, a list is joined with commas, and formulas are quoted."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, (list, tuple)):
        return harmless(", ".join("" if item is None else str(item) for item in value))
    return value


def row_reader(columns):
    """Return a function that returns the cells of a row in the order of the columns."""
    if not any(column.keys or column.is_free_text for column in columns) and len(columns) > 1:
        return itemgetter(*(column.place for column in columns))

    def read(row):
        cells = []
        for _name, place, keys, is_free_text in columns:
            value = row[place]
            for key in keys:
                value = None if value is None else value.get(key)
            cells.append(cell(value) if is_free_text else value)
        return cells

    return read


def csv_parts(serializer, row_batches: Iterable[list], fields: list[str] | None = None) -> Iterator[bytes]:
    """Yield the rows as CSV, one batch at a time after the header.

    ``fields`` selects and orders the columns; unknown names are ignored. Columns that the request does not order are sorted
    by name, as older servers wrote them, because scripts count columns.
    """
    columns = serializer.columns()
    if serializer.has_extra_columns():
        row_batches = list(row_batches)
        columns += serializer.extra_columns(chain.from_iterable(row_batches))
    if not serializer.is_ordered:
        columns = tuple(sorted(columns))
    if fields:
        by_name = {column.name: column for column in columns}
        columns = tuple(by_name[name] for name in dict.fromkeys(fields) if name in by_name)
    yield csv_text([[harmless(column.name) for column in columns]])
    read = row_reader(columns)
    for batch in row_batches:
        yield csv_text(map(read, batch))


def csv_text(rows: Iterable) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


class JSONRenderer(BaseRenderer):
    """Renders what is not a list of rows: single objects and the responses of Django REST framework itself."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        # The browsable API shows indented text.
        indent = bool((renderer_context or {}).get("indent"))
        return orjson.dumps(data, default=encodable, option=orjson.OPT_INDENT_2 if indent else None)


class CSVRenderer(BaseRenderer):
    """Represents CSV in content negotiation. The view streams the rows itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if not isinstance(data, dict):
            return b""
        names = sorted(data)
        return csv_text([map(harmless, names), [cell(data[name]) for name in names]])


class NDJSONRenderer(BaseRenderer):
    """Represents JSON lines in content negotiation. The view streams the rows itself."""

    media_type = "application/x-ndjson"
    format = "ndjson"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return b"" if data is None else orjson.dumps(data, default=encodable, option=orjson.OPT_APPEND_NEWLINE)


def requested_format(request):
    """Return the last value of ``?format=`` that is not empty, or None."""
    values = request.query_params.getlist(api_settings.URL_FORMAT_OVERRIDE)
    return next((value for value in reversed(values) if value), None)


class AcceptNegotiation(DefaultContentNegotiation):
    """Selects the format by the Accept header alone."""

    def get_accept_list(self, request):
        # An empty header accepts any format.
        return super().get_accept_list(request) if request.META.get("HTTP_ACCEPT", "*/*").strip() else ["*/*"]

    def filter_renderers(self, renderers, format):
        return renderers


class ContentNegotiation(AcceptNegotiation):
    """Selects the format by ``?format=``, or else by the Accept header."""

    def select_renderer(self, request, renderers, format_suffix=None):
        name = requested_format(request)
        if name:
            renderer = self.filter_renderers(renderers, name)[0]
            return renderer, renderer.media_type
        return super().select_renderer(request, renderers, format_suffix)

    def filter_renderers(self, renderers, format):
        chosen = [renderer for renderer in renderers if renderer.format == format]
        if not chosen:
            names = [renderer.format for renderer in renderers]
            raise IllegalParameterValues("format", format, f"one of {', '.join(names)}")
        return chosen
