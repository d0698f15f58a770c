"""What the queries share."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Model, QuerySet

from analytics_data_api.renderers import batches
from analytics_data_api.v0.params.times import Window

Row = tuple[Any, ...]

# Rows that are fetched from a cursor at a time.
FETCH_SIZE = 2000
# Ids that a query names: a database takes so many parameters (SQLite 32,766) and bytes (MySQL often 16 MB), not more.
IDS_PER_QUERY = 5000


def of_course(model: type[Model], *, course_id: str, using: str) -> QuerySet:
    return model._default_manager.using(using).filter(course_id=course_id)


def in_window(rows: QuerySet, window: Window) -> QuerySet:
    """Rows of the window's days. Where it is the latest day, the database finds that day in the same query."""
    if window.is_latest:
        return rows.filter(date=rows.order_by("-date").values("date")[:1])
    if window.start is not None:
        rows = rows.filter(date__gte=window.start)
    if window.end is not None:
        rows = rows.filter(date__lt=window.end)
    return rows


def fetch(rows: QuerySet, *columns: Any) -> Iterator[Row]:
    """The columns of all rows, without keeping the rows that have been fetched."""
    return rows.values_list(*columns).iterator(chunk_size=FETCH_SIZE)


def of_ids(rows: QuerySet, **ids: Collection[str] | None) -> Iterator[QuerySet]:
    """The rows whose column, the keyword's name, has one of the ids: a query set for each chunk of ids; None: all."""
    ((column, values),) = ids.items()
    if values is None:
        yield rows
    else:
        for chunk in batches(values, IDS_PER_QUERY):
            yield rows.filter(**{f"{column}__in": chunk})
