"""A course's enrollment by day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Model, QuerySet

from analytics_data_api.constants import ENROLLMENT_MODES, GENDER_NAMES, GENDERS, MERGED_MODES, UNKNOWN_GENDER, country
from analytics_data_api.sql import compiled as prepared
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
from analytics_data_api.v0.params.enrollment import EnrollmentFilters
from analytics_data_api.web.times import Window


class DailySeries:
    """A table of days: its columns, to which ``created`` is added, and the order of its rows."""

    def __init__(self, model: type[Model], *columns: Any, order: tuple[Any, ...] = ("date", "id")) -> None:
        self.model = model
        self.columns = (*columns, DateTimeText("created"))
        self.order = order

    def rows(self, *, course_id: str, window: Window, using: str) -> Iterator[Row]:
        return prepared.rows(
            self.statement, using=using, course_id=course_id, start_date=window.start, end_date=window.end
        )

    def statement(self, course_id: str, start_date: date | None, end_date: date | None) -> QuerySet:
        rows = self.model._default_manager.filter(course_id=course_id)
        if start_date is None and end_date is None:
            # The database finds the latest day in the same query.
            rows = rows.filter(date=rows.order_by("-date").values("date")[:1])
        rows = EnrollmentFilters.filtered(rows, start_date=start_date, end_date=end_date)
        return rows.order_by(*self.order).values_list(*self.columns)


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
    """Return days in ascending order: course id, date, learners, date of the count."""
    return DAILY.rows(course_id=course_id, window=window, using=using)


def enrollment_by_mode(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Return days in ascending order: course id, date, learners now and ever, date of the count, learners by mode."""
    return modes_by_day(BY_MODE.rows(course_id=course_id, window=window, using=using))


# A mode with one of these names is left out, because a field has the name already.
TAKEN_NAMES = ("course_id", "date", "count", "cumulative_count", "created")


def modes_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per day from one row per day and mode. It ends with a mapping of the unknown modes.

    A mode that occurs on any day is in the rows of all days.
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
    """Return days and years in ascending order: course id, date, year of birth, learners, date of the count."""
    return unreported_merged(BY_BIRTH_YEAR.rows(course_id=course_id, window=window, using=using))


def enrollment_by_education(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Return days and levels in ascending order: course id, date, level of education, learners, date of the count."""
    return unreported_merged(BY_EDUCATION.rows(course_id=course_id, window=window, using=using))


def unreported_merged(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, with one last row per day for the learners who did not report: a table can have several.

    A row is course id, date, reported value, learners, date of the count. The null values of a day are its last rows.
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
    """Return days in ascending order: course id, date, learners by gender, date of the count."""
    return genders_by_day(BY_GENDER.rows(course_id=course_id, window=window, using=using))


def genders_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per day from one row per day and gender. A value other than m, f and o is unknown."""
    for (course_id, day), of_day in groupby(rows, key=itemgetter(0, 1)):
        genders = dict.fromkeys(GENDERS, 0)
        created = ""
        for _course_id, _date, gender, count, row_created in of_day:
            genders[GENDER_NAMES.get(gender, UNKNOWN_GENDER)] += count
            created = max(created, row_created)
        yield (course_id, day, *genders.values(), created)


def enrollment_by_country(*, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Return days in ascending order, each by country with unknown first: date, course id, country, learners, created."""
    return countries_by_day(BY_COUNTRY.rows(course_id=course_id, window=window, using=using))


class CountriesByCode(dict[str | None, tuple[str, dict[str, str | None]]]):
    """The sort key and the country of each code, looked up once for a response of a hundred thousand rows.

    The sort key is the two-letter code. It is empty for unknown, which comes first.
    """

    def __missing__(self, code: str | None) -> tuple[str, dict[str, str | None]]:
        place = country(code)
        self[code] = (place["alpha2"] or "", place)
        return self[code]


def countries_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per day and country. Codes of one country, and codes of unknown ones, are summed up."""
    places = CountriesByCode()
    for day, of_day in groupby(rows, key=itemgetter(0)):
        stored = list(of_day)
        by_order: dict[str, Row] = {}
        for _day, course_id, code, count, created in stored:
            order, place = places[code]
            by_order[order] = (day, course_id, place, count, created)
        if len(by_order) < len(stored):
            by_order = summed_by_country(stored, places)
        yield from map(by_order.__getitem__, sorted(by_order))


def summed_by_country(rows: Iterable[Row], places: CountriesByCode) -> dict[str, Row]:
    """Return a day's rows by the sort keys of their countries, with the rows of one country summed up."""
    by_order: dict[str, Row] = {}
    for day, course_id, code, count, created in rows:
        order, place = places[code]
        if order in by_order:
            *_same, total, latest = by_order[order]
            count, created = total + count, max(latest, created)
        by_order[order] = (day, course_id, place, count, created)
    return by_order
