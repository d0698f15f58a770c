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
from analytics_data_api.sql.functions import CodePoints, DateTimeText, IsoDateTimeText, StoredTime
from analytics_data_api.sql.rows import Row, batches
from analytics_data_api.v0.models import CourseActivityWeekly
from analytics_data_api.web.times import Window

# All tables are asked in one statement, which repeats the ids for each.
IDS_IN_EACH_TABLE = 1000


def weekly_activity(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Weeks in ascending order: start, end, course id, learners by kind of activity, date of the count."""
    return activity_by_week(
        compiled.rows(weeks_statement, using=using, course_id=course_id, start=window.start, end=window.end)
    )


def weeks_statement(course_id: str, start: datetime | None, end: datetime | None) -> QuerySet:
    weeks = CourseActivityWeekly.objects.filter(course_id=course_id, label__in=list(ACTIVITY_TYPES))
    if start is None and end is None:
        weeks = weeks.filter(interval_end=weeks.order_by("-interval_end").values("interval_end")[:1])
    if start is not None:
        weeks = weeks.filter(interval_start__gte=start)
    if end is not None:
        weeks = weeks.filter(interval_end__lt=end)
    return weeks.order_by("interval_end", "interval_start", "created", "id").values_list(
        DateTimeText("interval_start"),
        DateTimeText("interval_end"),
        "course_id",
        "label",
        "count",
        DateTimeText("created"),
    )


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


def courses_with_rows(course_ids: Iterable[str], *, using: str) -> set[str]:
    """Those of the ids that are of courses in any of the tables."""
    wanted = set(course_ids)
    if not wanted:
        return set()
    connection = connections[using]
    with connection.cursor() as cursor:
        standing = set(connection.introspection.table_names(cursor))
    tables = [model._default_manager.using(using) for model in course_models() if model._meta.db_table in standing]
    found: set[str] = set()
    for chunk in batches(wanted, IDS_IN_EACH_TABLE):
        # As bytes of UTF-8 on MySQL, where columns of different collations cannot be listed together.
        first, *others = (
            rows.filter(course_id__in=chunk).order_by().values_list(CodePoints("course_id")).distinct()
            for rows in tables
        )
        found.update(id if isinstance(id, str) else id.decode() for (id,) in first.union(*others))
    # A table that ignores case finds more.
    return found & wanted


def course_models() -> Iterator[type[Model]]:
    """The tables whose rows are of courses."""
    for model in apps.get_app_config(CourseActivityWeekly._meta.app_label).get_models():
        if model._meta.managed and any(field.name == "course_id" for field in model._meta.concrete_fields):
            yield model


def recent_activity(*, course_id: str, activity_type: str, using: str) -> Iterator[Row]:
    """The latest week of a kind of activity, if there is one: start, end, kind, learners, course id."""
    weeks = compiled.rows(recent_week_statement, using=using, course_id=course_id, label=ACTIVITY_LABELS[activity_type])
    for start, end, count in weeks:
        yield start, end, activity_type, count, course_id


def recent_week_statement(course_id: str, label: str) -> QuerySet:
    weeks = CourseActivityWeekly.objects.filter(course_id=course_id, label=label)
    # Its end is found first, at the end of an index; sorted by more than that, all weeks would be read. Its rows are sorted
    # by an expression: of the column MariaDB may read the index, and so the rows of other courses.
    latest = weeks.order_by("-interval_end").values("interval_end")[:1]
    return (
        weeks.filter(interval_end=latest)
        .order_by(StoredTime("created").desc(), "-id")
        .values_list(IsoDateTimeText("interval_start"), IsoDateTimeText("interval_end"), "count")[:1]
    )
