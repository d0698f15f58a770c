"""The interface that a run needs of an engine. Every statement that an engine gets is in DuckDB's dialect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import orjson

from analytics_data_api.pipeline.store import EventStore


class Engine(Protocol):
    """Computes the statements of one run."""

    name: str

    def close(self) -> None:
        """Free everything that the engine holds."""

    def read_events(self, store: EventStore, end: date) -> None:
        """Define the view ``events``: all events of the store before ``end``."""

    def read_parquet(self, name: str, path: Path, columns: Mapping[str, str]) -> None:
        """Define a view with these columns of a Parquet file. Columns that the file lacks are null."""

    def define(self, name: str, statement: str) -> None:
        """Define a view."""

    def keep(self, name: str, statement: str) -> None:
        """Keep the rows of a statement, so that they are computed once."""

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Keep rows that Python made as a table."""

    def drop(self, name: str, *, is_view: bool = False) -> None:
        """Free a view, or the rows that are kept under a name."""

    def rows(self, statement: str) -> Iterator[tuple]:
        """Yield the rows of a statement. They are never all in memory at the same time."""

    def digests(self, name: str, day_column: str) -> list[tuple[str, str]]:
        """Return each month with a text that changes with the month's rows. Engines differ in it."""

    def columns(self, statement: str) -> list[str]:
        """Return the names of a statement's columns."""


def write_json_lines(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write each row as an object with these keys."""
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE))
