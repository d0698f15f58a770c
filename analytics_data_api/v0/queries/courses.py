"""Weekly activity of a course."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.apps import apps
from django.db import connections
from django.db.models import Model, QuerySet

from analytics_data_api.constants import ACTIVITY_LABELS, ACTIVITY_TYPES
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.functions import CodePoints, DateTimeText, IsoDateTimeText, StoredTime
from analytics_data_api.sql.rows import Row, batches
from analytics_data_api.v0.models import CourseActivityWeekly
from analytics_data_api.v0.params.courses import ActivityFilters
from analytics_data_api.web.times import Window

# One statement asks all tables and repeats the ids for each.
IDS_IN_EACH_TABLE = 1000


def course_activity(*, course_id: str, window: Window, scope: Scope) -> Iterator[Row]:
    """Yield weeks in ascending order: start, end, course id, learners by activity, date of the count."""
    days = {"start_date": window.start, "end_date": window.end}
    rows = compiled.rows(weeks_statement, using=scope.using, course_id=course_id, exact=scope.exact, **days)
    return activity_by_week(rows)


def weeks_statement(course_id: str, exact: bool, start_date: datetime | None, end_date: datetime | None) -> QuerySet:
    weeks = of_course(CourseActivityWeekly, course_id, exact=exact).filter(label__in=list(ACTIVITY_TYPES))
    if start_date is None and end_date is None:
        weeks = weeks.filter(interval_end=weeks.order_by("-interval_end").values("interval_end")[:1])
    weeks = ActivityFilters.filtered(weeks, start_date=start_date, end_date=end_date)
    interval = (DateTimeText("interval_start"), DateTimeText("interval_end"))
    return weeks.order_by("interval_end", "interval_start", "created", "id").values_list(
        *interval, "course_id", "label", "count", DateTimeText("created")
    )


def activity_by_week(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per week from one row per week and label.

    The last row of a week and label counts, so the rows must be in the order of their creation.
    """
    for (start, end, course_id), week in groupby(rows, key=itemgetter(0, 1, 2)):
        counts = {}
        created = ""
        for _start, _end, _course_id, label, count, row_created in week:
            # A table that ignores case and trailing spaces can hold other spellings of a label.
            counts[ACTIVITY_TYPES[label.strip().upper()]] = count
            created = max(created, row_created)
        yield (start, end, course_id, *map(counts.get, ACTIVITY_LABELS), created)


def courses_with_rows(course_ids: Iterable[str], *, using: str) -> set[str]:
    """Return the ids of those courses that have rows in any table."""
    wanted = set(course_ids)
    if not wanted:
        return set()
    connection = connections[using]
    with connection.cursor() as cursor:
        standing = set(connection.introspection.table_names(cursor))
    tables = [model._default_manager.using(using) for model in course_models() if model._meta.db_table in standing]
    found: set[str] = set()
    for chunk in batches(wanted, IDS_IN_EACH_TABLE):
        # On MySQL these are bytes of UTF-8, because a union cannot mix columns of different collations.
        first, *others = (
            rows.filter(course_id__in=chunk).order_by().values_list(CodePoints("course_id")).distinct()
            for rows in tables
        )
        found.update(id if isinstance(id, str) else id.decode() for (id,) in first.union(*others))
    # A table that ignores case finds other courses too.
    return found & wanted


def course_models() -> Iterator[type[Model]]:
    """Yield the models of the tables with a column course_id."""
    for model in apps.get_app_config(CourseActivityWeekly._meta.app_label).get_models():
        if model._meta.managed and any(field.name == "course_id" for field in model._meta.concrete_fields):
            yield model


def recent_activity(*, course_id: str, activity_type: str, scope: Scope) -> Iterator[Row]:
    """Yield the latest week of an activity, if there is one: start, end, activity, learners, course id."""
    label = ACTIVITY_LABELS[activity_type]
    weeks = compiled.rows(recent_week_statement, using=scope.using, course_id=course_id, exact=scope.exact, label=label)
    for start, end, count in weeks:
        yield start, end, activity_type, count, course_id


def recent_week_statement(course_id: str, exact: bool, label: str) -> QuerySet:
    weeks = of_course(CourseActivityWeekly, course_id, exact=exact).filter(label=label)
    # The end of the latest week is found first, at the end of an index; any longer order would read all weeks. The rows
    # are sorted by an expression, because MariaDB could use an index on the column and read the rows of other courses.
    latest = weeks.order_by("-interval_end").values("interval_end")[:1]
    return (
        weeks.filter(interval_end=latest)
        .order_by(StoredTime("created").desc(), "-id")
        .values_list(IsoDateTimeText("interval_start"), IsoDateTimeText("interval_end"), "count")[:1]
    )
