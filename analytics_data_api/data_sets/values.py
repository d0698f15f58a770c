"""How the values of a data set leave the database, and how a part of its rows is selected."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.expressions import Combinable

from analytics_data_api.data_sets.declarations import Column
from analytics_data_api.sql.functions import DateText, DateTimeText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.queries.problems import whole_as_integer


def expression(column: Column) -> Combinable:
    """A column as the text or the number that goes on the wire."""
    if column.is_date:
        return DateText(column.path)
    return DateTimeText(column.path) if column.is_date_time else F(column.path)


def fetched(rows: QuerySet) -> list[Row]:
    """The rows, as the driver gives them: their columns need nothing of what Django does to values."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def boolean(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def number(value: float | None) -> float | int | None:
    """A number that JSON has: no format knows the infinite ones, so that they are null in all of them."""
    return whole_as_integer(value) if value is not None and math.isfinite(value) else None


@lru_cache(maxsize=4096)
def array(text: str | None) -> tuple[str, ...]:
    # Few texts stand in many rows.
    return tuple(orjson.loads(text)) if text else ()


CONVERSIONS: dict[str, Callable[[Any], Any]] = {"boolean": boolean, "number": number, "array": array}


def converted(rows: list[Row], columns: tuple[Column, ...]) -> list[Row]:
    """Rows with those values made that a driver does not give as they go on the wire."""
    conversions = [(index, CONVERSIONS[c.type]) for index, c in enumerate(columns) if c.type in CONVERSIONS]
    if not conversions:
        return rows
    lists = [list(row) for row in rows]
    for index, convert in conversions:
        for values in lists:
            values[index] = convert(values[index])
    return [tuple(values) for values in lists]


def stored(time: str) -> Value:
    """A time to compare a column with, as it stands: Django would cut off digits that it does not expect."""
    return Value(time, output_field=CharField())
