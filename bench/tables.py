"""Rows of the pipeline's tables for the benchmark of the endpoints: one course of the stated sizes, from a seed."""

import random
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.core.management import call_command
from django.db import connections, models, transaction
from tqdm import tqdm

from analytics_data_api.constants import METRICS
from analytics_data_api.sql.rows import batches
from analytics_data_api.v0 import models as tables
from bench.ids import COURSE_ID, learner, problem_id, video_id
from bench.learners import learners

FIRST_DAY = date(2023, 1, 1)
CREATED = "2025-12-31 04:05:06"
DAYS = 1095
WEEKS = 156
MODES = ("audit", "credit", "honor", "professional", "no-id-professional", "verified", "masters")
GENDERS = ("f", "m", "o", None)
EDUCATION = (
    None,
    "associates",
    "bachelors",
    "doctorate",
    "junior_high",
    "masters",
    "none",
    "other",
    "primary",
    "secondary",
)
BIRTH_YEARS = (None, *range(1945, 2004))
COUNTRIES = 100
PROBLEMS, PARTS, ANSWERS = 600, 3, 8
VIDEOS, SEGMENTS = 400, 120
LEARNERS, ENGAGEMENT_ROWS = 5000, 225_000
SUMMARIES, SUMMARY_MODES, PROGRAM_ROWS = 4000, 5, 4000
TABLES = 17
# Tables whose endpoints span all courses.
SPANNING = (tables.CourseMetaSummaryEnrollment, tables.CourseProgramMetadata)

Rows = Iterator[tuple[Any, ...]]


def all_rows(seed: int) -> Iterator[tuple[type[models.Model], tuple[str, ...], Rows]]:
    """Each table with its columns, but for id and created, and its rows."""
    from django_countries import Countries

    choose = random.Random(seed)
    number = choose.randrange
    days = [(FIRST_DAY + timedelta(days=day)).isoformat() for day in range(DAYS)]
    countries = [code for code, _name in Countries()][:COUNTRIES]

    def daily(values: Iterable[Any]) -> Rows:
        values = tuple(values)
        return ((COURSE_ID, day, value, number(20000)) for day in days for value in values)

    columns = ("course_id", "date")
    yield tables.CourseEnrollmentDaily, (*columns, "count"), ((COURSE_ID, day, number(20000)) for day in days)
    yield (
        tables.CourseEnrollmentModeDaily,
        (*columns, "mode", "count", "cumulative_count"),
        ((*row, row[-1] * 2) for row in daily(MODES)),
    )
    yield tables.CourseEnrollmentByGender, (*columns, "gender", "count"), daily(GENDERS)
    yield tables.CourseEnrollmentByEducation, (*columns, "education_level", "count"), daily(EDUCATION)
    yield tables.CourseEnrollmentByBirthYear, (*columns, "birth_year", "count"), daily(BIRTH_YEARS)
    yield tables.CourseEnrollmentByCountry, (*columns, "country_code", "count"), daily(countries)
    yield tables.CourseActivityWeekly, ("course_id", "interval_start", "interval_end", "label", "count"), weeks(number)
    yield (
        tables.ProblemFirstLastResponseAnswerDistribution,
        ("course_id", "module_id", "part_id", "correct", "value_id", "answer_value_text", "problem_display_name")
        + ("question_text", "first_response_count", "last_response_count"),
        answers(number),
    )
    problems = range(PROBLEMS)
    yield (
        tables.GradeDistribution,
        ("course_id", "module_id", "grade", "max_grade", "count"),
        ((COURSE_ID, problem_id(problem), grade, 5, number(900)) for problem in problems for grade in range(6)),
    )
    yield (
        tables.SequentialOpenDistribution,
        ("course_id", "module_id", "count"),
        ((COURSE_ID, problem_id(problem), number(900)) for problem in problems),
    )
    yield (
        tables.ProblemsAndTags,
        ("course_id", "module_id", "tag_name", "tag_value", "total_submissions", "correct_submissions"),
        (
            (COURSE_ID, problem_id(problem), name, choose.choice(("Easy", "Medium", "Hard")), number(900), number(400))
            for problem in problems
            for name in ("difficulty", "topic")
        ),
    )
    yield (
        tables.Video,
        ("course_id", "pipeline_video_id", "encoded_module_id", "duration", "segment_length", "users_at_start")
        + ("users_at_end",),
        ((COURSE_ID, video_id(video), f"{video:032x}", 600, 5, number(900), number(400)) for video in range(VIDEOS)),
    )
    yield (
        tables.VideoTimeline,
        ("pipeline_video_id", "segment", "num_users", "num_views"),
        ((video_id(video), part, number(900), number(990)) for video in range(VIDEOS) for part in range(SEGMENTS)),
    )
    yield (
        tables.ModuleEngagement,
        ("course_id", "username", "date", "entity_type", "entity_id", "event", "count"),
        engagement(choose),
    )
    yield (
        tables.ModuleEngagementMetricRanges,
        ("course_id", "start_date", "end_date", "metric", "range_type", "low_value", "high_value"),
        (
            (COURSE_ID, days[-8], days[-1], metric, name, low, low + 5)
            for metric in METRICS
            for name, low in (("low", 0), ("normal", 5), ("high", 10))
        ),
    )
    yield (
        tables.CourseMetaSummaryEnrollment,
        ("course_id", "catalog_course_title", "catalog_course", "start_time", "end_time", "pacing_type", "availability")
        + ("enrollment_mode", "count", "cumulative_count", "count_change_7_days", "passing_users"),
        summaries(number),
    )
    yield (
        tables.CourseProgramMetadata,
        ("course_id", "program_id", "program_type", "program_title"),
        (
            (f"course-v1:bench+{row % SUMMARIES}+run", f"{row // 4:032x}", "MicroMasters", f"Program {row // 4}")
            for row in range(PROGRAM_ROWS)
        ),
    )


def weeks(number) -> Rows:
    for week in range(WEEKS):
        start = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(weeks=week)
        for label in ("ACTIVE", "ATTEMPTED_PROBLEM", "PLAYED_VIDEO", "POSTED_FORUM"):
            yield COURSE_ID, str(start), str(start + timedelta(weeks=1)), label, number(20000)


def answers(number) -> Rows:
    for problem in range(PROBLEMS):
        for part in range(PARTS):
            for answer in range(ANSWERS):
                yield (
                    COURSE_ID,
                    problem_id(problem),
                    f"{problem:032x}_{part + 2}_1",
                    int(answer == 0),
                    f"choice_{answer}",
                    f"The answer that stands in place {answer}",
                    f"Problem {problem}",
                    f"What is the question of part {part} of problem {problem}?",
                    number(900),
                    number(900),
                )


def engagement(choose: random.Random) -> Rows:
    kinds = (("problem", "attempted"), ("problem", "completed"), ("video", "viewed"), ("discussion", "contributed"))
    each = ENGAGEMENT_ROWS // LEARNERS
    for place in range(LEARNERS):
        for row in range(each):
            entity_type, event = kinds[row % len(kinds)]
            day = FIRST_DAY + timedelta(days=DAYS - 1 - row // 2)
            yield (
                COURSE_ID,
                learner(place),
                day.isoformat(),
                entity_type,
                f"{choose.randrange(600):032x}",
                event,
                1 + choose.randrange(5),
            )


def summaries(number) -> Rows:
    for course in range(SUMMARIES):
        for mode in MODES[:SUMMARY_MODES]:
            count = number(20000)
            yield (
                f"course-v1:bench+{course}+run",
                f"Course {course}",
                f"bench+{course}",
                "2025-01-01 00:00:00",
                "2026-01-01 00:00:00",
                "instructor_paced",
                "Current",
                mode,
                count,
                count * 2,
                number(200) - 100,
                count // 3,
            )


def roster_lines(seed: int, *, times_others: int) -> Iterator[bytes]:
    """The roster of the course, and those of other courses, as load_roster reads them."""
    for course_id in [COURSE_ID, *(f"course-v1:bench+other{other}+run" for other in range(times_others))]:
        for place, line in enumerate(learners(LEARNERS, course_id, seed)):
            yield orjson.dumps({**line, "username": learner(place)}) + b"\n"


def fill(alias: str, seed: int, *, times_others: int) -> None:
    """Fills the tables, and with ``times_others`` times as many rows of other courses."""
    connection = connections[alias]
    quoted = connection.ops.quote_name
    for model, columns, rows in tqdm(all_rows(seed), desc="tables", unit="table", total=TABLES):
        table = quoted(model._meta.db_table)
        names = ", ".join(map(quoted, (*columns, "created")))
        marks = ", ".join("%s" for _ in range(len(columns) + 1))
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            for batch in batches(rows, 10_000):
                cursor.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})", [(*row, CREATED) for row in batch]
                )
        if model in SPANNING:
            continue
        for other in range(times_others):
            copy_to_other_course(connection, model, columns, other)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as lines:
        lines.writelines(roster_lines(seed, times_others=times_others))
        lines.flush()
        call_command("load_roster", lines.name)


def copy_to_other_course(connection: Any, model: type[models.Model], columns: tuple[str, ...], other: int) -> None:
    """Copies the rows of the course, under ids that begin differently."""
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)

    def copied(column: str) -> str:
        if column not in ("course_id", "module_id", "pipeline_video_id"):
            return quoted(column)
        texts = f"'other{other}-'", quoted(column)
        return f"CONCAT({', '.join(texts)})" if connection.vendor == "mysql" else " || ".join(texts)

    key, value = ("course_id", COURSE_ID) if "course_id" in columns else ("pipeline_video_id", f"{COURSE_ID}|%")
    names = ", ".join(map(quoted, (*columns, "created")))
    values = ", ".join([*map(copied, columns), quoted("created")])
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {quoted(key)} LIKE %s", [value]
        )
