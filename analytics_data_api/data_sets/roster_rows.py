"""The current rosters as rows of a data set.

A row's time is when its roster became the current one, so that clients do not miss the rows of a load that takes long.
A roster's rows have consecutive ids, so the table of rosters alone tells the places of all rows.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Max, Q, Sum

from analytics_data_api.course_keys import Courses
from analytics_data_api.data_sets.declarations import Column
from analytics_data_api.data_sets.keyset import BATCH_SIZE, stored
from analytics_data_api.data_sets.params import Place
from analytics_data_api.data_sets.sources import End, expression, finite_values
from analytics_data_api.rosters.models import ID_BITS
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, course_condition
from analytics_data_api.sql.functions import DateTimeText, StoredTime, ascending
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import Roster, RosterLearner

# Maximum of id ranges in one statement, which many small rosters need.
MAX_RANGES = 100


class Learners(NamedTuple):
    """Learners of one roster with consecutive ids."""

    time: str
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


class RosterSource:
    def __init__(self, courses: tuple[Courses, ...], scope: Scope) -> None:
        self.rosters = Roster.objects.using(scope.using).filter(state=Roster.CURRENT, learners__gt=0)
        for named in courses:
            self.rosters = self.rosters.filter(course_condition(named, self.rosters, exact=scope.exact))
        self.learners = RosterLearner.objects.using(scope.using).filter(roster__state=Roster.CURRENT).order_by("id")

    def after(self, start: Place | None, before: str) -> Iterator[Learners]:
        """Yield the learners after a place, by roster."""
        rosters = self.rosters.filter(touched__lte=stored(before)).order_by("touched", "id")
        if start is not None:
            rosters = rosters.filter(touched__gte=stored(start.created))
        for time, id, size in compiled.rows_of(rosters, StoredTime("touched"), "id", "learners"):
            first, last = id << ID_BITS, (id << ID_BITS) + size - 1
            if start is not None and time == start.created:
                first = max(first, start.id + 1)
            if first <= last and (start is None or time >= start.created):
                yield Learners(time, first, last)

    def end(self, *, start: Place | None, before: str, limit: int | None) -> End:
        end, left = None, limit
        for learners in self.after(start, before):
            if left is not None and left <= 0:
                return End(end, True)
            if left is not None and left < learners.size:
                return End(Place(learners.time, learners.first + left - 1), True)
            end = Place(learners.time, learners.last)
            left = left and left - learners.size
        return End(end, False)

    def batches(self, columns: tuple[Column, ...], *, start: Place | None, end: End) -> Iterator[list[Row]]:
        if end.place is None:
            return
        values = [expression(column) for column in columns]
        for ranges in self.ranges(start, end.place):
            condition = Q()
            for learners in ranges:
                condition |= Q(id__gte=learners.first, id__lte=learners.last)
            rows = list(compiled.rows_of(self.learners.filter(condition), *values))
            if rows:
                yield finite_values(rows, columns)

    def ranges(self, start: Place | None, end: Place) -> Iterator[list[Learners]]:
        """Yield the learners up to ``end`` in lists of about ``BATCH_SIZE`` learners with ascending ids."""
        batch: list[Learners] = []
        size = 0
        for learners in self.after(start, end.created):
            last = min(learners.last, end.id) if learners.time == end.created else learners.last
            for first in range(learners.first, last + 1, BATCH_SIZE):
                part = Learners(learners.time, first, min(first + BATCH_SIZE - 1, last))
                if batch and (size + part.size > BATCH_SIZE or len(batch) >= MAX_RANGES or part.first < batch[-1].last):
                    yield batch
                    batch, size = [], 0
                batch.append(part)
                size += part.size
        if batch:
            yield batch

    def partitions(self, *, before: str) -> Iterator[Row]:
        rosters = self.rosters.filter(touched__lte=stored(before)).order_by(ascending("course_id", text=True), "id")
        time = DateTimeText("touched")
        return compiled.rows_of(rosters, "course_id", "learners", time, time)

    def size(self) -> tuple[int, str | None]:
        figures = self.rosters.aggregate(size=Sum("learners"), last=DateTimeText(Max("touched")))
        return figures["size"] or 0, figures["last"]
