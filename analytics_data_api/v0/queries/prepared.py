"""Statements that are made once and run with other values from then on.

For a short answer Django's making of a statement costs more than the database's running it. A query whose statement
depends only on which of its arguments are there hands over a function that builds it; the text that Django makes of it
is kept, by database and by which arguments are None.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import QuerySet

from analytics_data_api.v0.queries.base import FETCH_SIZE, Row

Build = Callable[..., QuerySet]


class Statement(NamedTuple):
    """The text of a statement, and for each of its parameters the argument that it is, or else its value."""

    sql: str
    parameters: tuple[tuple[str | None, Any], ...]


def rows(build: Build, *, using: str, **arguments: Any) -> Iterator[Row]:
    """The rows of the query that ``build`` makes of the arguments: texts, numbers, dates, date-times or None."""
    kinds = tuple((name, None if value is None else type(value)) for name, value in arguments.items())
    statement = prepared(build, using, kinds)
    connection = connections[using]
    values = [value if name is None else adapted(connection, arguments[name]) for name, value in statement.parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, values)
        while fetched := cursor.fetchmany(FETCH_SIZE):
            yield from fetched


@cache
def prepared(build: Build, using: str, kinds: tuple[tuple[str, type | None], ...]) -> Statement:
    """The statement for arguments of these types, made with values that stand for them."""
    connection = connections[using]
    stand_ins = {name: kind and stand_in(kind, number) for number, (name, kind) in enumerate(kinds)}
    compiler = build(**stand_ins).using(using).query.get_compiler(using)
    sql, parameters = compiler.as_sql()
    if compiler.get_converters([expression for expression, _sql, _alias in compiler.select]):
        raise TypeError(f"{build.__name__} selects a column whose values Django converts; make it a text or a number")
    names = {adapted(connection, value): name for name, value in stand_ins.items() if value is not None}
    found = tuple((names.get(parameter), parameter) for parameter in parameters)
    if unused := set(names.values()).difference(name for name, _value in found):
        raise TypeError(f"{build.__name__} does not pass {', '.join(sorted(unused))} to the database as it is")
    return Statement(sql, found)


def stand_in(kind: type, number: int) -> Any:
    """A value that nothing else in a statement equals."""
    if issubclass(kind, datetime):
        return datetime(9998, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if issubclass(kind, date):
        return date(9998, 1, 1) + timedelta(days=number)
    if issubclass(kind, str):
        return f"\ue000{number}\ue000"
    return 2**61 + number


def adapted(connection: Any, value: Any) -> Any:
    """A value as Django hands it to the driver."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
