"""The lines of a load, checked and sorted in a temporary SQLite file.

Nothing reaches the database before every line has been checked, and what reaches it comes in the order of its keys: rows
that are appended cost a fraction of rows that are inserted here and there, in any database.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from analytics_data_api.constants import METRICS
from analytics_data_api.rosters.lines import KEYS, Line, RosterError
from analytics_data_api.rosters.name_search import terms_of
from analytics_data_api.sql.rows import batches

COUNTS = ("discussion_contributions", "problems_attempted", "problems_completed", "problem_attempts", "videos_viewed")
FACET_KEYS = ("cohort", "enrollment_mode", "segments")
# What a learner's row keeps of the line; the rest is in its facet and its roster.
ROW_KEYS = tuple(key for key in KEYS if key not in ("course_id", *FACET_KEYS))


class Facet(NamedTuple):
    """Learners who agree in cohort, enrollment mode and segments."""

    cohort: str | None
    enrollment_mode: str | None
    segments: str
    learners: int


def completed(learner: dict[str, Any], today: date) -> dict[str, Any]:
    """The learner with what follows from what the line says."""
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
        # Nothing in this file outlives the load.
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("PRAGMA cache_size = -65536")
        self.database.execute(
            "CREATE TABLE staged (course_id TEXT, username TEXT, cohort TEXT, enrollment_mode TEXT, segments TEXT,"
            " learner BLOB, file INTEGER, line INTEGER)"
        )

    def close(self) -> None:
        self.database.close()

    def fill(self, learners: Iterable[tuple[Line, dict[str, Any]]]) -> None:
        """Takes the checked lines, and refuses a learner who stands twice in one course."""
        self.database.execute("BEGIN")
        for batch in batches(self.staged_row(line, learner) for line, learner in learners):
            self.database.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
        self.database.execute("COMMIT")
        self.database.execute("CREATE INDEX staged_key ON staged (course_id, username)")
        self.refuse_duplicates()

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
        twice = self.database.execute(
            "SELECT course_id, username FROM staged GROUP BY course_id, username HAVING COUNT(*) > 1 LIMIT 1"
        ).fetchone()
        if twice:
            places = self.database.execute(
                "SELECT file, line FROM staged WHERE course_id = ? AND username = ? ORDER BY rowid LIMIT 2", twice
            ).fetchall()
            first, second = (Line(self.files[file], line) for file, line in places)
            course_id, username = twice
            raise RosterError(f"{second}: username {username!r} stands in course {course_id!r} already: {first}")

    def courses(self) -> list[tuple[str, int]]:
        """The courses and their numbers of learners."""
        return self.database.execute(
            "SELECT course_id, COUNT(*) FROM staged GROUP BY course_id ORDER BY course_id"
        ).fetchall()

    def facets(self, course_id: str) -> list[Facet]:
        return [
            Facet(*row)
            for row in self.database.execute(
                "SELECT cohort, enrollment_mode, segments, COUNT(*) FROM staged WHERE course_id = ? GROUP BY 1, 2, 3",
                [course_id],
            )
        ]

    def learners(self, course_id: str) -> Iterator[tuple[tuple[str | None, str | None, str], dict[str, Any]]]:
        """The learners of a course by username, each after the key of its facet."""
        for *facet, learner in self.database.execute(
            "SELECT cohort, enrollment_mode, segments, learner FROM staged WHERE course_id = ? ORDER BY username",
            [course_id],
        ):
            yield tuple(facet), dict(zip(ROW_KEYS, orjson.loads(learner), strict=True))

    def stage_terms(self, course_id: str) -> None:
        """Finds the terms of a course's learners, who are counted from 0 by username."""
        self.database.execute("DROP TABLE IF EXISTS terms")
        self.database.execute("CREATE TABLE terms (term TEXT, place INTEGER)")
        self.database.execute("BEGIN")
        rows = (
            (term, place)
            for place, (_facet, learner) in enumerate(self.learners(course_id))
            for term in terms_of(name=learner["name"], username=learner["username"], email=learner["email"])
        )
        for batch in batches(rows):
            self.database.executemany("INSERT INTO terms VALUES (?, ?)", batch)
        self.database.execute("COMMIT")
        self.database.execute("CREATE INDEX terms_key ON terms (term, place)")

    def terms(self) -> Iterator[tuple[str, int]]:
        """The staged terms with the learners' places, in this order."""
        return self.database.execute("SELECT term, place FROM terms ORDER BY term, place")

    def averages(self, course_id: str) -> dict[str, float | None]:
        """The mean of each metric over the learners who have it."""
        totals = dict.fromkeys(METRICS, 0.0)
        counted = dict.fromkeys(METRICS, 0)
        for _facet, learner in self.learners(course_id):
            for metric in METRICS:
                if learner[metric] is not None:
                    totals[metric] += learner[metric]
                    counted[metric] += 1
        return {metric: totals[metric] / counted[metric] if counted[metric] else None for metric in METRICS}
