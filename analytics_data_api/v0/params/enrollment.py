"""Parameters of a course's daily enrollment."""

from datetime import datetime

from analytics_data_api.web.filters import PeriodFilters, TimeFilter
from analytics_data_api.web.times import Window


class EnrollmentFilters(PeriodFilters):
    """Days of enrollment. A date-time stands for its date."""

    start_date = TimeFilter(
        "date",
        "gte",
        help_text="First day, inclusive: YYYY-MM-DD or another ISO 8601 date or date-time. With neither start_date nor "
        "end_date the latest computed day is returned.",
    )
    end_date = TimeFilter("date", "lt", help_text="End of the days, exclusive.")

    @classmethod
    def to_value(cls, *, start_date: datetime | None, end_date: datetime | None) -> Window:
        return Window.of_days(start_date, end_date)
