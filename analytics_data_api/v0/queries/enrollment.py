"""A course's enrollment by day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Max, Model, Q, QuerySet

from analytics_data_api.constants import ENROLLMENT_MODES, GENDER_NAMES, GENDERS, MERGED_MODES, UNKNOWN_GENDER, country
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course, of_courses
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


def unreported_merged(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, with one last row per day for the learners who did not report: a table can have several.

    A row is course id, date, reported value, learners, date of the count. The null values of a day are its last rows.
    """
    for unreported_day, group in groupby(rows, key=lambda row: row[1] if row[2] is None else None):
        if unreported_day is None:
            yield from group
        else:
            stored = list(group)
            yield (*stored[0][:3], sum(row[3] for row in stored), max(row[4] for row in stored))


def genders_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per day from one row per day and gender. A value other than m, f and o is unknown."""
    for (course_id, day), of_day in groupby(rows, key=itemgetter(0, 1)):
        genders = dict.fromkeys(GENDERS, 0)
        created = ""
        for _course_id, _date, gender, count, row_created in of_day:
            genders[GENDER_NAMES.get(gender, UNKNOWN_GENDER)] += count
            created = max(created, row_created)
        yield (course_id, day, *genders.values(), created)


class CountriesByCode(dict[str | None, tuple[str, dict[str, str | None]]]):
    """The sort key and the country of each code, looked up once for a response of a hundred thousand rows.

    The sort key is the two-letter code. It is empty for unknown, which comes first.
    """

    def __missing__(self, code: str | None) -> tuple[str, dict[str, str | None]]:
        found = country(code)
        self[code] = (found["alpha2"] or "", found)
        return self[code]


def countries_by_day(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per day and country. Codes of one country, and codes of unknown ones, are summed up."""
    countries = CountriesByCode()
    for day, of_day in groupby(rows, key=itemgetter(0)):
        stored = list(of_day)
        by_key: dict[str, Row] = {}
        for _day, course_id, code, count, created in stored:
            key, found = countries[code]
            by_key[key] = (day, course_id, found, count, created)
        if len(by_key) < len(stored):
            by_key = summed_by_country(stored, countries)
        yield from map(by_key.__getitem__, sorted(by_key))


def summed_by_country(rows: Iterable[Row], countries: CountriesByCode) -> dict[str, Row]:
    """Return a day's rows by the sort keys of their countries, with the rows of one country summed up."""
    by_key: dict[str, Row] = {}
    for day, course_id, code, count, created in rows:
        key, found = countries[code]
        if key in by_key:
            *_same, total, latest = by_key[key]
            count, created = total + count, max(latest, created)
        by_key[key] = (day, course_id, found, count, created)
    return by_key


class DailySeries:
    """A query of a table of days: the columns after course and day, their order and what becomes of the rows."""

    def __init__(
        self,
        model: type[Model],
        *columns: str,
        head: tuple[Any, ...] = ("course_id", DateText("date")),
        order: tuple[Any, ...] = ("date", "id"),
        pivot: Callable[[Iterable[Row]], Iterator[Row]] = iter,
    ) -> None:
        self.model, self.order, self.pivot = model, order, pivot
        self.columns = (*head, *columns, DateTimeText("created"))

    def __call__(self, *, course_id: str, window: Window, scope: Scope) -> Iterator[Row]:
        course = {"course_id": course_id, "exact": scope.exact}
        days = {"start_date": window.start, "end_date": window.end}
        return self.pivot(compiled.rows(self.statement, using=scope.using, **course, **days))

    def statement(self, course_id: str, exact: bool, start_date: date | None, end_date: date | None) -> QuerySet:
        rows = of_course(self.model, course_id, exact=exact)
        if start_date is None and end_date is None:
            # The database finds the latest day in the same query.
            rows = rows.filter(date=rows.order_by("-date").values("date")[:1])
        rows = EnrollmentFilters.filtered(rows, start_date=start_date, end_date=end_date)
        return rows.order_by(*self.order).values_list(*self.columns)


def recent_enrollment(*, course_ids: Sequence[str], days: int, scope: Scope) -> dict[str, list[tuple[str, int]]]:
    """Return the last days of each course up to its latest one: day and enrolled learners, in ascending order."""
    wanted = set(course_ids)
    found: dict[str, list[tuple[str, int]]] = {}
    for rows in of_courses(CourseEnrollmentDaily.objects.using(scope.using), course_ids, scope.allowed):
        latest = rows.order_by().values("course_id").annotate(latest=Max("date"))
        of_each = [
            Q(course_id=course_id, date__gt=day - timedelta(days=days))
            for course_id, day in compiled.rows_of(latest, "course_id", "latest")
        ]
        if not of_each:
            continue
        chosen = rows.filter(Q(*of_each, _connector=Q.OR)).order_by("date", "id")
        for course_id, day, count in compiled.rows_of(chosen, "course_id", DateText("date"), "count"):
            # A table that ignores case finds other courses too.
            if course_id in wanted:
                found.setdefault(course_id, []).append((day, count))
    return found


# Each series returns days in ascending order; the fields of its serializer name the values of a row.
enrollment = DailySeries(CourseEnrollmentDaily, "count")
enrollment_by_mode = DailySeries(CourseEnrollmentModeDaily, "mode", "count", "cumulative_count", pivot=modes_by_day)
by_birth_year = ("date", ascending("birth_year"), "id")
enrollment_by_birth_year = DailySeries(
    CourseEnrollmentByBirthYear, "birth_year", "count", order=by_birth_year, pivot=unreported_merged
)
by_level = ("date", ascending("education_level", text=True), "id")
enrollment_by_education = DailySeries(
    CourseEnrollmentByEducation, "education_level", "count", order=by_level, pivot=unreported_merged
)
enrollment_by_gender = DailySeries(CourseEnrollmentByGender, "gender", "count", pivot=genders_by_day)
day_first = (DateText("date"), "course_id")
enrollment_by_country = DailySeries(
    CourseEnrollmentByCountry, "country_code", "count", head=day_first, pivot=countries_by_day
)
