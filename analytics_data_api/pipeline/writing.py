"""Rows of computed tables to the analytics database: a day at once, or a course at once for tables of a state."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connections, transaction

from analytics_data_api.pipeline.store import StoreError
from analytics_data_api.sql.rows import batches

# Rows of one statement, and ids of one list.
BATCH_SIZE = 5_000
IDS_SIZE = 500
# A text type without a declared length holds at least 65,535 bytes, that is, so many characters.
SHORTEST_TEXT = 65_535 // 4
SQLITE_CACHE = 64 * 1024
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class TargetColumn:
    """A column of the database. ``length`` is None if the column has none."""

    name: str
    length: int | None
    # True if the column cannot hold characters beyond the basic multilingual plane (MySQL's old utf8).
    is_narrow: bool = False


@dataclass
class TargetTable:
    """A table of the analytics database, and what has been written to it."""

    name: str
    using: str
    created: datetime
    rows: int = 0
    cut_texts: int = 0
    columns: dict[str, TargetColumn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = read_columns(self.name, self.using)
        if not self.columns:
            raise StoreError(f"the database {self.using!r} has no table {self.name}: run ./manage.py migrate first")

    def insert(self, names: Sequence[str], rows: Iterable[tuple]) -> None:
        """Insert rows of these columns. Columns that the table lacks are left out."""
        places = [place for place, name in enumerate(names) if name in self.columns]
        chosen = [self.columns[names[place]] for place in places]
        quote = connections[self.using].ops.quote_name
        listed = ", ".join(quote(name) for name in ("created", *(column.name for column in chosen)))
        marks = ", ".join(["%s"] * (len(chosen) + 1))
        statement = f"INSERT INTO {quote(self.name)} ({listed}) VALUES ({marks})"
        created = self.created.strftime("%Y-%m-%d %H:%M:%S")
        with connections[self.using].cursor() as cursor:
            for batch in batches(rows, BATCH_SIZE):
                values = list(zip(*batch, strict=True))
                fitted = [self.fit(column, values[place]) for column, place in zip(chosen, places, strict=True)]
                cursor.executemany(statement, list(zip([created] * len(batch), *fitted, strict=True)))
                self.rows += len(batch)

    def fit(self, column: TargetColumn, values: Sequence[Any]) -> Sequence[Any]:
        """Return the values with texts cut to the column's length. The cut ones are counted."""
        if column.length is None:
            return values
        longest = max(map(len, filter(None, values)), default=0)
        if longest > column.length:
            self.cut_texts += sum(value is not None and len(value) > column.length for value in values)
            values = [value and value[: column.length] for value in values]
        if column.is_narrow:
            values = [value and "".join(REPLACEMENT if char > "\uffff" else char for char in value) for value in values]
        return values

    def delete(self, condition: str, parameters: Sequence[Any]) -> None:
        quote = connections[self.using].ops.quote_name
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"DELETE FROM {quote(self.name)} WHERE {condition}", parameters)

    def select(self, selected: str, condition: str, parameters: Sequence[Any], rest: str = "") -> list[tuple]:
        quote = connections[self.using].ops.quote_name
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT {selected} FROM {quote(self.name)} WHERE {condition} {rest}", parameters)
            return list(cursor.fetchall())

    def delete_days(self, day_column: str, day: date, courses: Sequence[str], ids: tuple[int, int]) -> None:
        """Delete the courses' rows of a day, which have ids from the first to the last of these."""
        for batch in batches(courses, IDS_SIZE):
            marks = ", ".join(["%s"] * len(batch))
            self.delete(
                f"id BETWEEN %s AND %s AND {day_column} = %s AND course_id IN ({marks})",
                [*ids, day_text(day, day_column), *batch],
            )

    def ids_by_day(self, day_column: str, courses: Sequence[str], days: Sequence[date]) -> dict[date, tuple[int, int]]:
        """Return the first and the last id of the courses' rows of each day that has any.

        No index leads from a day to its rows, but a day's rows are written together and so have neighbouring ids.
        """
        found: dict[date, tuple[int, int]] = {}
        first, last = day_text(min(days), day_column), day_text(max(days) + timedelta(days=1), day_column)
        for batch in batches(courses, IDS_SIZE):
            marks = ", ".join(["%s"] * len(batch))
            rows = self.select(
                f"{day_column}, MIN(id), MAX(id)",
                f"course_id IN ({marks}) AND {day_column} >= %s AND {day_column} < %s",
                [*batch, first, last],
                f"GROUP BY {day_column}",
            )
            for value, low, high in rows:
                day = date.fromisoformat(str(value)[:10])
                known = found.get(day, (low, high))
                found[day] = (min(low, known[0]), max(high, known[1]))
        return found


def day_text(day: date, day_column: str) -> str:
    return day.isoformat() if day_column == "date" else f"{day.isoformat()} 00:00:00"


def read_columns(table: str, using: str) -> dict[str, TargetColumn]:
    """Return the columns of a table. A missing table has none."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA table_info({connection.ops.quote_name(table)})")
            return {row[1]: TargetColumn(row[1], sqlite_length(row[2])) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length, character_set_name"
            " FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        return {
            name: TargetColumn(
                name,
                None if length is None else int(length) if kind in ("char", "varchar") else int(length) // 4,
                is_narrow=charset in ("utf8", "utf8mb3"),
            )
            for name, kind, length, charset in cursor.fetchall()
        }


def sqlite_length(declared: str) -> int | None:
    """Return the length of a declared type such as varchar(255). SQLite does not hold it, but MySQL would."""
    kind, _bracket, length = declared.partition("(")
    return int(length.rstrip(")")) if kind.lower().endswith("char") and length.rstrip(")").isdigit() else None


@contextmanager
def one_transaction(using: str) -> Iterator[None]:
    with transaction.atomic(using=using):
        yield


def prepare_database(using: str) -> None:
    """Let readers of an SQLite file go on while a run writes, and let it keep the pages that it changes in memory."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")
            # In KiB. A day's rows go to most pages of the tables' indexes, which would otherwise be written many times.
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE}")


class Groups:
    """Sorted rows, a group after the other. Groups that are not asked for are passed over."""

    def __init__(self, rows: Iterator[tuple], place: int) -> None:
        self.groups = groupby(rows, key=itemgetter(place))
        self.waiting = next(self.groups, None)

    def of(self, key: Any) -> Iterator[tuple]:
        """Return the rows of a group. The keys have to be asked for in ascending order."""
        while self.waiting is not None and self.waiting[0] < key:
            self.waiting = next(self.groups, None)
        if self.waiting is None or self.waiting[0] != key:
            return
        yield from self.waiting[1]
        self.waiting = next(self.groups, None)
