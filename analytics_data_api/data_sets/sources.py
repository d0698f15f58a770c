"""Where the rows of a data set are read from: a table of the pipeline, or the current rosters.

Rows are fetched in short statements, a batch at a time. A place in the order is a time exactly as the database has it, and
an id: however many rows share a time, none is left out and none comes twice.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, F, IntegerField, Max, Min, Model, Q, QuerySet, Value

from analytics_data_api.course_keys import Courses
from analytics_data_api.data_sets.declarations import Column, DataSet
from analytics_data_api.data_sets.params import Place
from analytics_data_api.data_sets.places import Places, PlacesOfSeveral, within
from analytics_data_api.data_sets.values import (
    converted,
    expression,
    fetched,
    stored,
)
from analytics_data_api.sql.character_sets import storable, tells_apart
from analytics_data_api.sql.conditions import course_condition, course_conditions
from analytics_data_api.sql.functions import CodePoints, DateTimeText, ascending
from analytics_data_api.sql.rows import Row, batches
from analytics_data_api.v0.models import (
    ProblemFirstLastResponseAnswerDistribution,
    ProblemResponseAnswerDistribution,
    Video,
)
from analytics_data_api.v0.queries.problems import answer_model

# Rows of one statement.
BATCH_SIZE = 2500
# Ranges of ids in one statement, and how far apart the ids of a range may be.
MOST_RANGES = 100
NEAR = 2
# Courses that a statement names.
FEW_COURSES = 900
# Courses whose rows a statement counts.
COURSES_AT_A_TIME = 50


class End(NamedTuple):
    """The place of the last row of a page, None where it has no rows, and whether rows follow it.

    ``places`` are those of its rows, where more could come between them before they are fetched.
    """

    place: Place | None
    has_more: bool
    places: list[Place] | None = None


class Source(Protocol):
    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        """Where a page ends."""

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: End) -> Iterator[list[Row]]:
        """The rows after ``start`` up to and with ``end``, with the values of the columns."""

    def partitions(self, *, before: str) -> Iterator[Row]:
        """For each course: its id, how many rows it has and when the first and the last of them were created."""

    def size(self) -> tuple[int, str | None]:
        """How many rows there are, and when the last of them was created."""


class TableSource:
    """A table of the pipeline."""

    def __init__(
        self, data_set: DataSet, courses: tuple[Courses, ...], using: str, allowed: Courses | None = None
    ) -> None:
        self.data_set = data_set
        self.model: type[Model] = data_set.model
        # How a table of an older shape has what the declared columns say.
        self.replaced: dict[str, Any] = {}
        if self.model is ProblemFirstLastResponseAnswerDistribution:
            self.model = answer_model(using)
            if self.model is ProblemResponseAnswerDistribution:
                self.replaced = {
                    "first_response_count": Value(None, output_field=IntegerField()),
                    "last_response_count": F("count"),
                }
        self.everything = self.model._default_manager.using(using).order_by()
        self.table = self.everything
        self.videos = Video.objects.using(using)
        for scope in courses:
            self.videos = self.videos.filter(course_condition(scope, self.videos))
            if data_set.has_course_id:
                self.table = self.table.filter(course_condition(scope, self.table))
        if courses and not data_set.has_course_id:
            # A timeline's courses are those of its video.
            self.table = self.table.filter(pipeline_video_id__in=self.videos.values("pipeline_video_id"))
        if allowed is not None and not data_set.has_course_id:
            # Rows of a video that is in another course as well cannot be told apart. What counts is the id as it is
            # written: to a table that ignores case one of another course may be equal.
            others = Video.objects.using(using).exclude(course_condition(allowed, self.videos))
            self.table = self.table.alias(exact_id=CodePoints("pipeline_video_id")).filter(
                ~Q(exact_id__in=others.values(exact_id=CodePoints("pipeline_video_id"))),
                exact_id__in=self.videos.values(exact_id=CodePoints("pipeline_video_id")),
            )
        self.courses = courses
        # Where some courses are hidden, each statement leaves them out, whatever the table takes for equal.
        self.hides_others = allowed is not None
        self.open = self.table if self.hides_others else self.everything

    def places(self) -> Places | None:
        """Where the rows stand; None where none of the courses is in the table, as its index of courses tells."""
        if not self.courses:
            return Places(self.everything)
        if not self.data_set.has_course_id:
            return PlacesOfSeveral(self.table, self.everything, hides_others=self.hides_others)
        (scope, *others) = self.courses
        named = sorted(storable(scope.ids, self.everything, "course_id"))
        if self.hides_others and (others or scope.orgs or len(named) > 1):
            # Of ids that a table takes for equal a database may list one, and drop it for being another course's.
            return PlacesOfSeveral(self.table, self.everything, hides_others=True)
        if others or scope.orgs or len(named) > 1:
            named = self.named(course_conditions(scope, self.table))
        if len(named) <= 1:
            return Places(self.open.filter(course_id=named[0])) if named else None
        found = self.open.filter(course_id__in=named) if len(named) <= FEW_COURSES else self.table
        return PlacesOfSeveral(found, self.everything)

    def named(self, conditions: list[Q]) -> list[str]:
        """The courses that the table has. Each condition is asked alone: of several SQLite reads the whole index."""
        courses = self.table.values_list("course_id").distinct()
        found = {row[0] for condition in conditions for row in fetched(courses.filter(condition))}
        return sorted(found - {None})

    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        places = self.places()
        if places is None:
            return End(None, False)
        if limit is None:
            return End(places.last(start, before=before), False)
        found = places.after(start, before=before, limit=limit + 1)
        return End(found[:limit][-1] if found else None, len(found) > limit, found[:limit])

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: End) -> Iterator[list[Row]]:
        values = [self.replaced.get(column.name, expression(column)) for column in columns]
        if end.places is None and end.place is not None and not self.courses:
            for before, edge in Places(self.everything).spans(start, end.place, BATCH_SIZE):
                for part in within(self.everything, before, edge, BATCH_SIZE):
                    if rows := fetched(part.values_list(*values)):
                        yield converted(rows, columns)
            return
        blocks: Iterable[list[Place]] = [end.places] if end.places is not None else ()
        if end.places is None and end.place is not None and (places := self.places()) is not None:
            blocks = places.blocks(start, end.place)
        for block in blocks:
            for first in range(0, len(block), BATCH_SIZE):
                batch = block[first : first + BATCH_SIZE]
                # A row that was computed anew meanwhile has another time: it comes at its new place.
                times = [place.created for place in batch]
                rows = self.everything.filter(condition_of_ids([place.id for place in batch]))
                rows = rows.filter(created__gte=stored(times[0]), created__lte=stored(times[-1]))
                found = fetched(rows.values_list(*values, F("id")))
                yield converted([row[:-1] for row in in_order(found, batch)], columns)

    def partitions(self, *, before: str) -> Iterator[Row]:
        group = "course_id" if self.data_set.has_course_id else "pipeline_video_id"
        rows = self.table.filter(created__lte=stored(before)).order_by().values(group)
        is_exact = tells_apart(self.table, group)
        if self.data_set.has_course_id and (is_exact or not self.hides_others):
            return self.courses_of(rows, is_exact=is_exact)
        found = summed_up(rows.order_by(ascending(group, text=True)), group).iterator()
        return found if self.data_set.has_course_id else self.by_course(found)

    def courses_of(self, rows: QuerySet, *, is_exact: bool) -> Iterator[Row]:
        """What is known of courses, some in a statement, so that none takes long in a table of any size."""
        if not is_exact:
            # What they are sorted by they are grouped by as well, so that equal ids which are not the same stay apart.
            rows = rows.order_by(ascending("course_id", text=True))
        courses = self.named(course_conditions(self.courses[0], self.table) if self.courses else [Q()])
        found: list[Row] = []
        for named in batches(courses, COURSES_AT_A_TIME):
            found += fetched(summed_up(rows.filter(course_id__in=named), "course_id"))
        yield from sorted(found)
        yield from fetched(summed_up(rows.filter(course_id__isnull=True), "course_id"))

    def by_course(self, of_videos: Iterator[Row]) -> Iterator[Row]:
        """What is known of videos, by their courses; None where no course has the video."""
        courses: dict[str, list[str | None]] = {}
        for video_id, course_id in self.videos.values_list("pipeline_video_id", "course_id").distinct().iterator():
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


def summed_up(rows: QuerySet, group: str) -> QuerySet:
    """Of rows that are grouped: what by, how many, and when the first and the last were created."""
    rows = rows.annotate(size=Count("id"), first=Min("created"), last=Max("created"))
    return rows.values_list(group, "size", DateTimeText("first"), DateTimeText("last"))


def condition_of_ids(ids: list[int]) -> Q:
    """Rows with these ids, and a few others where that makes it shorter: as a rule rows of one time have ids in a row."""
    ordered = sorted(ids)
    ranges = [[ordered[0], ordered[0]]]
    for id in ordered[1:]:
        if id - ranges[-1][1] <= NEAR:
            ranges[-1][1] = id
        else:
            ranges.append([id, id])
    if len(ranges) > MOST_RANGES:
        return Q(id__in=ordered)
    condition = Q()
    for first, last in ranges:
        condition |= Q(id__gte=first, id__lte=last)
    return condition


def in_order(rows: list[Row], places: list[Place]) -> list[Row]:
    """The rows of these places in their order: other rows are left out, and so are places whose rows have gone."""
    ids = [place.id for place in places]
    if [row[-1] for row in rows] == ids:
        return rows
    by_id = {row[-1]: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]
