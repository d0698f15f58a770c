"""Parameters of a course's weekly activity."""

from datetime import datetime
from typing import Any

from analytics_data_api.constants import ACTIVITY_LABELS, ACTIVITY_TYPES, ANY
from analytics_data_api.web.fields import WordField
from analytics_data_api.web.filters import PeriodFilters, TimeFilter
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.times import Window


class ActivityFilters(PeriodFilters):
    """Weeks of activity."""

    start_date = TimeFilter(
        "interval_start",
        "gte",
        help_text="Weeks that start at this time or later: YYYY-MM-DD, YYYY-MM-DDTHHMMSS or another ISO 8601 date or "
        "date-time, UTC. With neither start_date nor end_date the latest computed week is returned.",
    )
    end_date = TimeFilter("interval_end", "lt", help_text="Weeks that end before this time.")

    @classmethod
    def to_value(cls, *, start_date: datetime | None, end_date: datetime | None) -> Window:
        return Window(start_date, end_date)


class ActivityTypeField(WordField):
    """A kind of activity: the API's name or the table's label."""

    def to_internal_value(self, value: Any) -> str:
        return super().to_internal_value(ACTIVITY_TYPES.get(value.upper(), value))


class ActivityTypeParameters(Parameters):
    argument = "activity_type"

    activity_type = ActivityTypeField(
        choices=list(ACTIVITY_LABELS), help_text="Kind of activity to count; default any."
    )
    label = ActivityTypeField(choices=list(ACTIVITY_LABELS), help_text="Former name of activity_type.")

    @classmethod
    def to_value(cls, *, activity_type: str | None, label: str | None) -> str:
        return activity_type or label or ANY
