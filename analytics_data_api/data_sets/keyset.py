"""Rows of a table in the order of (created, id), read by short statements.

A place is the time of a row exactly as the database stores it, and its id. Each statement continues after the place of the
last row that was read and reads one range of an index, which ends with the id. So a statement costs what it returns,
however many rows share a time. docs/performance.rst has the plans that this relies on.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Any

from django.db import connections
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.lookups import Exact

from analytics_data_api.data_sets.params import LAST_ID, Place
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import StoredTime
from analytics_data_api.sql.rows import Row

# Rows of one statement.
BATCH_SIZE = 5000
# No index has the rows of several courses in their order. Up to this many are sorted for each batch; more are read in
# windows of the whole table's order.
FEW_ROWS = 50_000
# Rows of all courses in a window.
WINDOW = 20_000
# Ids of one time are a run if there are fewer than this many per row.
IDS_PER_ROW = 2

TIME, ID = StoredTime("created"), F("id")


def stored(time: str) -> Value:
    """Return a time for comparisons with a column. Django would drop digits that it does not expect."""
    return Value(time, output_field=CharField())


def equal(rows: QuerySet, column: str, value: Any) -> Q:
    """Return an equality that lets an index range continue with the columns after this one.

    For ``=`` MariaDB may use the index up to this column only, and then reads and drops all rows before the place.
    """
    if connections[rows.db].vendor == "mysql":
        return Q(**{f"{column}__gte": value, f"{column}__lte": value})
    return Q(**{column: value})


class Keyset:
    """All rows of a table (``is_whole``) or those of one course."""

    order: tuple[Any, ...] = ("created", "id")

    def __init__(self, rows: QuerySet, *, is_whole: bool = False) -> None:
        self.rows = rows
        self.is_whole = is_whole

    def windows(self, start: Place | None, end: Place) -> Iterator[tuple[Place | None, Place]]:
        """Yield the parts of the order that are read one after the other."""
        yield start, end

    def places(self, start: Place | None, end: Place, count: int) -> list[Place]:
        """Return the places of the next rows, which an index alone has."""
        found: list[Place] = []
        for lower, upper in self.windows(start, end):
            found += [Place(*row) for row in self.batch((), lower, upper, count - len(found))]
            if len(found) == count:
                break
        return found

    def batches(
        self, columns: Sequence[Any], start: Place | None, end: Place, only: Container[int] | None = None
    ) -> Iterator[list[Row]]:
        """Yield the rows after ``start`` up to and including ``end``, or ``only`` those among them with these ids."""
        for lower, upper in self.windows(start, end):
            while rows := self.batch(columns, lower, upper, BATCH_SIZE):
                yield [row[:-2] for row in rows if only is None or row[-1] in only]
                if len(rows) < BATCH_SIZE:
                    break
                first, lower = Place(*rows[0][-2:]), Place(*rows[-1][-2:])
                is_run = first.created == lower.created and lower.id - first.id < IDS_PER_ROW * BATCH_SIZE
                if is_run and self.is_whole and only is None:
                    for run, place in self.runs(columns, lower, upper):
                        yield run
                        lower = place

    def batch(self, columns: Sequence[Any], start: Place | None, end: Place, size: int) -> list[Row]:
        """Return the next rows. Their time and id follow the columns."""
        found: list[Row] = []
        for condition in index_ranges(self.rows, start, end):
            rows = self.rows.filter(condition).order_by(*self.order).values_list(*columns, TIME, ID)
            found += compiled.rows_of(rows[: size - len(found)])
            if len(found) == size:
                break
        return found

    def runs(self, columns: Sequence[Any], place: Place, end: Place) -> Iterator[tuple[list[Row], Place]]:
        """Yield rows of one time by ranges of ids, each with the place that it reaches, until a range has few rows.

        The rows of one load have consecutive ids, and the table itself is in their order. Without an index in between, a
        pull takes two thirds of the time.
        """
        at_time = self.rows.filter(Exact(TIME, Value(place.created))).order_by("id")
        while place < end:
            place, previous = min(Place(place.created, place.id + BATCH_SIZE), end), place
            rows = list(compiled.rows_of(at_time.filter(id__gt=previous.id, id__lte=place.id), *columns))
            yield rows, place
            if len(rows) * IDS_PER_ROW < BATCH_SIZE:
                return

    def last(self, start: Place | None, before: str) -> Place | None:
        """Return the place of the last row, or None if it is not after ``start``."""
        rows = self.rows.filter(created__lte=stored(before))
        if start is not None:
            rows = rows.filter(created__gte=stored(start.created))
        for row in compiled.rows_of(rows.order_by("-created", "-id").values_list(TIME, ID)[:1]):
            return Place(*row) if start is None or row > start else None
        return None


class KeysetOfCourses(Keyset):
    """The rows of several courses among ``everything``."""

    # An order by the columns would lead a database that expects few rows to read the index of created from its beginning.
    order = (TIME, "id")

    def __init__(self, rows: QuerySet, everything: QuerySet) -> None:
        super().__init__(rows)
        self.everything = everything

    def windows(self, start: Place | None, end: Place) -> Iterator[tuple[Place | None, Place]]:
        if not self.are_few(start, end):
            while (edge := self.edge(start, end)) is not None:
                yield start, edge
                start = edge
        yield start, end

    def are_few(self, start: Place | None, end: Place) -> bool:
        rows = self.rows if start is None else self.rows.filter(created__gte=stored(start.created))
        rows = rows.filter(created__lte=stored(end.created)).order_by().values("id")
        return rows[: FEW_ROWS + 1].count() <= FEW_ROWS

    def edge(self, start: Place | None, end: Place) -> Place | None:
        """Return the place where a window ends, or None if ``end`` is closer. A window is at most three ranges wide."""
        for condition in index_ranges(self.everything, start, end):
            rows = self.everything.filter(condition).order_by("created", "id").values_list(TIME, ID)
            for row in compiled.rows_of(rows[WINDOW - 1 : WINDOW]):
                return Place(*row)
        return None


def index_ranges(rows: QuerySet, start: Place | None, end: Place) -> Iterator[Q]:
    """Yield conditions that in their order select the rows after ``start`` up to and including ``end``.

    SQLite uses the id at the end of an index only below an equality, so each range of times has a statement of its own.
    """
    last = equal(rows, "created", stored(end.created)) & Q(id__lte=end.id)
    if start is not None and start.created == end.created:
        yield last & Q(id__gt=start.id)
        return
    later = Q()
    if start is not None:
        later = Q(created__gt=stored(start.created))
        if start.id < LAST_ID and start.created < end.created:
            yield equal(rows, "created", stored(start.created)) & Q(id__gt=start.id)
    if end.id == LAST_ID:
        yield later & Q(created__lte=stored(end.created))
        return
    yield later & Q(created__lt=stored(end.created))
    yield last
