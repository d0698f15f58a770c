"""The ledger of an event store: which files were loaded up to where, and which days have changed.

A commit is one transaction. It records what was loaded together with the plan of files to move and to delete, so that the
next command finishes what a killed load has begun.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, head_length INTEGER NOT NULL, head BLOB NOT NULL, tail BLOB NOT NULL,
    offset INTEGER NOT NULL, lines INTEGER NOT NULL, ends_open INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS packed (file_id INTEGER, size INTEGER, PRIMARY KEY (file_id, size));
CREATE TABLE IF NOT EXISTS part (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, day TEXT NOT NULL, row_count INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS part_day ON part (kind, day);
CREATE TABLE IF NOT EXISTS change (day TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rejected (path TEXT PRIMARY KEY, lines INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS plan (source TEXT NOT NULL, target TEXT);
"""


@dataclass(eq=False)
class LoadedFile:
    """A file as far as it has been loaded."""

    path: str
    # The hash of the file's first bytes, and how many these are.
    head_length: int = 0
    head: bytes = b""
    # The hash of the bytes before the offset, which counts unpacked bytes.
    tail: bytes = b""
    offset: int = 0
    lines: int = 0
    # True if the last line had no newline when it was loaded.
    ends_open: bool = False
    # The sizes of packed copies that have been read to their end.
    packed_sizes: set[int] = field(default_factory=set)
    id: int | None = None


@dataclass(frozen=True)
class Part:
    """A Parquet file of the store. In the ledger its path is relative to the store."""

    path: str
    kind: str
    day: str
    rows: int
    size: int


class Ledger:
    def __init__(self, path: Path):
        self.connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.connection.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def rows_by_day(self) -> Iterator[tuple[date, str, int]]:
        rows = self.connection.execute(
            "SELECT day, kind, sum(row_count) FROM part GROUP BY day, kind ORDER BY day, kind"
        )
        return ((date.fromisoformat(day), kind, total) for day, kind, total in rows)

    def kinds(self) -> list[tuple[str, int, str, str, int, int, int]]:
        """Return, for each kind, its number of days, the first and the last, and the numbers of files, rows and bytes."""
        return self.connection.execute(
            "SELECT kind, count(DISTINCT day), min(day), max(day), count(*), sum(row_count), sum(size) FROM part "
            "GROUP BY kind ORDER BY kind"
        ).fetchall()

    def rejected_lines(self) -> int:
        return self.connection.execute("SELECT coalesce(sum(lines), 0) FROM rejected").fetchone()[0]

    def loaded(self) -> tuple[int, int, int]:
        """Return the numbers of files, lines and unpacked bytes that have been loaded."""
        return self.connection.execute(
            "SELECT count(*), coalesce(sum(lines), 0), coalesce(sum(offset), 0) FROM file"
        ).fetchone()

    def changes(self) -> dict[date, int]:
        rows = self.connection.execute("SELECT day, number FROM change ORDER BY day")
        return {date.fromisoformat(day): number for day, number in rows}

    def last_change(self) -> int:
        return self.connection.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0]

    def record_change(self, days: Iterable[str], number: int) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO change VALUES (?, ?)", [(day, number) for day in days])

    def files(self) -> Iterator[LoadedFile]:
        sizes: dict[int, set[int]] = {}
        for file_id, size in self.connection.execute("SELECT file_id, size FROM packed"):
            sizes.setdefault(file_id, set()).add(size)
        columns = "path, head_length, head, tail, offset, lines, ends_open, id"
        for *values, ends_open, file_id in self.connection.execute(f"SELECT {columns} FROM file"):
            yield LoadedFile(*values, bool(ends_open), sizes.get(file_id, set()), file_id)

    def record_file(self, file: LoadedFile) -> int:
        """Insert or replace a file, and return its id."""
        values = (file.path, file.head_length, file.head, file.tail, file.offset, file.lines, file.ends_open)
        cursor = self.connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (file.id, *values)
        )
        file_id = cursor.lastrowid
        assert file_id is not None
        for size in file.packed_sizes:
            self.connection.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", (file_id, size))
        return file_id

    def record_rejected(self, path: str, lines: int) -> None:
        self.connection.execute("INSERT OR REPLACE INTO rejected VALUES (?, ?)", (path, lines))

    def parts(self, kind: str, day: str) -> list[Part]:
        query = "SELECT path, kind, day, row_count, size FROM part WHERE kind = ? AND day = ? ORDER BY path"
        return [Part(*row) for row in self.connection.execute(query, (kind, day))]

    def record_parts(self, added: Iterable[Part], removed: Iterable[Part]) -> None:
        self.connection.executemany("DELETE FROM part WHERE path = ?", [(part.path,) for part in removed])
        self.connection.executemany(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
            [(part.path, part.kind, part.day, part.rows, part.size) for part in added],
        )

    def record_size(self, path: str, size: int) -> None:
        """Record the size of a part whose file is replaced. Files that are not parts have no record."""
        self.connection.execute("UPDATE part SET size = ? WHERE path = ?", (size, path))

    def plan(self) -> list[tuple[str, str | None]]:
        """Return what is still to be moved, from where to where. Without a target it is to be deleted."""
        return self.connection.execute("SELECT source, target FROM plan ORDER BY rowid").fetchall()

    def record_plan(self, steps: Iterable[tuple[str, str | None]]) -> None:
        self.connection.executemany("INSERT INTO plan VALUES (?, ?)", steps)

    def clear_plan(self) -> None:
        self.connection.execute("DELETE FROM plan")
