"""DuckDB: the computation in this process, on one machine, within a fixed amount of memory."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from analytics_data_api.pipeline.engines.engine import write_json_lines
from analytics_data_api.pipeline.store import COLUMNS, EventStore
from analytics_data_api.sql.parquet import text_literal

# The rest of the process (Python, the driver, buffers that DuckDB does not count) stays below as much again.
MEMORY = "450MB"
# Rows that are fetched at once.
BATCH_SIZE = 5_000


class DuckDBEngine:
    """A private DuckDB database in memory, which spills what does not fit to the folder ``work``."""

    name = "duckdb"

    def __init__(self, work: Path) -> None:
        self.work = work
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(work),
                "threads": os.cpu_count() or 1,
                "preserve_insertion_order": False,
            },
        )

    def close(self) -> None:
        self.connection.close()

    def read_events(self, store: EventStore, end: date) -> None:
        """Define the view ``events``: all events of the store before ``end``."""
        files = store.glob()
        columns = ", ".join(["kind", "date", *COLUMNS])
        if files:
            pattern = text_literal(f"{literal_path(store.path)}/kind=*/date=*/*.parquet")
            source = (
                f"read_parquet({pattern}, hive_partitioning = true, hive_types = {{'kind': VARCHAR, 'date': DATE}})"
                f" WHERE date < DATE '{end.isoformat()}'"
            )
            self.connection.execute(f"CREATE VIEW events AS SELECT {columns} FROM {source}")
        else:
            types = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
            self.connection.execute(f"CREATE TABLE events (kind VARCHAR, date DATE, {types})")

    def read_parquet(self, name: str, path: Path, columns: Mapping[str, str]) -> None:
        """Define a view with these columns of a Parquet file. Columns that the file lacks are null."""
        found = set()
        file = f"read_parquet({text_literal(literal_path(path))})"
        if path.exists():
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()
            found = {row[0] for row in described}
        chosen = ", ".join(
            f'CAST({f"{chr(34)}{column}{chr(34)}" if column in found else "NULL"} AS {kind}) AS "{column}"'
            for column, kind in columns.items()
        )
        source = f" FROM {file}" if found else " WHERE FALSE"
        self.connection.execute(f"CREATE VIEW {name} AS SELECT {chosen}{source}")

    def define(self, name: str, statement: str) -> None:
        """Define a view."""
        self.connection.execute(f"CREATE VIEW {name} AS {statement}")

    def keep(self, name: str, statement: str) -> None:
        """Run a statement and keep its rows as a table."""
        self.connection.execute(f"CREATE TABLE {name} AS {statement}")

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Keep rows that Python made as a table."""
        path = self.work / f"{name}.jsonl"
        write_json_lines(path, list(columns), rows)
        types = ", ".join(f"{text_literal(name)}: {text_literal(kind)}" for name, kind in columns.items())
        self.connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_json({text_literal(literal_path(path))},"
            f" format = 'newline_delimited', columns = {{{types}}}, maximum_object_size = 16777216)"
        )
        path.unlink()

    def drop(self, name: str, *, is_view: bool = False) -> None:
        self.connection.execute(f"DROP {'VIEW' if is_view else 'TABLE'} IF EXISTS {name}")

    def rows(self, statement: str) -> Iterator[tuple]:
        """Yield the rows of a statement. They are never all in memory at the same time."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(statement)
            while batch := cursor.fetchmany(BATCH_SIZE):
                yield from batch
        finally:
            cursor.close()

    def digests(self, name: str, day_column: str) -> list[tuple[str, str]]:
        """Return each month with a text that changes with its rows. A new version of DuckDB may change all of them."""
        month = f"STRFTIME(GREATEST({day_column}, DATE '2000-01-01'), '%Y-%m')"
        digest = "COUNT(*) || ' ' || SUM(CAST(HASH(hashed) AS HUGEINT))"
        return self.connection.execute(
            f"SELECT {month}, {digest} FROM {name} AS hashed GROUP BY 1 ORDER BY 1"
        ).fetchall()

    def columns(self, statement: str) -> list[str]:
        """Return the names of a statement's columns."""
        return [row[0] for row in self.connection.execute(f"DESCRIBE {statement}").fetchall()]


def literal_path(path: Path) -> str:
    """Return the pattern that matches only this path, also if it has the characters of patterns in it."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))
