"""Weekly activity of a course."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from analytics_data_api.constants.activity import ACTIVITY_LABELS, ACTIVITY_TYPES
from analytics_data_api.v0.models import CourseActivityWeekly
from analytics_data_api.v0.params.times import Window
from analytics_data_api.v0.queries.base import Row, fetch, of_course
from analytics_data_api.v0.queries.functions import DateTimeText, IsoDateTimeText


def weekly_activity(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Weeks in ascending order: start, end, course id, learners by kind of activity, date of the count."""
    weeks = of_course(CourseActivityWeekly, course_id=course_id, using=using).filter(label__in=list(ACTIVITY_TYPES))
    if window.is_latest:
        weeks = weeks.filter(interval_end=weeks.order_by("-interval_end").values("interval_end")[:1])
    if window.start is not None:
        weeks = weeks.filter(interval_start__gte=window.start)
    if window.end is not None:
        weeks = weeks.filter(interval_end__lt=window.end)
    rows = fetch(
        weeks.order_by("interval_end", "interval_start", "created", "id"),
        DateTimeText("interval_start"),
        DateTimeText("interval_end"),
        "course_id",
        "label",
        "count",
        DateTimeText("created"),
    )
    return activity_by_week(rows)


def activity_by_week(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a week from one row a week and label.

    Of several rows of one week and label the last one counts, so they have to come in the order of their creation.
    """
    for (start, end, course_id), week in groupby(rows, key=itemgetter(0, 1, 2)):
        counts = {}
        created = ""
        for _start, _end, _course_id, label, count, row_created in week:
            # A table that ignores case or trailing spaces may hold a label in another spelling.
            counts[ACTIVITY_TYPES[label.strip().upper()]] = count
            created = max(created, row_created)
        yield (start, end, course_id, *map(counts.get, ACTIVITY_LABELS), created)


def recent_activity(*, course_id: str, activity_type: str, using: str) -> Iterator[Row]:
    """The latest week of a kind of activity, if there is one: start, end, kind, learners, course id."""
    label = ACTIVITY_LABELS[activity_type]
    weeks = of_course(CourseActivityWeekly, course_id=course_id, using=using).filter(label=label)
    for start, end, count in fetch(
        weeks.order_by("-interval_end", "-created", "-id")[:1],
        IsoDateTimeText("interval_start"),
        IsoDateTimeText("interval_end"),
        "count",
    ):
        yield start, end, activity_type, count, course_id
