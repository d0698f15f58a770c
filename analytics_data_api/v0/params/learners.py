"""Parameters of the roster and of a learner's engagement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from analytics_data_api.constants import ROSTER_ORDERS
from analytics_data_api.rosters.name_search import Search, parse_search
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.web.fields import CourseIdField, FlagField, NamesField, NumberField, TextField, WordField
from analytics_data_api.web.filters import CourseFilter, PeriodFilters, TimeFilter
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.times import Window

MAX_SEARCH_TERMS = 50


class SearchField(serializers.CharField):
    def to_internal_value(self, text: str) -> Search | None:
        if len(text.split()) > MAX_SEARCH_TERMS:
            raise serializers.ValidationError(f"at most {MAX_SEARCH_TERMS} terms")
        # Spaces are not a search, and neither is a single *, because everything begins with nothing.
        return parse_search(text) if text.replace("*", "").strip() else None


class RosterParameters(Parameters):
    required_parameters = ("course_id",)

    course_id = CourseIdField(help_text="Id of the course run; required.")
    text_search = SearchField(
        help_text="Learners with any of these terms: a word of the name, the username, the email address, its part before "
        "the @, or a piece of either between . - _ + and digits. Case and accents are ignored. A term that ends with * "
        "matches beginnings. If no learner matches, all terms match beginnings, and the response has `search`: `prefix`."
    )
    segments = NamesField(help_text="Learners in any of these segments, separated by commas.")
    ignore_segments = NamesField(help_text="Learners in none of these segments. Cannot be combined with segments.")
    cohort = TextField(help_text="Learners of this cohort.")
    enrollment_mode = TextField(help_text="Learners enrolled in this mode.")
    order_by = WordField(
        choices=ROSTER_ORDERS, help_text="Field to sort by; default username. Ties are sorted by username."
    )
    sort_order = WordField(choices=("asc", "desc"), help_text="Direction; default asc. Null is last in asc.")
    page = NumberField(min_value=1, help_text="Number of the page; default 1.")
    page_size = NumberField(
        min_value=1, help_text="Learners of a page; default 25, at most 100 (in CSV without limit)."
    )
    highlight = FlagField(help_text="True to add `matches`: the [start, end) spans that matched text_search.")
    fields = NamesField(help_text="The fields to return, separated by commas. Unknown names are ignored.")

    @classmethod
    def check(cls, values: dict[str, Any]) -> None:
        if values["segments"] and values["ignore_segments"]:
            raise serializers.ValidationError({"ignore_segments": "not to be used together with segments"})

    @classmethod
    def to_value(cls, **values: Any) -> RosterRequest:
        return RosterRequest(
            course_id=values["course_id"],
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
    """A course and the days whose engagement is asked for. An open window is the learner's own range."""

    course_id: str
    window: Window


class EngagementFilters(PeriodFilters):
    """Days of a learner's engagement in a course."""

    required_parameters = ("course_id",)

    course_id = CourseFilter(help_text="Id of the course run; required.")
    start_date = TimeFilter("date", "gte", help_text="First day of the engagement, inclusive.")
    end_date = TimeFilter("date", "lt", help_text="End of the engagement, exclusive.")

    @classmethod
    def to_value(cls, *, course_id: str, start_date: datetime | None, end_date: datetime | None) -> EngagementRequest:
        return EngagementRequest(course_id, Window.of_days(start_date, end_date))
