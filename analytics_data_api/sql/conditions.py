"""Conditions that select the rows of courses."""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact, In

from analytics_data_api.course_keys import Courses, beginnings
from analytics_data_api.sql.character_sets import storable
from analytics_data_api.sql.functions import CodePoints, StartsWith
from analytics_data_api.sql.rows import batches


class Scope(NamedTuple):
    """The database that a query reads, and the courses that may be seen. ``allowed`` is None for all courses."""

    using: str
    allowed: Courses | None = None

    @property
    def exact(self) -> bool:
        """True if course ids are compared by code point, as ``of_course`` explains."""
        return self.allowed is not None


# A database limits the parameters (SQLite: 32,766) and the bytes (MySQL: often 16 MB) of a statement.
IDS_PER_QUERY = 5000
# Up to this number of organizations, each is a few ranges of an index.
FEW_ORGS = 40


def of_course(model: type[Model], course_id: str, *, exact: bool) -> QuerySet:
    """Return the rows of a course. With ``exact``, the id must be the same by code point.

    A table that ignores case, accents or trailing spaces can hold several courses whose ids it treats as equal. A key
    that may see one of them must not see the others, so queries for restricted keys are exact.
    """
    return model._default_manager.filter(**{"course_id__exact_text" if exact else "course_id": course_id})


def of_ids(rows: QuerySet, **ids: Collection[str] | None) -> Iterator[QuerySet]:
    """Yield query sets of the rows whose column, named by the keyword, has one of the ids. None: all rows."""
    ((lookup, values),) = ids.items()
    column = lookup.removesuffix("__exact_text_in")
    if values is None:
        yield rows
    else:
        for chunk in batches(storable(values, rows, column), IDS_PER_QUERY):
            yield rows.filter(**{f"{column}__in" if lookup == column else lookup: chunk})


def course_conditions(courses: Courses, rows: QuerySet, *, exact: bool) -> list[Q]:
    """Return conditions that together select the rows of the courses and organizations.

    Each uses one or a few index ranges. No database takes a statement with any number of ranges, so for many
    organizations the beginnings of the ids are compared instead, which may read the whole index.
    """
    column = F("course_id")
    ids = sorted(storable(courses.ids, rows, "course_id"))
    conditions = [Q(**{"course_id__exact_text_in" if exact else "course_id__in": ids})]
    starts = [storable(beginnings(org), rows, "course_id") for org in sorted(courses.orgs)]
    if len(starts) > FEW_ORGS:
        by_length: dict[int, list[str]] = {}
        for start in chain.from_iterable(starts):
            by_length.setdefault(len(start), []).append(start)
        lists = [Q(In(CodePoints(Left(column, length)), texts)) for length, texts in by_length.items()]
        return [*conditions, *([Q(*lists, _connector=Q.OR)] if lists else [])]
    for start in chain.from_iterable(starts):
        condition = Q(StartsWith(column, start))
        if exact:
            condition &= Q(Exact(CodePoints(Left(column, len(start))), Value(start)))
        conditions.append(condition)
    return conditions


def course_condition(courses: Courses, rows: QuerySet, *, exact: bool) -> Q:
    """Return one condition that selects the rows of the courses and organizations, or no row if there are none."""
    return Q(*course_conditions(courses, rows, exact=exact), _connector=Q.OR)


def of_courses(
    rows: QuerySet, course_ids: Collection[str] | None, allowed: Courses | None = None
) -> Iterator[QuerySet]:
    """Yield query sets of the rows of the courses, or of all courses that may be seen if ``course_ids`` is None.

    A request that names a hidden course has been refused before. Other hidden courses that the rows of programs
    name are left out here.
    """
    if allowed is None:
        yield from of_ids(rows, course_id=course_ids)
    elif course_ids is None:
        yield rows.filter(course_condition(allowed, rows, exact=True))
    else:
        yield from of_ids(rows, course_id__exact_text_in=list(filter(allowed.__contains__, course_ids)))
