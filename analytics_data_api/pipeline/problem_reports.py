"""Writes the report ``problem_response`` of each course: the last response of each learner to each part of each problem."""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.conf import settings

from analytics_data_api.course_keys import is_course_id
from analytics_data_api.pipeline.answers import (
    clean_text,
    is_present,
    loaded,
    new_answers,
    old_answers,
    value_text,
)
from analytics_data_api.pipeline.computing import held, opened_engine
from analytics_data_api.pipeline.countries import open_lookup
from analytics_data_api.pipeline.report_storage import replace_report
from analytics_data_api.pipeline.session import Period, Session
from analytics_data_api.pipeline.store import EventStore, StoreError
from analytics_data_api.v0.queries import reports
from analytics_data_api.v0.queries.courses import courses_with_rows
from analytics_data_api.web.renderers import cell

REPORT = "problem_response"
COLUMNS = (
    *("username", "problem_id", "answer_id", "location", "question", "score", "max_score", "correct", "answer"),
    *("total_attempts", "first_attempt", "last_attempt"),
)
# Learners by their place in the course, then problems that the outline does not have.
ORDER = "file, position NULLS LAST, problem_id, course_id, username"
CHOICE_HINT = re.compile(r"<choicehint\b.*?(?:</choicehint>|/>)", re.DOTALL)
DELIMITER = "|"


@dataclass
class ReportsSummary:
    """The report files that were written with their numbers of lines, and the courses without one."""

    files: dict[str, int] = field(default_factory=dict)
    # Courses whose file name is that of another course.
    ambiguous_courses: list[str] = field(default_factory=list)
    # Custom courses and libraries, whose ids name no file of their own.
    courses_without_file: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def lines(self) -> Iterator[str]:
        yield f"Reports: {len(self.files):,} files with {sum(self.files.values()):,} lines."
        for course_id in self.ambiguous_courses:
            yield f"{course_id} has no report, because another course's would have the same file name."
        if self.courses_without_file:
            yield f"No files are served for these: {', '.join(self.courses_without_file)}."


def write_reports(
    store: EventStore, courses: Collection[str], end: date, progress: Callable[[str, int, int], object]
) -> ReportsSummary:
    """Write the reports of some courses, or of all in the store, from the events before ``end``.

    ``progress`` is given each file that was written, its place and the number of all.
    """
    if REPORT not in settings.ENABLED_REPORT_IDENTIFIERS:
        raise StoreError(f"ENABLED_REPORT_IDENTIFIERS does not have {REPORT!r}, so that no report of it is served")
    summary = ReportsSummary()
    with held(store), opened_engine(store, "duckdb", "") as engine:
        engine.read_events(store, end)
        session = Session(engine, Period(end, end), store.path / "lms", open_lookup(None))
        stored = {course_id for (course_id,) in session.rows("store_courses")}
        if unknown := sorted(set(courses) - stored):
            raise StoreError(f"the event store has no course {unknown[0]!r}: expected the id of a course with events")
        files = dict(report_files(stored, summary))
        chosen = {course_id: file for course_id, file in files.items() if not courses or course_id in courses}
        names = sorted(set(chosen.values()))
        # A course is written with the other form of its id, with which it shares the file.
        rows = ((course_id, file) for course_id, file in files.items() if file in set(names))
        engine.load("report_courses", {"course_id": "VARCHAR", "file": "VARCHAR"}, rows)
        keys = session.columns("problem_response_report")
        # Sorting needs the memory that these take.
        session.forget("problem_attempts", "report_checks")
        found = groupby(session.rows("problem_response_report", order=ORDER), key=itemgetter(keys.index("file")))
        written = files_with_rows(
            names, ((file, (dict(zip(keys, row, strict=True)) for row in rows)) for file, rows in found)
        )
        for place, (file, rows_of_file) in enumerate(written, start=1):
            path = engine.work / "report.csv"
            summary.files[file] = write_csv(path, rows_of_file)
            replace_report(file, path)
            progress(file, place, len(names))
    return summary


def report_files(courses: Iterable[str], summary: ReportsSummary) -> Iterator[tuple[str, str]]:
    """Yield the courses that have a report file of their own, each with its name. Note the others in the summary."""
    stored = {course_id for course_id in courses if is_course_id(course_id)}
    summary.courses_without_file = sorted(one for one in stored if one not in reports.owners(one))
    files = {one: reports.file_name(one, REPORT) for one in sorted(stored.difference(summary.courses_without_file))}
    namesakes = {course_id: set(reports.namesakes(course_id, file)) for course_id, file in files.items()}
    every = set().union(*namesakes.values())
    aliases = {settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1}
    known = stored.union(*(courses_with_rows(every, using=alias) for alias in aliases))
    for course_id, file in files.items():
        # As the endpoint does, which serves no file that could be another course's.
        if namesakes[course_id] & known:
            summary.ambiguous_courses.append(course_id)
        else:
            yield course_id, file


def files_with_rows(
    names: Iterable[str], found: Iterator[tuple[str, Iterable[dict[str, Any]]]]
) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield each file, also one of a course without responses, with its rows. Both are in the order of names."""
    following = next(found, None)
    for name in names:
        if following is not None and following[0] == name:
            yield following
            following = next(found, None)
        else:
            yield name, ()


def write_csv(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write the lines of a report and return their number."""
    total = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            for line in report_lines(row):
                writer.writerow(map(cell, line))
                total += 1
    return total


def report_lines(row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a line for each part of a problem that the check answers."""
    chosen, grades = loaded(row["answers"]), loaded(row["correct_map"])
    if not isinstance(chosen, dict):
        return
    has_submission = row["submission"] is not None
    described = (
        new_answers(chosen, row["submission"]) if has_submission else old_answers(chosen, row["correct_map"], "")
    )
    for part_id, value_id, answer in described:
        text = answer.get("answer")
        yield (
            row["username"],
            row["problem_id"],
            part_id,
            location_of(row),
            answer.get("question"),
            row["score"],
            row["max_score"],
            correctness(grades, part_id, answer.get("correct")),
            answer_of(text if is_present(text) else value_id, is_html=is_present(value_id)),
            row["total_attempts"],
            instant(row["first_attempt"]),
            instant(row["last_attempt"]),
        )


def location_of(row: dict[str, Any]) -> str:
    """Return where the problem is: section, subsection, unit and name."""
    places = [row["section"], row["subsection"], row["unit"]]
    before = ["(Deleted block :)"] if row["is_deleted"] else [place for place in places if place is not None]
    return " / ".join((*before, row["name"] or ""))


def correctness(grades: Any, part_id: str, default: Any) -> str:
    """Return True or False as text, or the empty text if nothing tells it."""
    grade = grades.get(part_id) if isinstance(grades, dict) else None
    known = grade.get("correctness") if isinstance(grade, dict) else None
    if known is not None:
        return str(known == "correct")
    return "" if default is None else str(bool(default))


def answer_of(value: Any, *, is_html: bool) -> str:
    """Return an answer as text, or several joined, without the hints that a choice contains."""
    values = value if isinstance(value, list) else [value]
    return DELIMITER.join(clean_text(CHOICE_HINT.sub("", value_text(one)), is_html) for one in values)


def instant(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
