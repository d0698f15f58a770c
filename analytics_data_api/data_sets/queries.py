"""Queries of whole data sets, which span all courses."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import Model

from analytics_data_api.data_sets.declarations import DATA_SETS, Column, DataSet
from analytics_data_api.data_sets.params import Place, Pull
from analytics_data_api.data_sets.roster_rows import RosterSource
from analytics_data_api.data_sets.sources import Source, TableSource
from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ProblemFirstLastResponseAnswerDistribution, RosterLearner
from analytics_data_api.v0.queries.problems import of_answer_model


def data_sets(*, with_personal: bool = True, of_site: bool = True) -> dict[str, DataSet]:
    """Return the data sets by name: personal ones only ``with_personal``, those without courses only if ``of_site``."""
    return {
        name: data_set
        for name, data_set in DATA_SETS.items()
        if (with_personal or not data_set.personal) and (of_site or data_set.has_courses)
    }


def data_set_named(name: str, *, with_personal: bool = True) -> DataSet:
    known = data_sets(with_personal=with_personal)
    if name not in known:
        raise ResourceNotFound(f"There is no data set {name!r}: there are {', '.join(sorted(known))}.")
    return known[name]


@dataclass(frozen=True)
class Page:
    """Rows of a data set that are still to be fetched.

    ``end`` is the place where the next page or pull continues, or None at the beginning.
    """

    columns: tuple[Column, ...]
    batches: Iterator[list[Row]]
    end: Place | None
    has_more: bool


def source_of(data_set: DataSet, pull: Pull, scope: Scope) -> Source:
    courses = tuple(named for named in (*pull.courses, scope.allowed) if named is not None)
    if data_set.model is RosterLearner:
        return RosterSource(courses, scope)
    return TableSource(data_set, courses, scope)


def page(*, data_set: DataSet, pull: Pull, scope: Scope) -> Page:
    """Return the rows of a pull, at most its limit.

    The end of a page is found before its rows are fetched, because the headers say how to continue. The first batch is
    fetched at once, so that a failing database is an error response and not a broken stream.
    """

    def read(_model: type[Model] | None = None) -> Page:
        source = source_of(data_set, pull, scope)
        columns = pull.columns(data_set)
        end = source.end(start=pull.start, before=pull.before, limit=pull.limit)
        if end.place is None:
            return Page(columns, iter(()), pull.start, False)
        batches = source.batches(columns, start=pull.start, end=end)
        first = next(batches, [])
        return Page(columns, chain([first], batches), end.place, end.has_more)

    is_of_answers = data_set.model is ProblemFirstLastResponseAnswerDistribution
    return of_answer_model(read, using=scope.using) if is_of_answers else read()


def partitions(*, data_set: DataSet, pull: Pull, scope: Scope) -> Iterator[Row]:
    """Yield for each course its id, its number of rows and when the first and the last of them were created."""
    return source_of(data_set, pull, scope).partitions(before=pull.before)


def size(*, data_set: DataSet, scope: Scope) -> tuple[int, str | None]:
    """Return the number of rows and when the last of them was created."""
    return source_of(data_set, Pull(), scope).size()
