"""Enrollment on the documented day and the two before it, which also show unknown, unusual and absent values."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0 import models

DAYS = (date(2014, 12, 8), date(2014, 12, 9), date(2014, 12, 10))
CREATED = datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC)

# A count for each of the days, or None for no row.
COUNTS = (1861, 1874, 1892)
# Each day has a count and a cumulative count.
MODES: dict[str, tuple[tuple[int, int] | None, ...]] = {
    "audit": ((12, 14), (5, 14), None),
    "honor": ((921, 936), (935, 953), (945, 965)),
    "no-id-professional": ((4, 5), None, None),
    "professional": ((180, 183), (187, 190), (189, 193)),
    "verified": ((742, 757), (746, 762), (756, 773)),
}
BIRTH_YEARS = {1960: (10, 11, 11), 1961: (56, 57, 58), None: (25, 23, None)}
EDUCATION_LEVELS = {"bachelors": (621, 627, 634), "doctorate": (86, 88, 88), None: (21, 20, None)}
GENDERS = {"f": (719, 726, 732), "m": (1140, 1148, 1155), "o": (431, 434, 435), None: (17, 9, None)}
COUNTRIES = {"CA": (259, 262, 264), "CN": (408, 413, 416), None: (8, 5, None), "XX": (3, 3, None)}


def rows(values: dict, columns: Callable[[Any, Any], Row]) -> list[Row]:
    return [
        {"course_id": DEMO_COURSE, "created": CREATED, "date": day, **columns(value, counts[number])}
        for number, day in enumerate(DAYS)
        for value, counts in values.items()
        if counts[number] is not None
    ]


def by(column: str, values: dict) -> list[Row]:
    return rows(values, lambda value, count: {column: value, "count": count})


def tables() -> Tables:
    return {
        models.CourseEnrollmentDaily: rows({None: COUNTS}, lambda _all, count: {"count": count}),
        models.CourseEnrollmentModeDaily: rows(
            MODES, lambda mode, counts: {"mode": mode, "count": counts[0], "cumulative_count": counts[1]}
        ),
        models.CourseEnrollmentByBirthYear: by("birth_year", BIRTH_YEARS),
        models.CourseEnrollmentByEducation: by("education_level", EDUCATION_LEVELS),
        models.CourseEnrollmentByGender: by("gender", GENDERS),
        models.CourseEnrollmentByCountry: by("country_code", COUNTRIES),
    }
