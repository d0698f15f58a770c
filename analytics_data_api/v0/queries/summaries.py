"""Summaries and totals of all courses, and their programs.

These queries span all courses: they read every row of their tables once. With ids they read the rows of these ids only,
in one query per ``IDS_PER_QUERY`` ids.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import F, Max, Min, Q, Subquery, Sum

from analytics_data_api.constants import (
    AVAILABILITIES,
    COURSE_ID,
    ENROLLMENT_MODES,
    MERGED_MODES,
    SUMMARY_FIELDS,
    UNKNOWN_AVAILABILITY,
    VERIFIED_ENROLLMENT,
)
from analytics_data_api.sql import compiled
from analytics_data_api.sql.character_sets import tells_apart
from analytics_data_api.sql.conditions import Scope, of_courses, of_ids
from analytics_data_api.sql.functions import CodePoints, Columns, DateTimeText, IsoDateTimeText, RowIn
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import CourseEnrollmentDaily, CourseMetaSummaryEnrollment, CourseProgramMetadata
from analytics_data_api.v0.params.summaries import SummariesQuery

NO_LEARNERS = {"count": 0, "cumulative_count": 0, "count_change_7_days": 0, "passing_users": 0}
# All courses share these values, so they must not be changed.
NO_MODES = dict.fromkeys(ENROLLMENT_MODES, NO_LEARNERS)


def course_summaries(*, query: SummariesQuery, scope: Scope) -> list[Row]:
    """Return courses with their catalog entries, counts, counts by mode and programs, in the requested order.

    Python filters the fetched rows: there is only one row per course, and text search then works the same on every
    database.
    """
    course_ids: Sequence[str] | None = query.course_ids
    programs: Mapping[str, Sequence[str]] = {}
    if query.program_ids or query.with_programs:
        only = None if query.with_programs else query.program_ids
        programs = programs_by_course(course_ids=course_ids, program_ids=only, scope=scope)
    if query.program_ids:
        members = [course_id for course_id, ids in programs.items() if not set(ids).isdisjoint(query.program_ids)]
        course_ids = members
    rows = summary_rows(course_ids=course_ids, scope=scope)
    summaries = list(filtered(merged_modes(rows), query))
    if query.recent_date is not None:
        known = None if course_ids is None and scope.allowed is None else [summary[0] for summary in summaries]
        enrollment = latest_enrollment(day=query.recent_date, course_ids=known, scope=scope)
        for summary in summaries:
            summary[RECENT_COUNT_CHANGE] = summary[COUNT] - enrollment.get(summary[0], 0)
    if query.with_programs:
        for summary in summaries:
            summary[PROGRAMS] = programs.get(summary[0], [])
    return ordered(summaries, order_by=query.order_by, is_descending=query.is_descending)


# Places of fields in a row.
TITLE, AVAILABILITY, PACING_TYPE = map(SUMMARY_FIELDS.index, ("catalog_course_title", "availability", "pacing_type"))
COUNT, RECENT_COUNT_CHANGE, CREATED = map(SUMMARY_FIELDS.index, ("count", "recent_count_change", "created"))
MODES, PROGRAMS = map(SUMMARY_FIELDS.index, ("enrollment_modes", "programs"))


SUMMARY_COLUMNS = (
    *("course_id", "catalog_course_title", "catalog_course", DateTimeText("start_time"), DateTimeText("end_time")),
    *("pacing_type", "availability", "count", "cumulative_count", "count_change_7_days", "passing_users"),
    *("enrollment_mode", DateTimeText("created")),
)


def summary_rows(*, course_ids: Sequence[str] | None, scope: Scope) -> Iterator[Row]:
    """Yield the rows of the table: one per course and mode."""
    for rows in of_courses(CourseMetaSummaryEnrollment.objects.using(scope.using), course_ids, scope.allowed):
        yield from compiled.rows_of(rows.order_by(), *SUMMARY_COLUMNS)


def merged_modes(rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Yield one row per course from rows per course and mode, with the catalog entry of the latest of them."""
    courses: dict[str, list[Any]] = {}
    # Most courses have equal texts here. The driver makes a new text for each row, so only one of each is kept.
    shared: dict[Any, Any] = {}
    for row in rows:
        course_id, _, _, _, _, _, availability, count, cumulative, change, passing, mode, created = row
        count, cumulative, change, passing = count or 0, cumulative or 0, change or 0, passing or 0
        course = courses.get(course_id)
        if course is None:
            modes: dict[str, dict[str, int]] = NO_MODES.copy()
            entry = (shared.setdefault(value, value) for value in (*row[3:6], availability, created))
            start, end, pacing_type, availability, created = entry
            courses[course_id] = course = [
                *row[:3], start, end, pacing_type, AVAILABILITIES.get(availability, availability),
                0, 0, 0, 0, None, created, modes, None,
            ]  # fmt: skip
        elif created > course[CREATED]:
            course[:7] = (*row[:6], AVAILABILITIES.get(availability, availability))
            course[CREATED] = created
        course[7] += count
        course[8] += cumulative
        course[9] += change
        course[10] += passing
        modes = course[MODES]
        mode = MERGED_MODES.get(mode) or mode
        counts = modes.get(mode, NO_LEARNERS)
        if counts is not NO_LEARNERS:
            count += counts["count"]
            cumulative += counts["cumulative_count"]
            change += counts["count_change_7_days"]
            passing += counts["passing_users"]
        modes[mode] = {
            "count": count,
            "cumulative_count": cumulative,
            "count_change_7_days": change,
            "passing_users": passing,
        }
    for course in courses.values():
        if len(course[MODES]) > len(NO_MODES):
            # Known modes come first in their own order, then the others by name.
            unknown = sorted(course[MODES].keys() - NO_MODES.keys())
            course[MODES] = {mode: course[MODES][mode] for mode in (*NO_MODES, *unknown)}
        yield course


def filtered(summaries: Iterable[list[Any]], query: SummariesQuery) -> Iterable[list[Any]]:
    if query.availability is not None:
        wanted = {AVAILABILITIES.get(name, name) for name in query.availability}
        summaries = [summary for summary in summaries if (summary[AVAILABILITY] or UNKNOWN_AVAILABILITY) in wanted]
    if query.pacing_type is not None:
        summaries = [summary for summary in summaries if summary[PACING_TYPE] in query.pacing_type]
    if query.text_search is not None:
        in_title = caseless(query.text_search)
        # An unescaped + of an id arrives as a space.
        in_id = in_title.replace(" ", "+")
        summaries = [
            summary
            for summary in summaries
            if in_id in caseless(summary[0]) or in_title in caseless(summary[TITLE] or "")
        ]
    return summaries


def caseless(text: str) -> str:
    """Return a text for comparison without case, in which a letter and its combining mark are one character."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def ordered(summaries: list[list[Any]], *, order_by: str, is_descending: bool) -> list[Row]:
    """Sort by a field. Nulls are last in ascending order and first in descending order; ties are sorted by course id."""
    summaries = sorted(summaries, key=itemgetter(0), reverse=is_descending and order_by == COURSE_ID)
    if order_by == COURSE_ID:
        return summaries  # type: ignore[return-value]
    if order_by == VERIFIED_ENROLLMENT:
        values = [summary[MODES]["verified"]["count"] for summary in summaries]
    else:
        values = list(map(itemgetter(SUMMARY_FIELDS.index(order_by)), summaries))
    nulls = [summary for summary, value in zip(summaries, values, strict=True) if value is None]
    others = [(value, summary) for summary, value in zip(summaries, values, strict=True) if value is not None]
    # The sort is stable even if reversed, so that ties stay sorted by course id.
    others.sort(key=itemgetter(0), reverse=is_descending)
    ordered_others = [summary for _value, summary in others]
    return nulls + ordered_others if is_descending else ordered_others + nulls  # type: ignore[return-value]


def latest_enrollment(*, day: date, course_ids: Sequence[str] | None, scope: Scope) -> dict[str, int]:
    """Return the enrollment of each course on a day, or on the latest day before it that has a count."""
    enrollment = CourseEnrollmentDaily.objects.using(scope.using)
    found: dict[str, int] = {}
    for days in of_courses(enrollment.filter(date__lte=day), course_ids, scope.allowed):
        if tells_apart(days, "course_id"):
            grouped = days.order_by().values("course_id").annotate(id_of_course=F("course_id"))
        else:
            # Grouped by the column, courses that the table takes for equal would share one latest day.
            exact = days.order_by().annotate(exact_id=CodePoints("course_id")).values("exact_id")
            grouped = exact.annotate(id_of_course=Min("course_id"))
        latest = grouped.annotate(latest=Max("date")).values("id_of_course", "latest")
        rows = enrollment.filter(RowIn(Columns("course_id", "date"), Subquery(latest)))
        # The day of an equal course may select an earlier row of a course, too. The latest one is read last.
        found.update(compiled.rows_of(rows.order_by("date", "id"), "course_id", "count"))
    return found


def programs_by_course(
    *, course_ids: Sequence[str] | None, program_ids: Sequence[str] | None, scope: Scope
) -> dict[str, list[str]]:
    """Return the sorted ids of the programs of each course that has any."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rows in of_courses(CourseProgramMetadata.objects.using(scope.using), course_ids, scope.allowed):
        for chunk in of_ids(rows, program_id=program_ids):
            for course_id, program_id in compiled.rows_of(chunk.order_by(), "course_id", "program_id"):
                found[course_id].add(program_id)
    return {course_id: sorted(ids) for course_id, ids in found.items()}


def course_totals(*, course_ids: Sequence[str] | None, scope: Scope) -> Iterator[Row]:
    """Yield the sums over all courses: learners now, learners ever, change in seven days, verified learners now."""
    totals = [0, 0, 0, 0]
    for rows in of_courses(CourseMetaSummaryEnrollment.objects.using(scope.using), course_ids, scope.allowed):
        sums = rows.aggregate(
            now=Sum("count", default=0),
            ever=Sum("cumulative_count", default=0),
            change=Sum("count_change_7_days", default=0),
            verified=Sum("count", filter=Q(enrollment_mode="verified"), default=0),
        )
        totals = [total + value for total, value in zip(totals, sums.values(), strict=True)]
    yield tuple(totals)


def program_rows(*, program_ids: Sequence[str] | None, scope: Scope) -> Iterator[Row]:
    """Yield programs by id: id, type, title, time of the latest row, ids of the courses."""
    courses: defaultdict[str, set[str]] = defaultdict(set)
    latest: dict[str, Row] = {}
    [seen] = of_courses(CourseProgramMetadata.objects.using(scope.using), None, scope.allowed)
    columns = ("program_id", "program_type", "program_title", IsoDateTimeText("created"), "course_id")
    for rows in of_ids(seen, program_id=program_ids):
        for program_id, kind, title, created, course_id in compiled.rows_of(rows.order_by("created", "id"), *columns):
            courses[program_id].add(course_id)
            latest[program_id] = (kind, title, created)
    for program_id in sorted(latest):
        yield (program_id, *latest[program_id], sorted(courses[program_id]))
