"""The ledger of an event store: which files were loaded up to where, and which days have changed.

A commit is one transaction. It records what was loaded together with the plan of files to move and to delete, so that a
load that is killed between the two is finished by the next command.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, path TEXT, head_length INTEGER, head BLOB, tail BLOB, offset INTEGER, lines INTEGER,
    ends_open INTEGER, rejected INTEGER);
CREATE INDEX IF NOT EXISTS file_head ON file (head_length, head);
CREATE TABLE IF NOT EXISTS packed (file_id INTEGER, size INTEGER, PRIMARY KEY (file_id, size));
CREATE TABLE IF NOT EXISTS part (path TEXT PRIMARY KEY, kind TEXT, day TEXT, row_count INTEGER, size INTEGER);
CREATE INDEX IF NOT EXISTS part_day ON part (kind, day);
CREATE TABLE IF NOT EXISTS change (day TEXT PRIMARY KEY, number INTEGER);
CREATE TABLE IF NOT EXISTS plan (source TEXT, target TEXT);
"""


@dataclass
class LoadedFile:
    """A file as far as it has been loaded. ``offset`` counts unpacked bytes, up to the end of the last whole line."""

    id: int | None
    path: str
    head_length: int
    head: bytes
    tail: bytes
    offset: int
    lines: int
    # True if the last line that was loaded had no newline yet.
    ends_open: bool
    rejected: int


@dataclass(frozen=True)
class Part:
    """A Parquet file of the store. ``path`` is relative to the store."""

    path: str
    kind: str
    day: str
    rows: int
    size: int


class Ledger:
    def __init__(self, path: Path):
        self.connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.connection.executescript(TABLES)

    def rows_by_day(self) -> Iterator[tuple[date, str, int]]:
        rows = self.connection.execute("SELECT day, kind, sum(row_count) FROM part GROUP BY day, kind ORDER BY day, kind")
        return ((date.fromisoformat(day), kind, total) for day, kind, total in rows)

    def changes(self) -> dict[date, int]:
        rows = self.connection.execute("SELECT day, number FROM change ORDER BY day")
        return {date.fromisoformat(day): number for day, number in rows}

    def plan(self) -> list[tuple[str, str | None]]:
        return self.connection.execute("SELECT source, target FROM plan ORDER BY rowid").fetchall()

    def clear_plan(self) -> None:
        self.connection.execute("DELETE FROM plan")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def parts(self, kind: str, day: str) -> list[Part]:
        rows = self.connection.execute(
            "SELECT path, kind, day, row_count, size FROM part WHERE kind = ? AND day = ? ORDER BY path", (kind, day)
        )
        return [Part(*row) for row in rows]

    def last_change(self) -> int:
        return self.connection.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0]

    def record_parts(self, added: Iterable[Part], removed: Iterable[Part]) -> None:
        self.connection.executemany("DELETE FROM part WHERE path = ?", [(part.path,) for part in removed])
        self.connection.executemany(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
            [(part.path, part.kind, part.day, part.rows, part.size) for part in added],
        )
