"""What the queries share."""

from collections.abc import Collection, Iterator
from itertools import chain

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact, In

from analytics_data_api.course_keys import Courses, ExactText, beginnings, exactly
from analytics_data_api.sql.character_sets import storable
from analytics_data_api.sql.functions import CodePoints, StartsWith
from analytics_data_api.sql.rows import batches

# Ids that a query names: a database takes so many parameters (SQLite 32,766) and bytes (MySQL often 16 MB), not more.
IDS_PER_QUERY = 5000
# Organizations whose courses are ranges of an index, a few for each.
FEW_ORGS = 40


def of_course(model: type[Model], *, course_id: str, using: str) -> QuerySet:
    return model._default_manager.using(using).filter(course_id=course_id)


def of_ids(rows: QuerySet, **ids: Collection[str] | None) -> Iterator[QuerySet]:
    """The rows whose column, the keyword's name, has one of the ids: a query set for each chunk of ids; None: all."""
    ((column, values),) = ids.items()
    if values is None:
        yield rows
    else:
        for chunk in batches(storable(values, rows, column), IDS_PER_QUERY):
            yield rows.filter(**{f"{column}__in": chunk})


def course_conditions(courses: Courses, rows: QuerySet) -> list[Q]:
    """Of the rows those of these courses and of the courses of these organizations: each a range or a few of an index.

    Of many organizations the beginnings of the ids are compared instead, which may read the whole index: no database takes
    a statement with any number of ranges.
    """
    column = F("course_id")
    conditions = [Q(course_id__in=sorted(storable(courses.ids, rows, "course_id")))]
    starts = {org: storable(beginnings(org), rows, "course_id") for org in sorted(courses.orgs)}
    if len(starts) > FEW_ORGS:
        by_length: dict[int, list[str]] = {}
        for start in chain.from_iterable(starts.values()):
            by_length.setdefault(len(start), []).append(start)
        lists = [Q(In(CodePoints(Left(column, length)), texts)) for length, texts in by_length.items()]
        return [*conditions, *([Q(*lists, _connector=Q.OR)] if lists else [])]
    for org, texts in starts.items():
        for start in texts:
            condition = Q(StartsWith(column, start))
            if isinstance(org, ExactText):
                condition &= Q(Exact(CodePoints(Left(column, len(start))), Value(start)))
            conditions.append(condition)
    return conditions


def course_condition(courses: Courses, rows: QuerySet) -> Q:
    """Of the rows those of these courses or of the courses of these organizations; of nobody's courses none."""
    return Q(*course_conditions(courses, rows), _connector=Q.OR)


def of_courses(
    rows: QuerySet, course_ids: Collection[str] | None, allowed: Courses | None = None
) -> Iterator[QuerySet]:
    """The rows of the courses, as ``of_ids`` has them; None stands for all courses that may be seen.

    Who names courses has been asked whether they may be seen. What the rows of other courses say is left out here.
    """
    if allowed is None:
        yield from of_ids(rows, course_id=course_ids)
    elif course_ids is None:
        yield rows.filter(course_condition(allowed, rows))
    else:
        yield from of_ids(rows, course_id=exactly(filter(allowed.__contains__, course_ids)))
