"""Catalog entries and programs of the demo course and of the course that the learner documents speak of."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Model

from analytics_data_api.simulation.documented.learners import COOL_COURSE
from analytics_data_api.simulation.documented.learners import CREATED as COOL_CREATED
from tests.support.factories import (
    DEMO_COURSE,
    CourseMetaSummaryEnrollmentFactory,
    CourseProgramMetadataFactory,
)

# Mode: count, cumulative count, change in seven days, passing.
DEMO_MODES = {"honor": (945, 965, 38, 402), "professional": (189, 193, 11, 97), "verified": (756, 773, 24, 511)}
COOL_MODES = {"honor": (2000, 2113, 64, 871), "verified": (100, 104, -2, 58)}

PROGRAMS = {
    "3f1d5a0c-6c1b-4b53-9f0e-8d2a7b6c4e11": ("MicroMasters", "Demonstrations in Depth", (DEMO_COURSE, COOL_COURSE)),
    "a6c9e2b4-0f7d-4e38-8b15-5c3d9e7f2a40": ("Professional Certificate", "First Steps", (DEMO_COURSE,)),
}


def summaries() -> Iterable[Model]:
    for mode, (count, cumulative_count, change, passing) in DEMO_MODES.items():
        yield CourseMetaSummaryEnrollmentFactory.build(
            enrollment_mode=mode,
            count=count,
            cumulative_count=cumulative_count,
            count_change_7_days=change,
            passing_users=passing,
        )
    for mode, (count, cumulative_count, change, passing) in COOL_MODES.items():
        yield CourseMetaSummaryEnrollmentFactory.build(
            course_id=COOL_COURSE,
            catalog_course_title="A Cool Course",
            catalog_course="my+cool",
            start_time=datetime(2015, 9, 14, tzinfo=UTC),
            end_time=None,
            pacing_type="self_paced",
            enrollment_mode=mode,
            count=count,
            cumulative_count=cumulative_count,
            count_change_7_days=change,
            passing_users=passing,
            created=COOL_CREATED,
        )


def programs() -> Iterable[Model]:
    for program_id, (program_type, program_title, courses) in PROGRAMS.items():
        for course_id in courses:
            yield CourseProgramMetadataFactory.build(
                course_id=course_id, program_id=program_id, program_type=program_type, program_title=program_title
            )


def rows() -> list[Model]:
    return [*summaries(), *programs()]
