"""What the queries share."""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from analytics_data_api.access import Courses, ExactText, exactly
from analytics_data_api.course_keys import beginnings
from analytics_data_api.renderers import batches
from analytics_data_api.v0.params.times import Window
from analytics_data_api.v0.queries.character_sets import storable
from analytics_data_api.v0.queries.functions import CodePoints, StartsWith

Row = tuple[Any, ...]

# Rows that are fetched from a cursor at a time.
FETCH_SIZE = 500
# Ids that a query names: a database takes so many parameters (SQLite 32,766) and bytes (MySQL often 16 MB), not more.
IDS_PER_QUERY = 5000


def of_course(model: type[Model], *, course_id: str, using: str) -> QuerySet:
    return model._default_manager.using(using).filter(course_id=course_id)


def in_window(rows: QuerySet, window: Window) -> QuerySet:
    """Rows of the window's days. Where it is the latest day, the database finds that day in the same query."""
    if window.is_latest:
        return rows.filter(date=rows.order_by("-date").values("date")[:1])
    if window.start is not None:
        rows = rows.filter(date__gte=window.start)
    if window.end is not None:
        rows = rows.filter(date__lt=window.end)
    return rows


def fetch(rows: QuerySet, *columns: Any) -> Iterator[Row]:
    """The columns of all rows, without keeping the rows that have been fetched."""
    return rows.values_list(*columns).iterator(chunk_size=FETCH_SIZE)


def of_ids(rows: QuerySet, **ids: Collection[str] | None) -> Iterator[QuerySet]:
    """The rows whose column, the keyword's name, has one of the ids: a query set for each chunk of ids; None: all."""
    ((column, values),) = ids.items()
    if values is None:
        yield rows
    else:
        for chunk in batches(storable(values, rows, column), IDS_PER_QUERY):
            yield rows.filter(**{f"{column}__in": chunk})


def course_conditions(courses: Courses, path: str = "course_id") -> list[Q]:
    """Rows of these courses, and of the courses of these organizations: each a range or a few of an index of courses."""
    conditions = [Q(**{f"{path}__in": sorted(courses.ids)})]
    for org in sorted(courses.orgs):
        for start in beginnings(org):
            condition = Q(StartsWith(F(path), start))
            if isinstance(org, ExactText):
                condition &= Q(Exact(CodePoints(Left(F(path), len(start))), Value(start)))
            conditions.append(condition)
    return conditions


def course_condition(courses: Courses, path: str = "course_id") -> Q:
    """Rows of these courses or of the courses of these organizations; of nobody's courses none."""
    return reduce(or_, course_conditions(courses, path))


def of_courses(
    rows: QuerySet, course_ids: Collection[str] | None, allowed: Courses | None = None
) -> Iterator[QuerySet]:
    """The rows of the courses, as ``of_ids`` has them; None stands for all courses that may be seen.

    Who names courses has been asked whether they may be seen. What the rows of other courses say is left out here.
    """
    if allowed is None:
        yield from of_ids(rows, course_id=course_ids)
    elif course_ids is None:
        yield rows.filter(course_condition(allowed))
    else:
        yield from of_ids(rows, course_id=exactly(filter(allowed.__contains__, course_ids)))
