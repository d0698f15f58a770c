"""Courses of the tests of summaries."""

import pytest

from tests.support.factories import CourseMetaSummaryEnrollmentFactory, CourseProgramMetadataFactory


@pytest.fixture
def courses():
    """Create three courses, two of them in programs."""
    for letter, columns in (
        (
            "a",
            {
                "enrollment_mode": "verified",
                "count": 5,
                "availability": "Starting Soon",
                "catalog_course_title": "Über",
            },
        ),
        ("b", {"enrollment_mode": "honor", "count": 9, "availability": None, "pacing_type": "self_paced"}),
        ("b", {"enrollment_mode": "verified", "count": 1, "availability": None, "pacing_type": "self_paced"}),
        ("c", {"enrollment_mode": "honor", "count": 2, "availability": "Archived"}),
    ):
        CourseMetaSummaryEnrollmentFactory(course_id=f"{letter}/{letter}/{letter}", **columns)
    for course_id, program_id in (("a/a/a", "p"), ("b/b/b", "p"), ("b/b/b", "o")):
        CourseProgramMetadataFactory(course_id=course_id, program_id=program_id)
