"""Rows of a data set as a Parquet file."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from analytics_data_api.data_sets.declarations import Column
from analytics_data_api.sql.parquet import identifier, write_parquet

TYPES = {"array": "VARCHAR[]", "boolean": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE", "string": "VARCHAR"}


def export_rows(path: Path, columns: Sequence[Column], batches: Iterable[Sequence[Sequence[Any]]]) -> None:
    """Write the rows, with the description of each column in the file's metadata."""
    write_parquet(
        path,
        {column.name: "DATE" if column.is_date else TYPES[column.type] for column in columns},
        chain.from_iterable(batches),
        # The database gives times as the texts of the responses.
        expressions={
            column.name: f"strptime({identifier(column.name)}, '%Y-%m-%dT%H%M%S') AT TIME ZONE 'UTC'"
            for column in columns
            if column.is_date_time
        },
        descriptions={column.name: column.description for column in columns},
    )
