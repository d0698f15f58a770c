"""Query strings, forms and JSON bodies become values."""

import pytest
from django.http import QueryDict

from analytics_data_api.errors import CourseNotSpecified, IllegalParameterValues
from analytics_data_api.web.fields import CourseIdsField, NumberField, TextsField
from analytics_data_api.web.parameters import Parameters

OLD, NEW = "edX/DemoX/Demo_Course", "course-v1:edX+DemoX+Demo_2014"


class Example(Parameters):
    course_ids = CourseIdsField()
    names = TextsField()
    page = NumberField()

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

    def test_the_last_of_several_single_values_counts(self):
        assert self.read("page=x&page=2")["page"] == 2
        assert self.read("page=2&page=")["page"] is None

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
