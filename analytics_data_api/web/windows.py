"""``start_date`` and ``end_date``, which every series of days or weeks takes."""

from datetime import datetime

from rest_framework import serializers

from analytics_data_api.web.parameters import Parameters, TimeField
from analytics_data_api.web.times import Window


def refuse_reversed(start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None and start > end:
        raise serializers.ValidationError({"start_date": "a time not after end_date ({end_date})"})


class DayWindow(Parameters):
    """Days of a series. Of a date-time the date counts."""

    start_date = TimeField(
        help_text="First day, inclusive: YYYY-MM-DD or another ISO 8601 date or date-time. With neither start_date nor "
        "end_date the latest computed day is returned."
    )
    end_date = TimeField(help_text="End of the days, exclusive.")

    @classmethod
    def to_value(cls, *, start_date: datetime | None, end_date: datetime | None) -> Window:
        refuse_reversed(start_date, end_date)
        return Window(start=start_date and start_date.date(), end=end_date and end_date.date())


class WeekWindow(Parameters):
    """Weeks of a series."""

    start_date = TimeField(
        help_text="Weeks that start at this time or later: YYYY-MM-DD, YYYY-MM-DDTHHMMSS or another ISO 8601 date or "
        "date-time, UTC. With neither start_date nor end_date the latest computed week is returned."
    )
    end_date = TimeField(help_text="Weeks that end before this time.")

    @classmethod
    def to_value(cls, *, start_date: datetime | None, end_date: datetime | None) -> Window:
        refuse_reversed(start_date, end_date)
        return Window(start=start_date, end=end_date)
