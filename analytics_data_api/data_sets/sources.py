"""The rows of the data sets that are tables of the pipeline."""

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, F, IntegerField, Max, Min, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact

from analytics_data_api.course_keys import Courses
from analytics_data_api.data_sets.declarations import Column, DataSet
from analytics_data_api.data_sets.keyset import Keyset, KeysetOfCourses, equal, stored
from analytics_data_api.data_sets.params import LAST_ID, Place
from analytics_data_api.sql import compiled
from analytics_data_api.sql.character_sets import storable, tells_apart
from analytics_data_api.sql.conditions import Scope, course_condition, course_conditions
from analytics_data_api.sql.functions import CodePoints, DateText, DateTimeText, ascending
from analytics_data_api.sql.rows import Row, batches
from analytics_data_api.v0 import models as tables
from analytics_data_api.v0.queries.problems import answer_model, whole_as_integer

# Courses that a statement names.
FEW_COURSES = 900
# Courses whose rows a statement counts.
COURSES_AT_A_TIME = 50


class End(NamedTuple):
    """The place of a page's last row, or None if the page is empty. ``has_more`` is true if more rows follow.

    ``ids`` are those of the page's rows, so that rows that are committed later do not make the page longer.
    """

    place: Place | None
    has_more: bool
    ids: frozenset[int] | None = None


class Source(Protocol):
    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        """Find the end of a page."""

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: End) -> Iterator[list[Row]]:
        """Yield the columns of the rows after ``start`` up to and including ``end``."""

    def partitions(self, *, before: str) -> Iterator[Row]:
        """Yield for each course its id, its number of rows and when the first and the last of them were created."""

    def size(self) -> tuple[int, str | None]:
        """Return the number of rows and when the last of them was created."""


class TableSource:
    def __init__(self, data_set: DataSet, courses: tuple[Courses, ...], scope: Scope) -> None:
        self.data_set = data_set
        self.model: type[Model] = data_set.model
        # The expressions that replace declared columns if the table has its older shape.
        self.replaced: dict[str, Any] = {}
        if self.model is tables.ProblemFirstLastResponseAnswerDistribution:
            self.model = answer_model(scope.using)
            if self.model is tables.ProblemResponseAnswerDistribution:
                unknown = Value(None, output_field=IntegerField())
                self.replaced = {"first_response_count": unknown, "last_response_count": F("count")}
        # A restricted key's statements compare ids by code point, because the table may treat ids of other courses as equal.
        self.exact = scope.exact
        self.courses = courses
        self.everything = self.model._default_manager.using(scope.using).order_by()
        self.table = self.everything
        self.videos = tables.Video.objects.using(scope.using)
        for named in courses:
            self.videos = self.videos.filter(course_condition(named, self.videos, exact=self.exact))
            if data_set.has_course_id:
                self.table = self.table.filter(course_condition(named, self.table, exact=self.exact))
        if not data_set.has_courses:
            # Parameters and keys that name courses are refused before. No such row belongs to any of them.
            self.table = self.table.none() if courses else self.table
            return
        if courses and not data_set.has_course_id:
            # A timeline's courses are those of its video.
            self.table = self.table.filter(pipeline_video_id__in=self.videos.values("pipeline_video_id"))
        if scope.allowed is not None and not data_set.has_course_id:
            # A video that is also in another course stays hidden, because its rows do not name the course.
            others = tables.Video.objects.using(scope.using).exclude(
                course_condition(scope.allowed, self.videos, exact=True)
            )
            self.table = self.table.alias(exact_id=CodePoints("pipeline_video_id")).filter(
                ~Q(exact_id__in=others.values(exact_id=CodePoints("pipeline_video_id"))),
                exact_id__in=self.videos.values(exact_id=CodePoints("pipeline_video_id")),
            )

    def keyset(self) -> Keyset | None:
        """Return the rows to read, or None if the table has none of the courses."""
        if not self.data_set.has_courses:
            return None if self.courses else Keyset(self.everything, is_whole=True)
        if not self.courses:
            return Keyset(self.everything, is_whole=True)
        scope, *others = self.courses
        if self.data_set.has_course_id and len(scope.ids) == 1 and not scope.orgs and (self.exact or not others):
            ids = [id for id in scope.ids if all(id in other for other in others)]
            ids = list(storable(ids, self.everything, "course_id"))
            return self.of_course(*ids) if ids else None
        # A key's courses are not looked up: a table may treat a hidden course's id as equal and list it.
        if self.data_set.has_course_id and not self.exact:
            ids = self.named(scope)
            if len(ids) <= 1:
                return self.of_course(*ids) if ids else None
            if len(ids) <= FEW_COURSES:
                return KeysetOfCourses(self.everything.filter(course_id__in=ids), self.everything)
        return KeysetOfCourses(self.table, self.everything)

    def of_course(self, course_id: str) -> Keyset:
        rows = self.everything.filter(equal(self.everything, "course_id", course_id))
        return Keyset(rows.filter(Exact(CodePoints("course_id"), Value(course_id))) if self.exact else rows)

    def named(self, scope: Courses | None) -> list[str]:
        """Return the courses that the table has. SQLite would read the whole index for several conditions at once."""
        courses = self.table.values_list("course_id").distinct()
        conditions = course_conditions(scope, self.table, exact=self.exact) if scope else [Q()]
        found = {id for condition in conditions for (id,) in compiled.rows_of(courses.filter(condition))}
        return sorted(found - {None})

    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        keyset = self.keyset()
        if keyset is None:
            return End(None, False)
        if limit is None:
            # The last row of all courses is found at once and bounds those of some courses as well.
            bound = keyset if self.exact or type(keyset) is Keyset else Keyset(self.everything)
            return End(bound.last(start, before), False)
        places = keyset.places(start, Place(before, LAST_ID), limit + 1)
        page = places[:limit]
        return End(page[-1] if page else None, len(places) > limit, frozenset(place.id for place in page))

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: End) -> Iterator[list[Row]]:
        keyset = self.keyset()
        if keyset is None or end.place is None:
            return
        values = [self.replaced.get(column.name, expression(column)) for column in columns]
        for batch in keyset.batches(values, start, end.place, end.ids):
            yield finite_values(batch, columns)

    def partitions(self, *, before: str) -> Iterator[Row]:
        if not self.data_set.has_courses:
            return self.partition_of_all(before)
        group = "course_id" if self.data_set.has_course_id else "pipeline_video_id"
        rows = self.table.filter(created__lte=stored(before)).order_by().values(group)
        is_exact = tells_apart(self.table, group)
        if self.data_set.has_course_id and (is_exact or not self.exact):
            return self.partitions_by_course(rows, is_exact=is_exact)
        found = compiled.rows_of(summed_by(rows.order_by(ascending(group, text=True)), group))
        return found if self.data_set.has_course_id else self.partitions_by_video(found)

    def partition_of_all(self, before: str) -> Iterator[Row]:
        """Yield one partition, whose course is None, if the table has rows."""
        figures = self.table.filter(created__lte=stored(before)).aggregate(
            size=Count("id"), first=DateTimeText(Min("created")), last=DateTimeText(Max("created"))
        )
        if figures["size"]:
            yield (None, figures["size"], figures["first"], figures["last"])

    def partitions_by_course(self, rows: QuerySet, *, is_exact: bool) -> Iterator[Row]:
        """Count some courses in a statement, so that no statement takes long in a table of any size."""
        if not is_exact:
            # The order becomes part of the grouping, which separates ids that the table treats as equal.
            rows = rows.order_by(ascending("course_id", text=True))
        found: list[Row] = []
        for ids in batches(self.named(self.courses[0] if self.courses else None), COURSES_AT_A_TIME):
            found += compiled.rows_of(summed_by(rows.filter(course_id__in=ids), "course_id"))
        yield from sorted(found)
        yield from compiled.rows_of(summed_by(rows.filter(course_id__isnull=True), "course_id"))

    def partitions_by_video(self, of_videos: Iterable[Row]) -> Iterator[Row]:
        """Sum up the rows of videos by course. The course is None if no course has the video."""
        courses: dict[str, list[str | None]] = {}
        for video_id, course_id in compiled.rows_of(self.videos.distinct(), "pipeline_video_id", "course_id"):
            courses.setdefault(video_id, []).append(course_id)
        found: dict[str | None, Row] = {}
        for video_id, size, first, last in of_videos:
            for course_id in courses.get(video_id, [None]):
                total, earliest, latest = found.get(course_id, (0, first, last))
                found[course_id] = (total + size, min(earliest, first), max(latest, last))
        for course_id in sorted(found, key=lambda course_id: (course_id is None, course_id or "")):
            yield (course_id, *found[course_id])

    def size(self) -> tuple[int, str | None]:
        figures = self.table.order_by().aggregate(size=Count("id"), last=DateTimeText(Max("created")))
        return figures["size"], figures["last"]


def summed_by(rows: QuerySet, group: str) -> QuerySet:
    """Return the number of rows of each group and when the first and the last of them were created."""
    rows = rows.annotate(size=Count("id"), first=Min("created"), last=Max("created"))
    return rows.values_list(group, "size", DateTimeText("first"), DateTimeText("last"))


def expression(column: Column) -> Combinable:
    """Return a column as the text or the number that goes on the wire."""
    if column.is_date:
        return DateText(column.path)
    return DateTimeText(column.path) if column.is_date_time else F(column.path)


def finite_values(rows: list[Row], columns: tuple[Column, ...]) -> list[Row]:
    """Return the rows with null for infinite numbers, which JSON cannot represent, and with whole numbers as integers."""
    numbers = [index for index, column in enumerate(columns) if column.type == "number"]
    if not numbers:
        return rows
    lists = [list(row) for row in rows]
    for index in numbers:
        for values in lists:
            value = values[index]
            values[index] = whole_as_integer(value) if value is not None and math.isfinite(value) else None
    return [tuple(values) for values in lists]
