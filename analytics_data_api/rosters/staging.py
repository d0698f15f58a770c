"""The lines of a load, checked and sorted in a temporary SQLite file.

No row reaches the database before every line is checked, and rows reach it in the order of their keys: in any database
appending costs a fraction of inserting at random places.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from analytics_data_api.constants import METRICS
from analytics_data_api.rosters.lines import COUNTS, KEYS, Line, RosterError
from analytics_data_api.rosters.name_search import terms_of
from analytics_data_api.sql.rows import batches

FACET_KEYS = ("cohort", "enrollment_mode", "segments")
# The keys of a line that a learner's row keeps. The facet and the roster keep the others.
ROW_KEYS = tuple(key for key in KEYS if key not in ("course_id", *FACET_KEYS))

SETUP = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE staged (course_id TEXT, username TEXT, cohort TEXT, enrollment_mode TEXT, segments TEXT, learner BLOB,
    file INTEGER, line INTEGER);
"""


class StagedFacet(NamedTuple):
    """The learners of a course who share cohort, enrollment mode and segments."""

    cohort: str | None
    enrollment_mode: str | None
    segments: str
    learners: int


def completed(learner: dict[str, Any], today: date) -> dict[str, Any]:
    """Return a learner with the defaults of missing keys."""
    row = dict.fromkeys(ROW_KEYS) | dict.fromkeys(COUNTS, 0) | {"last_updated": today} | learner
    if "problem_attempts_per_completed" not in learner and "problem_attempts" in learner and row["problems_completed"]:
        row["problem_attempts_per_completed"] = row["problem_attempts"] / row["problems_completed"]
    return row


class Staging:
    """The checked lines of all courses of a load."""

    def __init__(self, directory: Path, today: date) -> None:
        self.today = today
        self.files: list[str] = []
        self.database = sqlite3.connect(directory / "roster.sqlite3", isolation_level=None)
        self.database.executescript(SETUP)

    def close(self) -> None:
        self.database.close()

    def fill(self, learners: Iterable[tuple[Line, dict[str, Any]]]) -> None:
        """Stage the checked lines. Raise ``RosterError`` if a course has a username twice."""
        self.insert(
            "staged", (self.staged_row(line, learner) for line, learner in learners), index="course_id, username"
        )
        self.refuse_duplicates()

    def insert(self, table: str, rows: Iterable[tuple[Any, ...]], *, index: str) -> None:
        self.database.execute("BEGIN")
        for batch in batches(rows):
            marks = ", ".join("?" * len(batch[0]))
            self.database.executemany(f"INSERT INTO {table} VALUES ({marks})", batch)
        self.database.execute("COMMIT")
        # Sorting all rows at once is faster than keeping an index while they come.
        self.database.execute(f"CREATE INDEX {table}_key ON {table} ({index})")

    def staged_row(self, line: Line, learner: dict[str, Any]) -> tuple[Any, ...]:
        if not self.files or self.files[-1] != line.file:
            self.files.append(line.file)
        row = completed(learner, self.today)
        return (
            learner["course_id"],
            learner["username"],
            learner.get("cohort") or None,
            learner.get("enrollment_mode") or None,
            orjson.dumps(learner.get("segments", ())).decode(),
            orjson.dumps([row[key] for key in ROW_KEYS]),
            len(self.files) - 1,
            line.number,
        )

    def refuse_duplicates(self) -> None:
        duplicate = self.database.execute(
            "SELECT course_id, username FROM staged GROUP BY course_id, username HAVING COUNT(*) > 1 LIMIT 1"
        ).fetchone()
        if duplicate:
            places = self.database.execute(
                "SELECT file, line FROM staged WHERE course_id = ? AND username = ? ORDER BY rowid LIMIT 2", duplicate
            )
            first, second = (Line(self.files[file], line) for file, line in places)
            course_id, username = duplicate
            raise RosterError(f"{second}: the course {course_id!r} already has the username {username!r} in {first}")

    def courses(self) -> list[tuple[str, int]]:
        """Return each course with its number of learners."""
        return self.database.execute(
            "SELECT course_id, COUNT(*) FROM staged GROUP BY course_id ORDER BY course_id"
        ).fetchall()

    def facets(self, course_id: str) -> list[StagedFacet]:
        sql = "SELECT cohort, enrollment_mode, segments, COUNT(*) FROM staged WHERE course_id = ? GROUP BY 1, 2, 3"
        return [StagedFacet(*row) for row in self.database.execute(sql, [course_id])]

    def learners(self, course_id: str) -> Iterator[tuple[tuple[str | None, str | None, str], dict[str, Any]]]:
        """Yield the learners of a course by username, each with the key of its facet."""
        for *facet, learner in self.database.execute(
            "SELECT cohort, enrollment_mode, segments, learner FROM staged WHERE course_id = ? ORDER BY username",
            [course_id],
        ):
            yield tuple(facet), dict(zip(ROW_KEYS, orjson.loads(learner), strict=True))

    def stage_terms(self, course_id: str) -> None:
        """Stage the terms of a course's learners. A learner's place is counted from 0 by username."""
        self.database.executescript("DROP TABLE IF EXISTS terms; CREATE TABLE terms (term TEXT, place INTEGER)")
        rows = (
            (term, place)
            for place, (_facet, learner) in enumerate(self.learners(course_id))
            for term in terms_of(name=learner["name"], username=learner["username"], email=learner["email"])
        )
        self.insert("terms", rows, index="term, place")

    def terms(self) -> Iterator[tuple[str, int]]:
        """Return the staged terms with the places of their learners, sorted by both."""
        return self.database.execute("SELECT term, place FROM terms ORDER BY term, place")

    def averages(self, course_id: str) -> dict[str, float | None]:
        """Return the mean of each metric over the learners who have it."""
        totals = dict.fromkeys(METRICS, 0.0)
        counted = dict.fromkeys(METRICS, 0)
        for _facet, learner in self.learners(course_id):
            for metric in METRICS:
                if learner[metric] is not None:
                    totals[metric] += learner[metric]
                    counted[metric] += 1
        return {metric: totals[metric] / counted[metric] if counted[metric] else None for metric in METRICS}
