"""Records to the analytics database: compared with those that stand, so that only what changed is written.

A record that vanished from its source is marked as deleted, so that a pull of its data set learns of it. The row is removed
some weeks later.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby
from math import isfinite
from operator import itemgetter
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connections

from analytics_data_api.pipeline.session import Session
from analytics_data_api.pipeline.tables import Table
from analytics_data_api.pipeline.writers import Progressed
from analytics_data_api.pipeline.writing import BATCH_SIZE, IDS_SIZE, Groups, TargetTable, one_transaction
from analytics_data_api.sql.rows import batches

KEY = "record_key"


@dataclass(frozen=True)
class StandingRecord:
    """A row of the database."""

    id: int
    is_deleted: bool
    updated: str
    values: tuple


@dataclass
class Changes:
    """Changes that are still to be written."""

    added: list[tuple] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.vanished) + len(self.outdated)


def write_records(
    session: Session, table: Table, target: TargetTable, courses: Iterable[str], advance: Progressed
) -> None:
    """Bring the records of a table up to date, each course in one transaction, or all of a table without courses."""
    names = session.columns(table.name)
    records = Records(target, names)
    if "course_id" not in names:
        records.write(session.rows(table.name, order=KEY), {})
        return
    rows = session.rows(table.name, order=f"course_id, {KEY}", owned=True)
    groups = Groups(rows, names.index("course_id"))
    for course_id in courses:
        records.write(groups.of(course_id), {"course_id": course_id})
        advance(1)


class Records:
    """A table of records, of which a run computed these columns."""

    def __init__(self, target: TargetTable, names: Sequence[str]) -> None:
        self.target = target
        self.names = list(names)
        self.key_place = self.names.index(KEY)

    def write(self, rows: Iterator[tuple], of: dict[str, str]) -> None:
        """Replace the records of a course (``of`` names it) by these rows, which are sorted by key."""
        began, now = monotonic(), datetime.now(UTC)
        limit = time_text(now - timedelta(days=settings.DELETED_RECORDS_DAYS))
        self.target.created = now
        with one_transaction(self.target.using):
            changes, written = Changes(), 0
            for _key, sides in groupby(
                merge(self.computed(rows), self.stored(of), key=itemgetter(0)), key=itemgetter(0)
            ):
                note_change([side for _, side in sides], changes, limit)
                if len(changes) >= BATCH_SIZE:
                    written += self.flush(changes)
                    changes = Changes()
            written += self.flush(changes)
            if written and monotonic() - began > settings.DATA_SETS_DELAY / 2:
                self.postpone(of, monotonic() - began)

    def computed(self, rows: Iterator[tuple]) -> Iterator[tuple[str, tuple]]:
        """Yield the key and the values of each row, as the database would give them back."""
        columns = [self.target.columns[name] for name in self.names]
        for batch in batches(rows, BATCH_SIZE):
            fitted = [
                self.target.fit(column, list(map(plain, values)))
                for column, values in zip(columns, zip(*batch, strict=True), strict=True)
            ]
            yield from ((row[self.key_place], row) for row in zip(*fitted, strict=True))

    def stored(self, of: dict[str, str]) -> Iterator[tuple[str, StandingRecord]]:
        """Yield the key and the row of each record that stands, by short statements."""
        quote = connections[self.target.using].ops.quote_name
        selected = ", ".join(map(quote, ("id", "record_deleted", "created", *self.names)))
        condition = " AND ".join([*(f"{name} = %s" for name in of), f"{KEY} > %s"])
        last = ""
        while True:
            found = self.target.select(selected, condition, [*of.values(), last], f"ORDER BY {KEY} LIMIT {BATCH_SIZE}")
            for id, is_deleted, created, *values in found:
                row = tuple(map(plain, values))
                yield row[self.key_place], StandingRecord(id, bool(is_deleted), plain(created), row)
            if len(found) < BATCH_SIZE:
                return
            last = found[-1][3 + self.key_place]

    def flush(self, changes: Changes) -> int:
        """Write changes. Return their number."""
        names = [*self.names, "record_deleted"]
        # A changed row is inserted anew with its old id, which databases do for many rows at once.
        self.delete([row[0] for row in changes.changed] + changes.outdated)
        self.target.insert(["id", *names], changes.changed)
        self.target.insert(names, changes.added)
        for batch in batches(changes.vanished, IDS_SIZE):
            self.execute("UPDATE {table} SET record_deleted = 1, created = %s WHERE id IN ({ids})", batch, self.stamp)
            self.target.rows += len(batch)
        return len(changes)

    def delete(self, ids: Sequence[int]) -> None:
        for batch in batches(ids, IDS_SIZE):
            self.execute("DELETE FROM {table} WHERE id IN ({ids})", batch)

    def postpone(self, of: dict[str, str], seconds: float) -> None:
        """Give the changes of a long transaction a later time, since a pull may already have passed the one they have.

        This takes less time than the changes took, so the time lies behind the end of the transaction.
        """
        condition = " AND ".join([*(f"{name} = %s" for name in of), "created = %s"])
        later = time_text(datetime.now(UTC) + timedelta(seconds=seconds))
        with connections[self.target.using].cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.target.name} SET created = %s WHERE {condition}", [later, *of.values(), self.stamp]
            )

    def execute(self, statement: str, ids: Sequence[int], *parameters: Any) -> None:
        marks = ", ".join(["%s"] * len(ids))
        with connections[self.target.using].cursor() as cursor:
            cursor.execute(statement.format(table=self.target.name, ids=marks), [*parameters, *ids])

    @property
    def stamp(self) -> str:
        return time_text(self.target.created)


def note_change(sides: list[tuple | StandingRecord], changes: Changes, limit: str) -> None:
    """Note what is to be done for a record, which was computed, stands in the database, or both."""
    stored = next((side for side in sides if isinstance(side, StandingRecord)), None)
    computed = next((side for side in sides if not isinstance(side, StandingRecord)), None)
    if computed is not None and stored is None:
        changes.added.append((*computed, 0))
    elif computed is not None and stored is not None:
        if stored.is_deleted or stored.values != computed:
            changes.changed.append((stored.id, *computed, 0))
    elif stored is not None and not stored.is_deleted:
        changes.vanished.append(stored.id)
    elif stored is not None and stored.updated < limit:
        changes.outdated.append(stored.id)


def plain(value: Any) -> Any:
    """Return a time as text without fractions of a second, null for a number that is not finite, and others as they are."""
    if isinstance(value, datetime):
        return str(value)[:19]
    return None if isinstance(value, float) and not isfinite(value) else value


def time_text(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
