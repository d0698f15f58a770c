"""Rows of the pipeline's tables for the benchmark of the endpoints: one course of the stated sizes, from a seed."""

import random
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django
import orjson
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import Model
from tqdm import tqdm

from analytics_data_api.constants import ACTIVITY_TYPES, METRICS, countries_by_code
from analytics_data_api.simulation.rows import Row, axis, crossed, insert
from bench import counts_of_arguments
from bench.learners import roster_learners

COURSE_ID = "course-v1:bench+one+run"
FIRST_DAY, NUM_DAYS, WEEKS = datetime(2023, 1, 1, tzinfo=UTC), 1095, 156
CREATED = datetime(2025, 12, 31, 4, 5, 6, tzinfo=UTC)
MODES = ("audit", "credit", "honor", "professional", "no-id-professional", "verified", "masters")
EDUCATION = ("associates", "bachelors", "doctorate", "junior_high", "masters", "none", "other", "primary", "secondary")
BIRTH_YEARS = (None, *range(1945, 2004))
COUNTRIES = 100
PROBLEMS, PARTS, ANSWERS = 600, 3, 8
VIDEOS, SEGMENTS = 400, 120
LEARNERS, EVENTS_PER_LEARNER = 5000, 45
EVENTS = (("problem", "attempted"), ("problem", "completed"), ("video", "viewed"), ("discussion", "contributed"))
SUMMARIES, SUMMARY_MODES, PROGRAMS = 4000, 5, 1000


def problem_id(number: int) -> str:
    return f"block-v1:bench+one+run+type@problem+block@{number:032x}"


def video_id(number: int) -> str:
    return f"{COURSE_ID}|{number:032x}"


def username(number: int) -> str:
    return f"learner_{number:06}"


def day(number: int) -> date:
    return (FIRST_DAY + timedelta(number)).date()


def course_rows(chance: random.Random) -> Iterator[tuple[type[Model], Iterable[Row]]]:
    """Yield each table with the rows of the course."""
    from analytics_data_api.v0 import models as tables

    course = [{"course_id": COURSE_ID, "created": CREATED}]
    days = axis("date", map(day, range(NUM_DAYS)))
    problems = axis("module_id", map(problem_id, range(PROBLEMS)))
    videos = [{"pipeline_video_id": video_id(n), "encoded_module_id": f"{n:032x}"} for n in range(VIDEOS)]
    countries = [code for code in countries_by_code() if len(code) == 2][:COUNTRIES]

    def rows(*axes: Iterable[Row], **limits: int) -> Iterator[Row]:
        return crossed(chance, course, *axes, **limits)

    yield tables.CourseEnrollmentDaily, rows(days, count=20_000)
    modes = rows(days, axis("mode", MODES), count=20_000)
    yield tables.CourseEnrollmentModeDaily, ({**row, "cumulative_count": 2 * row["count"]} for row in modes)
    yield tables.CourseEnrollmentByGender, rows(days, axis("gender", ("f", "m", "o", None)), count=20_000)
    yield tables.CourseEnrollmentByEducation, rows(days, axis("education_level", (None, *EDUCATION)), count=20_000)
    yield tables.CourseEnrollmentByBirthYear, rows(days, axis("birth_year", BIRTH_YEARS), count=20_000)
    yield tables.CourseEnrollmentByCountry, rows(days, axis("country_code", countries), count=20_000)
    starts = [FIRST_DAY + timedelta(weeks=week) for week in range(WEEKS)]
    weeks = [{"interval_start": start, "interval_end": start + timedelta(weeks=1)} for start in starts]
    yield tables.CourseActivityWeekly, rows(weeks, axis("label", ACTIVITY_TYPES), count=20_000)
    questions = [
        {
            "module_id": problem_id(problem),
            "part_id": f"{problem:032x}_{part + 2}_1",
            "problem_display_name": f"Problem {problem}",
            "question_text": f"What is the question of part {part} of problem {problem}?",
        }
        for problem in range(PROBLEMS)
        for part in range(PARTS)
    ]
    choices = [
        {"correct": n == 0, "value_id": f"choice_{n}", "answer_value": f"The answer that stands in place {n}"}
        for n in range(ANSWERS)
    ]
    responses = {"first_response_count": 900, "last_response_count": 900}
    yield tables.ProblemFirstLastResponseAnswerDistribution, rows(questions, choices, **responses)
    grades = [{"grade": grade, "max_grade": 5} for grade in range(6)]
    yield tables.GradeDistribution, rows(problems, grades, count=900)
    yield tables.SequentialOpenDistribution, rows(problems, count=900)
    tags = rows(problems, axis("tag_name", ("difficulty", "topic")), total_submissions=900, correct_submissions=400)
    levels = ("Easy", "Medium", "Hard")
    yield tables.ProblemsAndTags, ({**row, "tag_value": chance.choice(levels)} for row in tags)
    lengths = [{"duration": 600, "segment_length": 5}]
    yield tables.Video, rows(videos, lengths, users_at_start=900, users_at_end=400)
    timelines = ({"created": CREATED, "pipeline_video_id": video["pipeline_video_id"]} for video in videos)
    segments = axis("segment", range(SEGMENTS))
    yield tables.VideoTimeline, crossed(chance, timelines, segments, num_users=900, num_views=990)
    events = [
        {"date": day(NUM_DAYS - 1 - n // 2), "entity_type": EVENTS[n % 4][0], "event": EVENTS[n % 4][1]}
        for n in range(EVENTS_PER_LEARNER)
    ]
    engagement = rows(axis("username", map(username, range(LEARNERS))), events, entity_id=600, count=5)
    engagement = ({**row, "entity_id": f"{row['entity_id']:032x}", "count": row["count"] + 1} for row in engagement)
    yield tables.ModuleEngagement, engagement
    week = [{"start_date": day(NUM_DAYS - 8), "end_date": day(NUM_DAYS - 1)}]
    lows = {"low": 0, "normal": 5, "high": 10}
    bounds = [{"range_type": name, "low_value": low, "high_value": low + 5} for name, low in lows.items()]
    yield tables.ModuleEngagementMetricRanges, rows(week, axis("metric", METRICS), bounds)


def spanning_rows(chance: random.Random) -> Iterator[tuple[type[Model], Iterable[Row]]]:
    """Yield the tables whose endpoints span all courses."""
    from analytics_data_api.v0 import models as tables

    shared = {
        **{"start_time": datetime(2025, 1, 1, tzinfo=UTC), "end_time": datetime(2026, 1, 1, tzinfo=UTC)},
        **{"pacing_type": "instructor_paced", "availability": "Current", "created": CREATED},
    }
    numbers = [{"n": number} for number in range(SUMMARIES)]
    modes = axis("enrollment_mode", MODES[:SUMMARY_MODES])
    counts = {"count": 20_000, "count_change_7_days": 200}

    def summary(n: int, count: int, **row: Any) -> Row:
        names = {"catalog_course_title": f"Course {n}", "catalog_course": f"bench+{n}", "count": count}
        row["count_change_7_days"] -= 100
        figures = {"cumulative_count": count * 2, "passing_users": count // 3}
        return {"course_id": f"course-v1:bench+{n}+run", **shared, **names, **row, **figures}

    yield tables.CourseMetaSummaryEnrollment, (summary(**row) for row in crossed(chance, numbers, modes, **counts))
    program = {"program_type": "MicroMasters", "created": CREATED}
    programs = (
        {"program_id": f"{number:032x}", "program_title": f"Program {number}", **program} for number in range(PROGRAMS)
    )
    members = (
        {"course_id": f"course-v1:bench+{4 * number + place}+run", **row}
        for number, row in enumerate(programs)
        for place in range(4)
    )
    yield tables.CourseProgramMetadata, members


def copy_to_other_course(model: type[Model], number: int) -> None:
    """Copy the rows of the course under ids with another beginning."""
    connection = connections["analytics"]
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]

    def copied(column: str) -> str:
        if column not in ("course_id", "module_id", "pipeline_video_id"):
            return quoted(column)
        texts = f"'other{number}-'", quoted(column)
        return f"CONCAT({', '.join(texts)})" if connection.vendor == "mysql" else " || ".join(texts)

    key = quoted("course_id" if "course_id" in columns else "pipeline_video_id")
    names, values = ", ".join(map(quoted, columns)), ", ".join(map(copied, columns))
    with transaction.atomic(using="analytics"), connection.cursor() as cursor:
        statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} LIKE %s"
        cursor.execute(statement, [f"{COURSE_ID}%"])


def course_rosters(times_others: int) -> Iterator[bytes]:
    for course_id in [COURSE_ID, *(f"course-v1:bench+other{other}+run" for other in range(times_others))]:
        for place, line in enumerate(roster_learners(LEARNERS, course_id, seed=1)):
            yield orjson.dumps({**line, "username": username(place)}) + b"\n"


def main() -> None:
    """Fill the tables of the environment's analytics database, with ``--times-others`` times the rows in other courses."""
    times_others = counts_of_arguments(__doc__, times_others=0).times_others
    django.setup()
    chance = random.Random(1)
    for model, rows in tqdm(course_rows(chance), desc="tables", unit="table"):
        insert(model, rows, using="analytics")
        for number in range(times_others):
            copy_to_other_course(model, number)
    for model, rows in spanning_rows(chance):
        insert(model, rows, using="analytics")
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as lines:
        lines.writelines(course_rosters(times_others))
        lines.flush()
        call_command("load_roster", lines.name)


if __name__ == "__main__":
    main()
