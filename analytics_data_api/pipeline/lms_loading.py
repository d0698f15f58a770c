"""Loads the LMS's tables from its database into the event store."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, InterfaceError

from analytics_data_api.pipeline.lms_database import LMSDatabase
from analytics_data_api.pipeline.lms_sources import DATABASE
from analytics_data_api.pipeline.lms_staging import LMSStaging, staged_tables
from analytics_data_api.pipeline.lms_tables import (
    DATABASE_NAMES,
    LMS_KEYS,
    LMS_TABLES,
    NOT_IN_DATABASE,
    NOT_IN_DATABASE_COLUMNS,
)
from analytics_data_api.pipeline.store import EventStore, StoreError

Progressed = Callable[[str, int], object]


@dataclass
class LMSSummary:
    """The result of a load: the number of rows of each table, and what the source lacks."""

    source: str
    rows: dict[str, int] = field(default_factory=dict)
    missing_tables: list[str] = field(default_factory=list)
    missing_columns: dict[str, list[str]] = field(default_factory=dict)
    # Tables that an API could have given, but that a database knows better, with the day of its load.
    kept: dict[str, str] = field(default_factory=dict)
    # The number of things that are left out, by a sentence about them.
    left_out: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def lines(self) -> Iterator[str]:
        width = max(map(len, self.rows), default=0)
        for table, rows in self.rows.items():
            yield f"{table:{width}} {rows:>9} rows"
        for table, columns in self.missing_columns.items():
            yield f"The table {table} has no {', '.join(columns)}: null."
        for table in self.missing_tables:
            yield f"The database has no table {table}. Rows of an earlier load, if any, stay."
        for day in sorted(set(self.kept.values())):
            tables = ", ".join(table for table, its_day in self.kept.items() if its_day == day)
            yield f"Kept as the LMS's database gave them on {day}: {tables}."
        for sentence, number in self.left_out.items():
            yield f"Left out: {number} {sentence}."


def load_lms_database(store: EventStore, url: str, progress: Progressed = lambda table, rows: None) -> LMSSummary:
    """Replace the LMS's tables of the store by those of a database. Raise StoreError if it cannot be read."""
    with LMSDatabase(url) as database:
        summary = LMSSummary(database.name)
        tables = [table for table in LMS_TABLES if table not in NOT_IN_DATABASE]
        found = [table for table in tables if table in database.tables]
        if not found:
            raise StoreError(f"the database {database.name} has no table of the LMS: expected {', '.join(tables)}")
        summary.missing_tables = [table for table in tables if table not in found]
        try:
            with staged_tables(store, DATABASE, database.name) as staging:
                for table in found:
                    stage_table(database, staging, table, summary, progress)
                staging.missing = summary.missing_columns
        except (DatabaseError, InterfaceError) as error:
            raise StoreError(
                f"the database {database.name} failed: {error}. Nothing was replaced; the next load reads on from here"
            ) from error
    return summary


def stage_table(
    database: LMSDatabase, staging: LMSStaging, table: str, summary: LMSSummary, progress: Progressed
) -> None:
    columns, found = LMS_TABLES[table], database.columns(table)
    key = LMS_KEYS.get(table, "id")
    if key not in found:
        summary.missing_tables.append(table)
        return
    names = {name: database_name(table, name, found) for name in columns}
    unexpected = NOT_IN_DATABASE_COLUMNS.get(table, frozenset())
    if missing := [name for name in columns if names[name] is None and name not in unexpected]:
        summary.missing_columns[table] = missing
    staged = staging.table(table)
    progress(table, staged.rows)
    if not staged.is_whole:
        flags = [place for place, kind in enumerate(columns.values()) if kind == "BOOLEAN"]
        for last_key, rows in database.batches(table, key, list(names.values()), flags, staged.last_key):
            staging.add(table, columns, rows, last_key)
            progress(table, len(rows))
        staging.finish(table, columns)
    summary.rows[table] = staged.rows


def database_name(table: str, name: str, found: Collection[str]) -> str | None:
    """Return the name of a column in the LMS's database, or None if it is not there."""
    return next((known for known in (name, DATABASE_NAMES.get(table, {}).get(name)) if known in found), None)
