"""Where the rows of a data set are read from: a table of the pipeline, or the current rosters.

Rows are fetched in short statements, each of which goes on where the one before it ended. A place in the order is a time
exactly as the database has it, and an id: however many rows share a time, none is left out and none comes twice.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, F, IntegerField, Max, Min, Model, Value

from analytics_data_api.v0.models import (
    ProblemFirstLastResponseAnswerDistribution,
    ProblemResponseAnswerDistribution,
    Video,
)
from analytics_data_api.v0.models.data_sets import Column, DataSet
from analytics_data_api.v0.params.data_sets import Courses, Place
from analytics_data_api.v0.queries.base import Row
from analytics_data_api.v0.queries.data_set_values import (
    converted,
    course_condition,
    expression,
    fetched,
    later_rows,
    stored,
)
from analytics_data_api.v0.queries.functions import DateTimeText, StoredTime, ascending
from analytics_data_api.v0.queries.problems import answer_model

# Rows of one statement.
BATCH_SIZE = 2500


class End(NamedTuple):
    """The place of the last row of a page, None where it has no rows, and whether rows follow it.

    ``ids`` are those of its rows, where more could come between them before they are fetched.
    """

    place: Place | None
    has_more: bool
    ids: frozenset[int] | None = None


class Source(Protocol):
    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        """Where a page ends."""

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: Place) -> Iterator[list[Row]]:
        """The rows after ``start`` up to and with ``end``: the columns, and then the row's time and id."""

    def partitions(self, *, before: str) -> Iterator[Row]:
        """For each course: its id, how many rows it has and when the first and the last of them were created."""

    def size(self) -> tuple[int, str | None]:
        """How many rows there are, and when the last of them was created."""


class TableSource:
    """A table of the pipeline."""

    def __init__(self, data_set: DataSet, courses: tuple[Courses, ...], using: str) -> None:
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
        self.table = self.model._default_manager.using(using).order_by("created", "id")
        self.videos = Video.objects.using(using)
        for scope in courses:
            self.videos = self.videos.filter(course_condition(scope))
            if data_set.has_course_id:
                self.table = self.table.filter(course_condition(scope))
        if courses and not data_set.has_course_id:
            # A timeline's courses are those of its video.
            self.table = self.table.filter(pipeline_video_id__in=self.videos.values("pipeline_video_id"))

    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        rows = self.table.filter(created__lte=stored(before))
        place = (StoredTime("created"), "id")
        if limit is None:
            if start is not None:
                rows = rows.filter(created__gte=stored(start.created))
            last = [Place(*row) for row in fetched(rows.reverse().values_list(*place)[:1])]
            return End(last[0] if last and (start is None or last[0] > start) else None, False)
        places: list[Row] = []
        for part in later_rows(rows, start):
            missing = limit + 1 - len(places)
            if missing > 0:
                places += fetched(part.values_list(*place)[:missing])
        ids = frozenset(id for _created, id in places[:limit])
        return End(Place(*places[:limit][-1]) if places else None, len(places) > limit, ids)

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: Place) -> Iterator[list[Row]]:
        values = [self.replaced.get(column.name, expression(column)) for column in columns]
        place = start
        while place is None or place < end:
            rows: list[Row] = []
            for part in later_rows(self.table, place, end):
                rows = rows or fetched(part.values_list(*values, StoredTime("created"), F("id"))[:BATCH_SIZE])
            if not rows:
                return
            place = Place(*rows[-1][-2:])
            yield converted(rows, columns)

    def partitions(self, *, before: str) -> Iterator[Row]:
        group = "course_id" if self.data_set.has_course_id else "pipeline_video_id"
        rows = self.table.filter(created__lte=stored(before)).order_by().values(group)
        rows = rows.annotate(size=Count("id"), first=Min("created"), last=Max("created"))
        rows = rows.order_by(ascending(group, text=True))
        found = rows.values_list(group, "size", DateTimeText("first"), DateTimeText("last")).iterator()
        return found if self.data_set.has_course_id else self.by_course(found)

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
