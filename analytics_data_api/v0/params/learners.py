"""Parameters of the roster and of a learner's engagement."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from analytics_data_api.constants import ROSTER_ORDERS
from analytics_data_api.course_keys import valid_course_id
from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.rosters.name_search import Search, parse_search
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.web.parameters import CourseIdField, Parameters, TimeField, WordField
from analytics_data_api.web.times import Window
from analytics_data_api.web.windows import refuse_reversed

MAX_SEARCH_TERMS = 50
NATURAL_NUMBER = re.compile(r"0*([1-9][0-9]*)\Z")
# More than any roster has learners; larger numbers mean no more.
LARGEST_NUMBER = 10**18


class NaturalNumberField(serializers.IntegerField):
    """A whole number of at least 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, **kwargs)

    def to_internal_value(self, text: str) -> int:
        number = NATURAL_NUMBER.match(text)
        if not number:
            raise serializers.ValidationError("a whole number of at least 1")
        return LARGEST_NUMBER if len(number[1]) > 18 else int(number[1])


class FlagField(serializers.BooleanField):
    """``true`` or ``false``, in any case."""

    def to_internal_value(self, text: str) -> bool:
        word = text.lower()
        if word not in ("true", "false"):
            raise serializers.ValidationError("true or false")
        return word == "true"


class NamesField(serializers.CharField):
    """Names separated by commas; empty ones are dropped."""

    def to_internal_value(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


class TextField(serializers.CharField):
    def to_internal_value(self, text: str) -> str:
        return text


class SearchField(serializers.CharField):
    def to_internal_value(self, text: str) -> Search | None:
        if len(text.split()) > MAX_SEARCH_TERMS:
            raise serializers.ValidationError(f"at most {MAX_SEARCH_TERMS} terms")
        # A text of spaces is no search, and neither is a * on its own, with which everything begins.
        return parse_search(text) if text.replace("*", "").strip() else None


class RosterParameters(Parameters):
    required_parameters = ("course_id",)

    course_id = CourseIdField(help_text="Id of the course run; required.")
    text_search = SearchField(
        help_text="Learners with any of these terms: a word of the name, the username, the email address or its part "
        "before the @, in any case, accents aside. A term that ends with * is a beginning."
    )
    segments = NamesField(help_text="Learners in any of these segments, separated by commas.")
    ignore_segments = NamesField(help_text="Learners in none of these segments. Not together with segments.")
    cohort = TextField(help_text="Learners of this cohort.")
    enrollment_mode = TextField(help_text="Learners enrolled in this mode.")
    order_by = WordField(
        choices=ROSTER_ORDERS, help_text="Field to sort by; default username. Ties are sorted by username."
    )
    sort_order = WordField(choices=("asc", "desc"), help_text="Direction; default asc. Null is last in asc.")
    page = NaturalNumberField(help_text="Number of the page; default 1.")
    page_size = NaturalNumberField(help_text="Learners of a page; default 25, at most 100 (in CSV without limit).")
    highlight = FlagField(help_text="Whether to add `matches`: the [start, end) spans that matched text_search.")
    fields = NamesField(help_text="The fields to return, separated by commas; names of no field are left out.")

    @classmethod
    def to_value(cls, **values: Any) -> RosterRequest:
        if values["segments"] and values["ignore_segments"]:
            raise IllegalParameterValues(
                "ignore_segments", ",".join(values["ignore_segments"]), "not to be used together with segments"
            )
        return RosterRequest(
            course_id=valid_course_id(values["course_id"]),
            search=values["text_search"],
            segments=values["segments"] or (),
            ignore_segments=values["ignore_segments"] or (),
            cohort=values["cohort"],
            enrollment_mode=values["enrollment_mode"],
            order_by=values["order_by"] or ROSTER_ORDERS[0],
            descending=values["sort_order"] == "desc",
            page=values["page"] or 1,
            page_size=values["page_size"] or settings.DEFAULT_PAGE_SIZE,
            highlight=bool(values["highlight"]),
            fields=values["fields"] or (),
        )


@dataclass(frozen=True)
class EngagementRequest:
    """A course, and the days whose engagement is asked for; an open window is the learner's own range."""

    course_id: str
    window: Window


class EngagementParameters(Parameters):
    required_parameters = ("course_id",)

    course_id = CourseIdField(help_text="Id of the course run; required.")
    start_date = TimeField(help_text="First day of the engagement, inclusive.")
    end_date = TimeField(help_text="End of the engagement, exclusive.")

    @classmethod
    def to_value(
        cls, *, course_id: str | None, start_date: datetime | None, end_date: datetime | None
    ) -> EngagementRequest:
        course_id = valid_course_id(course_id)
        refuse_reversed(start_date, end_date)
        return EngagementRequest(course_id, Window(day_of(start_date), day_of(end_date)))


def day_of(moment: datetime | None) -> date | None:
    return moment and moment.date()
