"""Catalog entries and programs of the demo course and of the course in the documents about learners."""

from datetime import UTC, datetime

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.documented.enrollment import CREATED
from analytics_data_api.simulation.documented.learners import COOL_COURSE
from analytics_data_api.simulation.documented.learners import CREATED as COOL_CREATED
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0.models import CourseMetaSummaryEnrollment, CourseProgramMetadata

DEMO_ENTRY = {
    "course_id": DEMO_COURSE,
    "catalog_course_title": "Demonstration Course",
    "catalog_course": "edX+DemoX",
    "start_time": datetime(2014, 10, 6, tzinfo=UTC),
    "end_time": datetime(2015, 1, 26, tzinfo=UTC),
    "pacing_type": "instructor_paced",
    "availability": "Current",
    "created": CREATED,
}
COOL_ENTRY = {
    **DEMO_ENTRY,
    "course_id": COOL_COURSE,
    "catalog_course_title": "A Cool Course",
    "catalog_course": "my+cool",
    "start_time": datetime(2015, 9, 14, tzinfo=UTC),
    "end_time": None,
    "pacing_type": "self_paced",
    "created": COOL_CREATED,
}
COUNTS = ("count", "cumulative_count", "count_change_7_days", "passing_users")
DEMO_MODES = {"honor": (945, 965, 38, 402), "professional": (189, 193, 11, 97), "verified": (756, 773, 24, 511)}
COOL_MODES = {"honor": (2000, 2113, 64, 871), "verified": (100, 104, -2, 58)}

PROGRAMS = (
    ("3f1d5a0c-6c1b-4b53-9f0e-8d2a7b6c4e11", "MicroMasters", "Demonstrations in Depth", (DEMO_COURSE, COOL_COURSE)),
    ("a6c9e2b4-0f7d-4e38-8b15-5c3d9e7f2a40", "Professional Certificate", "First Steps", (DEMO_COURSE,)),
)


def summaries(entry: Row, modes: dict[str, tuple[int, ...]]) -> list[Row]:
    return [
        {**entry, "enrollment_mode": mode, **dict(zip(COUNTS, counts, strict=True))} for mode, counts in modes.items()
    ]


def tables() -> Tables:
    programs = [
        {"course_id": course_id, "program_id": id_, "program_type": kind, "program_title": title, "created": CREATED}
        for id_, kind, title, courses in PROGRAMS
        for course_id in courses
    ]
    entries = [*summaries(DEMO_ENTRY, DEMO_MODES), *summaries(COOL_ENTRY, COOL_MODES)]
    return {CourseMetaSummaryEnrollment: entries, CourseProgramMetadata: programs}
