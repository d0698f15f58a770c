"""Enrollment of a course by day."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from analytics_data_api.constants.countries import country
from analytics_data_api.constants.genders import GENDER_NAMES, GENDERS, UNKNOWN
from analytics_data_api.constants.modes import ENROLLMENT_MODES, MERGED_MODES
from analytics_data_api.v0.models import (
    CourseEnrollmentByBirthYear,
    CourseEnrollmentByCountry,
    CourseEnrollmentByEducation,
    CourseEnrollmentByGender,
    CourseEnrollmentDaily,
    CourseEnrollmentModeDaily,
)
from analytics_data_api.v0.params.times import Window
from analytics_data_api.v0.queries.base import Row, fetch, in_window, of_course
from analytics_data_api.v0.queries.functions import DateText, DateTimeText, ascending


def enrollment(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order: course id, date, learners, date of the count."""
    days = in_window(of_course(CourseEnrollmentDaily, course_id=course_id, using=using), window)
    return fetch(days.order_by("date", "id"), "course_id", DateText("date"), "count", DateTimeText("created"))


def enrollment_by_mode(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order: course id, date, learners now and ever, date of the count, learners by mode."""
    days = in_window(of_course(CourseEnrollmentModeDaily, course_id=course_id, using=using), window)
    return modes_by_day(
        fetch(
            days.order_by("date", "id"),
            "course_id",
            DateText("date"),
            "mode",
            "count",
            "cumulative_count",
            DateTimeText("created"),
        )
    )


# Names that a mode cannot take in an answer, because a field has them already.
TAKEN_NAMES = ("course_id", "date", "count", "cumulative_count", "created")


def modes_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day from one row a day and mode. Modes that are not among the known ones follow in a mapping.

    A mode that occurs on any of the days stands in all of them.
    """
    days: list[tuple[Row, dict[str, int]]] = []
    unknown: set[str] = set()
    for (course_id, date), day in groupby(rows, key=itemgetter(0, 1)):
        modes: dict[str, int] = dict.fromkeys(ENROLLMENT_MODES, 0)
        total = cumulative = 0
        created = ""
        for _course_id, _date, mode, count, cumulative_count, row_created in day:
            name: str = MERGED_MODES.get(mode) or mode
            modes[name] = modes.get(name, 0) + count
            total += count
            cumulative += cumulative_count
            created = max(created, row_created)
        unknown.update(modes)
        days.append(((course_id, date, total, cumulative, created), modes))
    extra = sorted(unknown.difference(ENROLLMENT_MODES, TAKEN_NAMES))
    for head, modes in days:
        yield (*head, *(modes[mode] for mode in ENROLLMENT_MODES), {mode: modes.get(mode, 0) for mode in extra})


def enrollment_by_birth_year(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days and years in ascending order: course id, date, year of birth, learners, date of the count."""
    days = in_window(of_course(CourseEnrollmentByBirthYear, course_id=course_id, using=using), window)
    return unreported_merged(
        fetch(
            days.order_by("date", ascending("birth_year"), "id"),
            "course_id",
            DateText("date"),
            "birth_year",
            "count",
            DateTimeText("created"),
        )
    )


def enrollment_by_education(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days and levels in ascending order: course id, date, level of education, learners, date of the count."""
    days = in_window(of_course(CourseEnrollmentByEducation, course_id=course_id, using=using), window)
    return unreported_merged(
        fetch(
            days.order_by("date", ascending("education_level", text=True), "id"),
            "course_id",
            DateText("date"),
            "education_level",
            "count",
            DateTimeText("created"),
        )
    )


def unreported_merged(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with one row a day, its last, for the learners who did not report: a table may have several of them.

    A row is course id, date, what was reported, learners, date of the count; null is the last of its day.
    """
    merged: list[Any] | None = None
    for row in rows:
        if row[2] is not None:
            if merged:
                yield tuple(merged)
                merged = None
            yield row
        elif merged and merged[1] == row[1]:
            merged[3] += row[3]
            merged[4] = max(merged[4], row[4])
        else:
            if merged:
                yield tuple(merged)
            merged = list(row)
    if merged:
        yield tuple(merged)


def enrollment_by_gender(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order: course id, date, learners by gender, date of the count."""
    days = in_window(of_course(CourseEnrollmentByGender, course_id=course_id, using=using), window)
    rows = fetch(days.order_by("date", "id"), "course_id", DateText("date"), "gender", "count", DateTimeText("created"))
    return genders_by_day(rows)


def genders_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day from one row a day and gender. Whatever is no gender of the table's is unknown."""
    for (course_id, date), day in groupby(rows, key=itemgetter(0, 1)):
        genders = dict.fromkeys(GENDERS, 0)
        created = ""
        for _course_id, _date, gender, count, row_created in day:
            genders[GENDER_NAMES.get(gender, UNKNOWN)] += count
            created = max(created, row_created)
        yield (course_id, date, *genders.values(), created)


def enrollment_by_country(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order, in a day unknown first, then by code: date, course id, country, learners, date of count."""
    days = in_window(of_course(CourseEnrollmentByCountry, course_id=course_id, using=using), window)
    rows = fetch(
        days.order_by("date", "id"), DateText("date"), "course_id", "country_code", "count", DateTimeText("created")
    )
    return countries_by_day(rows)


def countries_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day and country. Codes that stand for one country, or for none, are summed up."""
    for (date, course_id), day in groupby(rows, key=itemgetter(0, 1)):
        totals: dict[str, tuple[dict[str, str | None], int, str]] = {}
        for _date, _course_id, code, count, created in day:
            place = country(code)
            alpha2 = place["alpha2"] or ""
            if alpha2 in totals:
                _place, total, latest = totals[alpha2]
                count, created = total + count, max(latest, created)
            totals[alpha2] = (place, count, created)
        for alpha2 in sorted(totals):
            place, count, created = totals[alpha2]
            yield date, course_id, place, count, created
