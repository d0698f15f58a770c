"""Enrollment of a course by day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Model, QuerySet

from analytics_data_api.constants import ENROLLMENT_MODES, GENDER_NAMES, GENDERS, MERGED_MODES, UNKNOWN_GENDER, country
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import DateText, DateTimeText, ascending
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import (
    CourseEnrollmentByBirthYear,
    CourseEnrollmentByCountry,
    CourseEnrollmentByEducation,
    CourseEnrollmentByGender,
    CourseEnrollmentDaily,
    CourseEnrollmentModeDaily,
)
from analytics_data_api.web.times import Window


class DailySeries:
    """The columns of a table with rows of days, in an order; `created` comes last."""

    def __init__(self, model: type[Model], *columns: Any, order: tuple[Any, ...] = ("date", "id")) -> None:
        self.model = model
        self.columns = (*columns, DateTimeText("created"))
        self.order = order

    def rows(self, *, course_id: str, window: Window, using: str) -> Iterator[Row]:
        return compiled.rows(self.statement, using=using, course_id=course_id, start=window.start, end=window.end)

    def statement(self, course_id: str, start: date | None, end: date | None) -> QuerySet:
        days = self.model._default_manager.filter(course_id=course_id)
        return in_window(days, Window(start, end)).order_by(*self.order).values_list(*self.columns)


def in_window(rows: QuerySet, window: Window) -> QuerySet:
    """Rows of the window's days. Where it is the latest day, the database finds that day in the same query."""
    if window.is_latest:
        return rows.filter(date=rows.order_by("-date").values("date")[:1])
    if window.start is not None:
        rows = rows.filter(date__gte=window.start)
    if window.end is not None:
        rows = rows.filter(date__lt=window.end)
    return rows


DAILY = DailySeries(CourseEnrollmentDaily, "course_id", DateText("date"), "count")
BY_MODE = DailySeries(CourseEnrollmentModeDaily, "course_id", DateText("date"), "mode", "count", "cumulative_count")
BY_BIRTH_YEAR = DailySeries(
    CourseEnrollmentByBirthYear,
    "course_id",
    DateText("date"),
    "birth_year",
    "count",
    order=("date", ascending("birth_year"), "id"),
)
BY_EDUCATION = DailySeries(
    CourseEnrollmentByEducation,
    "course_id",
    DateText("date"),
    "education_level",
    "count",
    order=("date", ascending("education_level", text=True), "id"),
)
BY_GENDER = DailySeries(CourseEnrollmentByGender, "course_id", DateText("date"), "gender", "count")
BY_COUNTRY = DailySeries(CourseEnrollmentByCountry, DateText("date"), "course_id", "country_code", "count")


def enrollment(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order: course id, date, learners, date of the count."""
    return DAILY.rows(course_id=course_id, window=window, using=using)


def enrollment_by_mode(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order: course id, date, learners now and ever, date of the count, learners by mode."""
    return modes_by_day(BY_MODE.rows(course_id=course_id, window=window, using=using))


# Names that a mode cannot take in an answer, because a field has them already.
TAKEN_NAMES = ("course_id", "date", "count", "cumulative_count", "created")


def modes_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day from one row a day and mode. Modes that are not among the known ones follow in a mapping.

    A mode that occurs on any of the days stands in all of them.
    """
    days: list[tuple[Row, dict[str, int]]] = []
    unknown: set[str] = set()
    for (course_id, day), of_day in groupby(rows, key=itemgetter(0, 1)):
        modes: dict[str, int] = dict.fromkeys(ENROLLMENT_MODES, 0)
        total = cumulative = 0
        created = ""
        for _course_id, _date, mode, count, cumulative_count, row_created in of_day:
            name: str = MERGED_MODES.get(mode) or mode
            modes[name] = modes.get(name, 0) + count
            total += count
            cumulative += cumulative_count
            if row_created > created:
                created = row_created
        unknown.update(modes)
        days.append(((course_id, day, total, cumulative, created), modes))
    extra = sorted(unknown.difference(ENROLLMENT_MODES, TAKEN_NAMES))
    for head, modes in days:
        yield (*head, *(modes[mode] for mode in ENROLLMENT_MODES), {mode: modes.get(mode, 0) for mode in extra})


def enrollment_by_birth_year(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days and years in ascending order: course id, date, year of birth, learners, date of the count."""
    return unreported_merged(BY_BIRTH_YEAR.rows(course_id=course_id, window=window, using=using))


def enrollment_by_education(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days and levels in ascending order: course id, date, level of education, learners, date of the count."""
    return unreported_merged(BY_EDUCATION.rows(course_id=course_id, window=window, using=using))


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
    return genders_by_day(BY_GENDER.rows(course_id=course_id, window=window, using=using))


def genders_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day from one row a day and gender. Whatever is no gender of the table's is unknown."""
    for (course_id, day), of_day in groupby(rows, key=itemgetter(0, 1)):
        genders = dict.fromkeys(GENDERS, 0)
        created = ""
        for _course_id, _date, gender, count, row_created in of_day:
            genders[GENDER_NAMES.get(gender, UNKNOWN_GENDER)] += count
            created = max(created, row_created)
        yield (course_id, day, *genders.values(), created)


def enrollment_by_country(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Days in ascending order, in a day unknown first, then by code: date, course id, country, learners, date of count."""
    return countries_by_day(BY_COUNTRY.rows(course_id=course_id, window=window, using=using))


class Places(dict[str | None, tuple[str, dict[str, str | None]]]):
    """The order and the country of each code, looked up once for an answer of a hundred thousand rows.

    The order is the two-letter code; unknown has an empty one and comes first.
    """

    def __missing__(self, code: str | None) -> tuple[str, dict[str, str | None]]:
        place = country(code)
        self[code] = (place["alpha2"] or "", place)
        return self[code]


def countries_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a day and country. Codes that stand for one country, or for none, are summed up."""
    places = Places()
    for day, of_day in groupby(rows, key=itemgetter(0)):
        stored = list(of_day)
        by_order: dict[str, Row] = {}
        for _day, course_id, code, count, created in stored:
            order, place = places[code]
            by_order[order] = (day, course_id, place, count, created)
        if len(by_order) < len(stored):
            by_order = summed_by_country(stored, places)
        yield from map(by_order.__getitem__, sorted(by_order))


def summed_by_country(rows: Iterable[Row], places: Places) -> dict[str, Row]:
    """The rows of a day by the order of their countries, several of one country as one."""
    by_order: dict[str, Row] = {}
    for day, course_id, code, count, created in rows:
        order, place = places[code]
        if order in by_order:
            *_same, total, latest = by_order[order]
            count, created = total + count, max(latest, created)
        by_order[order] = (day, course_id, place, count, created)
    return by_order
