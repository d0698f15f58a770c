"""Rows as JSON and as CSV."""

import csv
import io
import json

import orjson
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer as ReferenceJSONRenderer
from rest_framework_csv.renderers import CSVRenderer as ReferenceCSVRenderer

from analytics_data_api.sql.rows import batches
from analytics_data_api.v0.serializers.courses import CourseActivityWeeklySerializer
from analytics_data_api.v0.serializers.enrollment import (
    CourseEnrollmentByEducationSerializer,
    CourseEnrollmentModeDailySerializer,
)
from analytics_data_api.web.renderers import (
    CSVRenderer,
    JSONRenderer,
    csv_parts,
    csv_text,
    harmless,
    json_array,
    json_object,
)

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "-",
    "+",
    "=",
    "@",
    "-a",
    "--1",
    "+.",
    "-1\n",
    "=1",
    "+ 1",
]
HARMLESS = ["", "a", "a=1", " =1", "-1", "+1", "-1.5", "+.5", "-1e10", "-1E-3", "1", "'=1", "é", "\n=1", "-0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_get_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay(text):
    assert harmless(text) == text


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_is_a_formula(text):
    shown = harmless(text)
    assert shown.removeprefix("'") == text.removeprefix("'")
    if shown[:1] and shown[0] in "=+-@\t\r":
        float(shown)


ROW = ("edX/DemoX/Demo_Course", "2014-12-10", "bachelors", 1892, "2014-12-10T193146")


def education(level):
    return (*ROW[:2], level, *ROW[3:])


def csv_of(serializer, rows, fields=None):
    return b"".join(csv_parts(serializer, iter([list(rows)]), fields)).decode()


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_csv_is_read_back_as_it_was(levels):
    """``csv`` of Python reads what a spreadsheet would; only formulas get an apostrophe."""
    text = csv_of(CourseEnrollmentByEducationSerializer, map(education, levels))
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == ["count", "course_id", "created", "date", "education_level"]
    assert [line[4] for line in lines] == [harmless(level or "") for level in levels]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: c not in "=+-@\t\r"))))
def test_csv_is_that_of_the_reference(levels):
    """djangorestframework-csv writes the same bytes if no cell is a formula."""
    rows = [education(level) for level in levels]
    serializer = CourseEnrollmentByEducationSerializer
    context = {"header": sorted(serializer.names())}
    reference = ReferenceCSVRenderer().render(serializer.to_dicts(rows), renderer_context=context)
    if rows:
        assert csv_of(serializer, rows).encode() == reference


class TestColumns:
    def test_declared_columns_stand_even_where_no_row_has_them(self):
        week = ("2014-12-08T000000", "2014-12-15T000000", "course", 3013, None, None, None, "2014-12-10T193104")
        assert csv_of(CourseActivityWeeklySerializer, [week]).splitlines() == [
            "any,attempted_problem,course_id,created,interval_end,interval_start,played_video,posted_forum",
            "3013,,course,2014-12-10T193104,2014-12-15T000000,2014-12-08T000000,,",
        ]

    def test_names_that_depend_on_the_rows_follow_sorted(self):
        head = ("course", "2014-12-10", 1, 2, "2014-12-10T193146", 0, 0, 0, 0, 0, 0)
        text = csv_of(CourseEnrollmentModeDailySerializer, [(*head, {"z": 1}), (*head, {"@a": 2})])
        header, first, second = text.splitlines()
        assert header.startswith("'@a,audit,") and header.endswith(",verified,z")
        assert [(line.split(",")[0], line.split(",")[-1]) for line in (first, second)] == [("", "1"), ("2", "")]

    @pytest.mark.parametrize(
        "fields, header",
        [
            (["count"], "count"),
            (["created", "course_id"], "created,course_id"),
            (["count", "nonsense", "date", "count"], "count,date"),
            ([], "count,course_id,created,date,education_level"),
            (None, "count,course_id,created,date,education_level"),
        ],
    )
    def test_fields(self, fields, header):
        assert csv_of(CourseEnrollmentByEducationSerializer, [ROW], fields).splitlines()[0] == header


class TestBatches:
    @pytest.mark.parametrize("count", [0, 1, 1999, 2000, 2001, 4000])
    def test_all_rows_once(self, count):
        sizes = [len(batch) for batch in batches(range(count))]
        assert sum(sizes) == count
        assert all(0 < size <= 2000 for size in sizes)

    def test_json_of_many_batches_is_one_list(self):
        rows = [education(str(number)) for number in range(5)]
        serializer = CourseEnrollmentByEducationSerializer
        whole = orjson.dumps(serializer.to_dicts(rows))
        assert json_array(serializer, [rows[:2], rows[2:3], rows[3:]]) == whole

    def test_csv_is_written_while_rows_are_fetched(self):
        fetched = []

        def row_batches():
            for number in range(3):
                fetched.append(number)
                yield [education(str(number))]

        chunks = csv_parts(CourseEnrollmentByEducationSerializer, row_batches())
        assert next(chunks).startswith(b"count,course_id,")
        next(chunks)
        assert fetched == [0]


class TestJSONRenderer:
    @pytest.mark.parametrize(
        "data",
        [{}, [], None, "é", {"a": [1, 2.5, None, True, "x"]}, {"lazy": gettext_lazy("text")}, {"b": {"c": "<&>"}}],
    )
    def test_is_that_of_the_framework(self, data):
        own, reference = JSONRenderer().render(data), ReferenceJSONRenderer().render(data)
        assert (own == reference == b"") if data is None else json.loads(own) == json.loads(reference)

    def test_indents_where_asked(self):
        assert JSONRenderer().render({"a": 1}, renderer_context={"indent": 4}) == b'{\n  "a": 1\n}'

    def test_nan_and_infinity_are_null(self):
        assert JSONRenderer().render([float("nan"), float("inf")]) == b"[null,null]"

    def test_refuses_unknown_types(self):
        with pytest.raises(TypeError):
            JSONRenderer().render({"a": object()})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(JSON)
def test_json_is_read_back_as_the_standard_library_would_write_it(data):
    written = JSONRenderer().render(data)
    if data is None:
        assert written == b""
    else:
        assert json.loads(written) == json.loads(json.dumps(data), parse_constant=lambda _name: None)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.dictionaries(st.text('ab"\\é'), st.integers(-9, 2**63) | st.text('ab"\\é,:}'), max_size=3), JSON)
def test_json_that_is_put_into_an_object(around, value):
    assert json.loads(json_object(around, "results", orjson.dumps(value))) == {
        **around,
        "results": orjson.loads(orjson.dumps(value)),
    }


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.lists(st.text("a=+-@, '\n")),
        min_size=2,
    )
)
def test_cells_of_a_single_object(data):
    """Each cell is its value, with an apostrophe in front if it would be a formula and is not a number."""
    names = sorted(data)
    header, cells = csv.reader(io.StringIO(CSVRenderer().render(data).decode(), newline=""))
    texts = [
        "" if value is None else ", ".join(value) if isinstance(value, list) else value
        for value in map(data.get, names)
    ]
    for shown, text in zip([*header, *cells], [*names, *texts], strict=True):
        assert shown in (text, f"'{text}")
        if shown[:1] and shown[0] in "=+-@\t\r":
            float(shown)


class TestCSVRenderer:
    def test_single_object(self):
        assert CSVRenderer().render({"a": ["x", "y"], "b": None, "=c": "=1"}) == b"'=c,a,b\r\n'=1,\"x, y\",\r\n"

    def test_nothing(self):
        assert CSVRenderer().render(None) == b""


def test_lines_end_as_rfc_4180_requires():
    assert csv_text([["a", "b"], [1, None]]) == b"a,b\r\n1,\r\n"
