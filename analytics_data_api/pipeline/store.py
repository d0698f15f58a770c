"""The event store: a folder of Parquet files that DuckDB, Spark and pandas read as it stands.

``docs/event_store.rst`` documents the layout as an interface.
"""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from analytics_data_api.pipeline.ledger import Ledger

# Every kind of event has a folder of its own, so that a question reads only the files that it needs.
KINDS = ("enrollment", "problem", "video", "forum", "other")

# The columns of every Parquet file, with their DuckDB types. The kind and the date stand in the path.
COLUMNS = {
    "time": "TIMESTAMP",
    "line_hash": "BLOB",
    "event_type": "VARCHAR",
    "event_source": "VARCHAR",
    "name": "VARCHAR",
    "username": "VARCHAR",
    "user_id": "VARCHAR",
    "course_id": "VARCHAR",
    "url_course_id": "VARCHAR",
    "payload_course_id": "VARCHAR",
    "ip": "VARCHAR",
    "page": "VARCHAR",
    "accept_language": "VARCHAR",
    "context": "VARCHAR",
    "payload": "VARCHAR",
}


class StoreError(Exception):
    """An error that the operator can mend. Its message says how."""


@contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file. Raise StoreError, which names the holder, if another process holds it."""
    with open(path, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"{what} is in use by {who_holds(file)}: try again when it has finished") from error
        file.truncate(0)
        json.dump({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}, file)
        file.flush()
        yield


def who_holds(file) -> str:
    file.seek(0)
    try:
        holder = json.load(file)
        return f"process {holder['pid']}, since {holder['since']}"
    except (ValueError, KeyError):
        return "another process"


class EventStore:
    """The event store in a folder, which is created if it is missing."""

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path).resolve()
        self.state = self.path / "state"
        self.rejected = self.path / "rejected"
        self.staging = self.path / "staging"
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            self.ledger = Ledger(self.state / "ledger.sqlite3")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot open the event store {self.path}: {error}") from error

    def partition(self, kind: str, day: date) -> Path:
        """Return the folder of one kind of events of one UTC day."""
        return self.path / f"kind={kind}" / f"date={day.isoformat()}"

    def glob(self, kind: str | None = None) -> list[str]:
        """Return the paths of all Parquet files, or of those of one kind, sorted."""
        pattern = f"kind={kind or '*'}/date=*/*.parquet"
        return sorted(str(path) for path in self.path.glob(pattern))

    def days(self) -> dict[date, dict[str, int]]:
        """Return the number of events of each kind, for each day that has any."""
        days: dict[date, dict[str, int]] = {}
        for day, kind, rows in self.ledger.rows_by_day():
            days.setdefault(day, {})[kind] = rows
        return days

    def changes(self) -> dict[date, int]:
        """Return the number of the last commit that added events to each day. Commits are numbered upward from 1."""
        return self.ledger.changes()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store, so that one load or computation runs at a time. Raise StoreError if another one holds it."""
        with exclusive(self.state / "lock", f"the event store {self.path}"):
            self.recover()
            yield

    def recover(self) -> None:
        """Finish the commit that a killed load has begun, and remove the files that it has not committed."""
        self.apply_plan()
        shutil.rmtree(self.staging, ignore_errors=True)

    def apply_plan(self) -> None:
        """Move and delete the files of the last commit. Doing so again changes nothing."""
        for source, target in self.ledger.plan():
            path = self.path / source
            if target is None:
                path.unlink(missing_ok=True)
            elif path.exists():
                (self.path / target).parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, self.path / target)
        self.ledger.clear_plan()
