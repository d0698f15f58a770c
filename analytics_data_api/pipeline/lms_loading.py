"""Loads the LMS's tables from its database into the event store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, InterfaceError

from analytics_data_api.pipeline.lms_database import LMSDatabase
from analytics_data_api.pipeline.lms_staging import LMSStaging, staged_tables
from analytics_data_api.pipeline.lms_tables import LMS_KEYS, LMS_TABLES, NOT_IN_DATABASE
from analytics_data_api.pipeline.store import EventStore, StoreError

Progressed = Callable[[str, int], object]


@dataclass
class LMSSummary:
    """The result of a load: the number of rows of each table, and what the database lacks."""

    source: str
    rows: dict[str, int] = field(default_factory=dict)
    missing_tables: list[str] = field(default_factory=list)
    missing_columns: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def lines(self) -> Iterator[str]:
        width = max(map(len, self.rows))
        for table, rows in self.rows.items():
            yield f"{table:{width}} {rows:>9} rows"
        for table, columns in self.missing_columns.items():
            yield f"The table {table} has no {', '.join(columns)}: null."
        for table in self.missing_tables:
            yield f"The database has no table {table}. Rows of an earlier load, if any, stay."


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
            with staged_tables(store, database.name) as staging:
                for table in found:
                    stage_table(database, staging, table, summary, progress)
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
    if missing := [name for name in columns if name not in found]:
        summary.missing_columns[table] = missing
    staged = staging.table(table)
    progress(table, staged.rows)
    if not staged.is_whole:
        for last_key, rows in database.batches(table, key, columns, staged.last_key):
            staging.add(table, columns, rows, last_key)
            progress(table, len(rows))
        staging.finish(table, columns)
    summary.rows[table] = staged.rows
