"""Enrollment on the documented day and the two before it, which also show what is unknown, unusual or absent."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Model

from tests.support.factories import (
    CourseEnrollmentByBirthYearFactory,
    CourseEnrollmentByCountryFactory,
    CourseEnrollmentByEducationFactory,
    CourseEnrollmentByGenderFactory,
    CourseEnrollmentDailyFactory,
    CourseEnrollmentModeDailyFactory,
    DailyFactory,
)

DAYS = (date(2014, 12, 8), date(2014, 12, 9), date(2014, 12, 10))

# A count for each of the days; none: no row.
COUNTS = (1861, 1874, 1892)
MODES: dict[str, tuple[tuple[int, int] | None, ...]] = {
    # mode: (count, cumulative count)
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


def daily(factory: type[DailyFactory], column: str, values: dict) -> Iterable[Model]:
    for number, day in enumerate(DAYS):
        for value, counts in values.items():
            if counts[number] is not None:
                yield factory.build(date=day, count=counts[number], **{column: value})


def modes() -> Iterable[Model]:
    for number, day in enumerate(DAYS):
        for mode, counts in MODES.items():
            if of_day := counts[number]:
                count, cumulative_count = of_day
                yield CourseEnrollmentModeDailyFactory.build(
                    date=day, mode=mode, count=count, cumulative_count=cumulative_count
                )


def rows() -> list[Model]:
    return [
        *(CourseEnrollmentDailyFactory.build(date=day, count=count) for day, count in zip(DAYS, COUNTS, strict=True)),
        *modes(),
        *daily(CourseEnrollmentByBirthYearFactory, "birth_year", BIRTH_YEARS),
        *daily(CourseEnrollmentByEducationFactory, "education_level", EDUCATION_LEVELS),
        *daily(CourseEnrollmentByGenderFactory, "gender", GENDERS),
        *daily(CourseEnrollmentByCountryFactory, "country_code", COUNTRIES),
    ]
