"""Where the rows of a page or a stream stand in a table's order, found by statements that read a range of one index.

A database that is asked for the next rows, and sees no end of them, may read an index from its beginning for each batch. So
the places come first, from an index alone and between two bounds; then the rows are fetched by their ids.
"""

from collections.abc import Iterator

from django.db.models import F, QuerySet

from analytics_data_api.data_sets.params import LAST_ID, Place
from analytics_data_api.data_sets.values import fetched, stored
from analytics_data_api.sql.functions import AtTime, IsAtTime, StoredTime

# Places of one statement, as many as the largest page has.
BLOCK_SIZE = 20_200
# The rows of several courses are in no index in their order: so many are sorted anew for each block. Where there are more,
# the block is looked for in one part of the table's time after the other.
FEW_ROWS = 50_000
# Places that are looked at within one time to find where such a part ends.
MOST_PLACES = 4 * BLOCK_SIZE
# Rows of one load have ids in a row. Where a step has found that, so many more are made without looking for their end.
STEPS_BY_IDS = 16
# How many ids there are for a row where they count as ids in a row.
IDS_PER_ROW = 2

TIME, ID = StoredTime("created"), F("id")


class Places:
    """Places in the order (created, id). ``rows`` are all rows of a table, or those of one course."""

    def __init__(self, rows: QuerySet) -> None:
        self.rows = rows

    def after(self, start: Place | None, *, before: str, end: Place | None = None, limit: int) -> list[Place]:
        """The next places: up to a time and, where there is an end, up to and with it."""
        found: list[Place] = []
        if start is not None and start.id < LAST_ID and start.created <= before:
            is_last_time = end is not None and end.created == start.created
            found = self.of_time(start.created, start.id, end.id if end and is_last_time else None, limit)
            if is_last_time:
                return found
        if len(found) < limit:
            found += self.first(between(self.rows, start, before, end), limit - len(found))
        if end is not None and len(found) < limit:
            found += self.of_time(end.created, None, end.id, limit - len(found))
        return found

    def of_time(self, time: str, after: int | None, last: int | None, limit: int) -> list[Place]:
        """Places of one time by their ids, which an index of ``created`` ends with.

        However many rows share the time, each statement reads a short range of their ids.
        """
        rows = self.rows.filter(created=stored(time))
        first_id, last_id = (fetched(rows.order_by(order).values_list(ID)[:1]) for order in ("id", "-id"))
        if not first_id or not last_id:
            return []
        after = first_id[0][0] - 1 if after is None else after
        last = last_id[0][0] if last is None else min(last, last_id[0][0])
        of_time = self.rows.filter(IsAtTime("created", stored(time)))
        found: list[Place] = []
        width = 2 * limit
        while after < last and len(found) < limit:
            edge = min(after + width, last)
            found += self.first(of_time.filter(id__gt=after, id__lte=edge), limit - len(found))
            after, width = edge, width * 2
        return found

    def first(self, rows: QuerySet, limit: int) -> list[Place]:
        return [Place(*row) for row in fetched(rows.order_by("created", "id").values_list(TIME, ID)[:limit])]

    def last(self, start: Place | None, *, before: str) -> Place | None:
        """The last place, None where it is not after ``start``."""
        rows = self.rows.filter(created__lte=stored(before))
        if start is not None:
            rows = rows.filter(created__gte=stored(start.created))
        found = fetched(rows.order_by("-created", "-id").values_list(TIME, ID)[:1])
        return Place(*found[0]) if found and (start is None or found[0] > start) else None

    def blocks(self, start: Place | None, end: Place) -> Iterator[list[Place]]:
        """All places up to and with ``end``, some at a time."""
        place = start
        while place is None or place < end:
            found = self.after(place, before=end.created, end=end, limit=BLOCK_SIZE)
            if not found:
                return
            yield found
            place = found[-1]

    def spans(self, start: Place | None, end: Place, size: int) -> Iterator[tuple[Place | None, Place]]:
        """The way up to and with ``end`` in steps of some ``size`` rows: the place before each, and its last one.

        Cheaper than the places of all rows where their order is that of an index.
        """
        place = start
        while place is None or place < end:
            edge = min(self.edge_of_span(place, end, size) or end, end)
            yield place, edge
            if has_ids_in_a_row(place, edge, size):
                for _step in range(STEPS_BY_IDS):
                    if edge == end:
                        return
                    place, edge = edge, min(Place(edge.created, min(edge.id + size, LAST_ID)), end)
                    yield place, edge
            place = edge

    def edge_of_span(self, start: Place | None, end: Place, size: int) -> Place | None:
        """The place of the row ``size`` rows on, of the same time if that has so many; None where there are less."""
        if start is not None and start.id < LAST_ID:
            of_time = at(self.rows, start.created).filter(id__gt=start.id)
            found = fetched(of_time.order_by("id").values_list(ID)[size - 1 : size])
            if found:
                return Place(start.created, found[0][0])
        later = between(self.rows, start, end.created, None)
        found = fetched(later.order_by("created", "id").values_list(TIME, ID)[size - 1 : size])
        return Place(*found[0]) if found else None


class PlacesOfSeveral(Places):
    """Places of the rows of several courses; ``everything`` are the rows of all courses.

    With ``hides_others`` no place of another course's row may be told.
    """

    def __init__(self, rows: QuerySet, everything: QuerySet, *, hides_others: bool = False) -> None:
        super().__init__(rows)
        self.everything = everything
        self.hides_others = hides_others
        self.few: bool | None = None

    def after(self, start: Place | None, *, before: str, end: Place | None = None, limit: int) -> list[Place]:
        if self.few is None:
            self.few = self.are_few(start, before, end)
        # Only now, since nothing is said of a database that has not been asked.
        if start is not None and start.created > before:
            return []
        found: list[Place] = []
        size = BLOCK_SIZE
        while len(found) < limit:
            edge = None if self.few else self.edge(start, before, end, size)
            part = super().after(start, before=before, end=edge or end, limit=limit - len(found))
            found += part
            if edge is None:
                break
            start = edge
            if len(part) < limit // 4:
                size *= 2
        return found

    def of_time(self, time: str, after: int | None, last: int | None, limit: int) -> list[Place]:
        rows = self.rows.filter(created=stored(time))
        rows = rows if after is None else rows.filter(id__gt=after)
        return self.first(rows if last is None else rows.filter(id__lte=last), limit)

    # Ordered by an expression: a database that hopes to need few rows of an index would read it from its beginning.
    def first(self, rows: QuerySet, limit: int) -> list[Place]:
        return [Place(*row) for row in fetched(rows.order_by(TIME, "id").values_list(TIME, ID)[:limit])]

    def last(self, start: Place | None, *, before: str) -> Place | None:
        """The last place of all courses, which is found at once and bounds those of the several as well."""
        if self.hides_others:
            return super().last(start, before=before)
        return Places(self.everything).last(start, before=before)

    def are_few(self, start: Place | None, before: str, end: Place | None) -> bool:
        rows = self.rows if start is None else self.rows.filter(created__gte=stored(start.created))
        rows = rows.filter(created__lte=stored(before if end is None else end.created))
        return rows.order_by().values("id")[: FEW_ROWS + 1].count() <= FEW_ROWS

    def edge(self, start: Place | None, before: str, end: Place | None, size: int) -> Place | None:
        """A place with about ``size`` rows of any course between it and ``start``; None where there are less."""
        if start is not None and start.id < LAST_ID:
            last_id = end.id if end is not None and end.created == start.created else None
            of_time = Places(self.everything).of_time(start.created, start.id, last_id, min(size, MOST_PLACES))
            if len(of_time) == min(size, MOST_PLACES):
                return of_time[-1]
            if last_id is not None:
                return None
        rows = between(self.everything, start, before, end).order_by("created", "id")
        found = fetched(rows.values_list(TIME, ID)[size - 1 : size])
        return Place(*found[0]) if found else None


def between(rows: QuerySet, start: Place | None, before: str, end: Place | None) -> QuerySet:
    """Rows of later times than ``start``, and up to a time or of earlier ones than ``end``."""
    if start is not None:
        rows = rows.filter(created__gt=stored(start.created))
    return rows.filter(created__lte=stored(before)) if end is None else rows.filter(created__lt=stored(end.created))


def has_ids_in_a_row(start: Place | None, edge: Place, size: int) -> bool:
    """Whether a step of ``size`` rows has passed rows of one time alone, and hardly any ids of others."""
    return start is not None and start.created == edge.created and edge.id - start.id <= IDS_PER_ROW * size


def within(rows: QuerySet, start: Place | None, edge: Place, size: int) -> Iterator[QuerySet]:
    """The rows of a step in their order: each a range of the index of ``created``, or of ids where they are in a row."""
    if start is not None and has_ids_in_a_row(start, edge, size):
        # The index would lead to each row by its id.
        ids = rows.filter(id__gt=start.id, id__lte=edge.id)
        yield ids.filter(IsAtTime("created", stored(edge.created))).order_by("id")
        return
    of_last_time = at(rows, edge.created).filter(id__lte=edge.id).order_by("id")
    if start is not None and start.created == edge.created:
        yield of_last_time.filter(id__gt=start.id)
        return
    if start is not None and start.id < LAST_ID:
        yield at(rows, start.created).filter(id__gt=start.id).order_by("id")
    yield between(rows, start, "", edge).order_by("created", "id")
    yield of_last_time


def at(rows: QuerySet, time: str) -> QuerySet:
    """Rows of one time, of which a range of ids can be read."""
    return rows.filter(AtTime(F("created"), stored(time)))
