"""Values of query strings, forms and JSON bodies."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers

from analytics_data_api.course_keys import PLAIN
from analytics_data_api.errors import ApiError, CourseKeyMalformed, CourseNotSpecified, IllegalParameterValues
from analytics_data_api.web.lists import (
    CourseIdsField,
    FormTexts,
    IdsField,
    NamesField,
    OneOfField,
    PageNumberField,
    PostableParameters,
    SwitchField,
    TextField,
    TextsField,
    TruthField,
    raw_values,
    shown,
)

OLD, NEW, WIDE = "edX/DemoX/Demo_Course", "course-v1:edX+DemoX+Demo_2014", "course-v1:Ünï+機率+2014"
JUNK = [{}, {"a": 1}, 5, 1.5, True, [1], [None], [["a"]], [{"a": "b"}]]


class TestTexts:
    @pytest.mark.parametrize(
        "value, expected",
        [
            ("a", ("a",)),
            ("a,b", ("a", "b")),
            (" a , b ,, a", ("a", "b")),
            (["a", "b,c"], ("a", "b", "c")),
            (FormTexts(["a", "b", "a"]), ("a", "b")),
            (",", None),
            ([" "], None),
        ],
    )
    def test_valid(self, value, expected):
        assert TextsField().to_internal_value(value) == expected

    @pytest.mark.parametrize("value", JUNK)
    def test_invalid(self, value):
        with pytest.raises(serializers.ValidationError):
            TextsField().to_internal_value(value)

    @pytest.mark.parametrize("value", [None, ",", [" "]])
    def test_ids_must_not_be_empty(self, value):
        with pytest.raises(serializers.ValidationError):
            IdsField().to_internal_value(value)

    def test_names(self):
        field = NamesField(["a", "b"], is_name=lambda name: name in "ab" or name.startswith("a."))
        assert field.to_internal_value("b,a.x") == ("b", "a.x")
        with pytest.raises(serializers.ValidationError, match="names out of a, b"):
            field.to_internal_value("a,c")


class TestCourseIds:
    @pytest.mark.parametrize(
        "value, expected",
        [
            (OLD, (OLD,)),
            ([OLD, NEW, OLD], (OLD, NEW)),
            (f"{OLD}, {NEW},{WIDE}", (OLD, NEW, WIDE)),
            # A + that was not escaped.
            (FormTexts(["course-v1:edX DemoX Demo_2014"]), (NEW,)),
            (FormTexts([OLD, NEW]), (OLD, NEW)),
        ],
    )
    def test_valid(self, value, expected):
        assert CourseIdsField().to_internal_value(value) == expected

    @pytest.mark.parametrize("value", [None, "", [], ",", ["", " "], FormTexts([""])])
    def test_empty(self, value):
        with pytest.raises(CourseNotSpecified):
            CourseIdsField().to_internal_value(value)

    @pytest.mark.parametrize(
        "value", ["x", [OLD, "x"], f"{OLD},x", "course-v1:edX DemoX Demo_2014", "a/b/c\n\x00", "a/b/c/d"]
    )
    def test_malformed(self, value):
        with pytest.raises(CourseKeyMalformed):
            CourseIdsField().to_internal_value(value)

    @pytest.mark.parametrize("value", [f"{OLD},,{NEW}", [OLD, ""]])
    def test_an_empty_one_among_others_is_no_course(self, value):
        with pytest.raises(CourseNotSpecified):
            CourseIdsField().to_internal_value(value)

    @pytest.mark.parametrize("value", JUNK)
    def test_no_texts(self, value):
        with pytest.raises((serializers.ValidationError, ApiError)):
            CourseIdsField().to_internal_value(value)

    @pytest.mark.parametrize("course_id", [OLD, NEW, WIDE, "course-v1:a.b+~c+d-e:f", "-/./%", "course-v1:1+_+:"])
    def test_plain_ids_are_ids(self, course_id):
        assert PLAIN.match(course_id)
        assert str(CourseKey.from_string(course_id)) == course_id

    @given(st.text(alphabet="ab1_-~.:%/+@é機 \n", max_size=12), st.sampled_from(["", "course-v1:"]))
    def test_whatever_is_plain_is_an_id(self, text, start):
        if PLAIN.match(start + text):
            CourseKey.from_string(start + text)

    @pytest.mark.parametrize("text", ["a:b/c/d", f"{NEW}\n", "course-v1:a+b", "a/b", "course-v1:a+b+c@d", "a b/c/d"])
    def test_others_are_not_plain(self, text):
        assert not PLAIN.match(text)


@pytest.mark.parametrize(
    "field, value, expected",
    [
        (TextField(), "a", "a"),
        (TextField(), FormTexts(["a", "b"]), "b"),
        (OneOfField(["asc", "desc"]), "desc", "desc"),
        (TruthField(), True, True),
        (TruthField(), "FALSE", False),
        (TruthField(), FormTexts(["True"]), True),
        (TruthField(), 0, False),
        (SwitchField(), "yes", True),
        (SwitchField(), "False", False),
        (SwitchField(), 0, False),
        (SwitchField(), "0", False),
        (SwitchField(), True, True),
        (PageNumberField(), 3, 3),
        (PageNumberField(), "03", 3),
        (PageNumberField(), FormTexts(["2"]), 2),
        (PageNumberField(), "9" * 5000, 10**18),
    ],
)
def test_single_values(field, value, expected):
    assert field.to_internal_value(value) == expected


@pytest.mark.parametrize(
    "field, values",
    [
        (TextField(), [1, True, ["a"], {}]),
        (OneOfField(["asc", "desc"]), ["ASC", "x", 1, ["asc"], {}]),
        (TruthField(), ["yes", 2, 0.0, [], {}, ["true"]]),
        (SwitchField(), [["a"], {"a": 1}]),
        (PageNumberField(), ["0", 0, -1, "-1", "1.0", 1.0, True, "x", "²", "٣", [1], {}, 1e300, " 1"]),
    ],
)
def test_refused_single_values(field, values):
    for value in values:
        with pytest.raises(serializers.ValidationError):
            field.to_internal_value(value)


class Example(PostableParameters):
    course_ids = CourseIdsField()
    names = TextsField()
    page = PageNumberField()

    @classmethod
    def to_value(cls, **values):
        return values


class TestRead:
    def read(self, query="", body=None):
        return Example.read(QueryDict(query), body)

    def test_nothing(self):
        assert self.read() == {"course_ids": None, "names": None, "page": None}

    def test_query_string(self):
        assert self.read("names=a,b&names=c&page=1&page=2&unknown=x") == {
            "course_ids": None,
            "names": ("a", "b", "c"),
            "page": 2,
        }

    def test_form(self):
        assert self.read(body=QueryDict(f"course_ids={OLD}&course_ids=course-v1:edX+DemoX+Demo_2014"))[
            "course_ids"
        ] == (
            OLD,
            NEW,
        )

    def test_json(self):
        assert self.read(body={"names": ["a"], "page": 1, "unknown": {}}) == {
            "course_ids": None,
            "names": ("a",),
            "page": 1,
        }

    def test_query_string_wins(self):
        assert self.read("page=2", {"page": 1, "names": "a"}) == {"course_ids": None, "names": ("a",), "page": 2}

    @pytest.mark.parametrize("empty", ["", None, []])
    def test_empty_is_absent(self, empty):
        assert self.read(body={"names": empty, "page": empty}) == self.read()
        assert self.read("names=&page=") == self.read()

    @pytest.mark.parametrize("empty", ["", None, []])
    def test_but_not_where_it_is_refused(self, empty):
        with pytest.raises(CourseNotSpecified):
            self.read(body={"course_ids": empty})
        with pytest.raises(CourseNotSpecified):
            self.read("course_ids=")

    @pytest.mark.parametrize("body", [[], ["a"], "a", 1, 1.5, True])
    def test_bodies_that_are_no_object(self, body):
        with pytest.raises(IllegalParameterValues, match="a JSON object"):
            self.read(body=body)

    def test_the_message_names_parameter_value_and_what_is_allowed(self):
        with pytest.raises(IllegalParameterValues) as error:
            self.read("page=x")
        assert str(error.value) == "page 'x' is not allowed: expected a whole number of at least 1."

    def test_a_long_value_is_not_repeated(self):
        with pytest.raises(IllegalParameterValues) as error:
            self.read(body={"page": "x" * 10_000})
        assert len(str(error.value)) < 400


def test_raw_values():
    assert raw_values(QueryDict("a=1&a=2&b=")) == {"a": ["1", "2"], "b": [""]}
    assert shown(FormTexts(["a"])) == "a"
    assert shown({"a": 1}) == "{'a': 1}"
