"""Fields of requests: valid and invalid values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers

from analytics_data_api.course_keys import PLAIN
from analytics_data_api.errors import ApiError, CourseKeyMalformed, CourseNotSpecified
from analytics_data_api.web.fields import (
    CourseIdsField,
    FlagField,
    FormTexts,
    IdsField,
    KnownNamesField,
    NamesField,
    NumberField,
    SwitchField,
    TextField,
    TextsField,
    WordField,
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
        field = KnownNamesField(["a", "b"], is_name=lambda name: name in "ab" or name.startswith("a."))
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
        (WordField(["asc", "desc"]), "DESC", "desc"),
        (WordField(["asc", "desc"], ignores_case=False), "desc", "desc"),
        (FlagField(), "FALSE", False),
        (FlagField(), True, True),
        (FlagField(takes_digits=True), "True", True),
        (FlagField(takes_digits=True), 0, False),
        (SwitchField(), "yes", True),
        (SwitchField(), "False", False),
        (SwitchField(), 0, False),
        (SwitchField(), "0", False),
        (SwitchField(), True, True),
        (NumberField(), 3, 3),
        (NumberField(), "03", 3),
        (NumberField(), "9" * 18, 10**18 - 1),
        (NumberField(), "9" * 5000, 10**18),
        (NamesField(), " a ,,b,a", ("a", "b")),
        (NamesField(), ",", None),
    ],
)
def test_single_values(field, value, expected):
    assert field.to_internal_value(value) == expected


@pytest.mark.parametrize(
    "field, values",
    [
        (TextField(), [1, True, ["a"], {}]),
        (WordField(["asc", "desc"]), ["x", 1, ["asc"], {}]),
        (WordField(["asc", "desc"], ignores_case=False), ["ASC", "x", 1, ["asc"], {}]),
        (FlagField(), ["yes", "1", 0, [], {}]),
        (FlagField(takes_digits=True), ["yes", 2, 0.0, [], {}, ["true"]]),
        (SwitchField(), [["a"], {"a": 1}]),
        (NumberField(), ["0", 0, -1, "-1", "1.0", 1.0, True, "x", "²", "٣", [1], {}, 1e300, " 1", "1\n"]),
    ],
)
def test_refused_single_values(field, values):
    for value in values:
        with pytest.raises(serializers.ValidationError):
            field.to_internal_value(value)
