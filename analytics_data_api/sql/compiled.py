"""The one road from a query to its rows.

For a short response Django spends more on compiling a statement than the database on running it. ``rows`` therefore
compiles the statement of a builder once for each database and each kind of its arguments, and then fills in values.
``rows_of`` runs a query set that is built anew for each request.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from analytics_data_api.sql.rows import Row

Build = Callable[..., QuerySet]
# None and booleans shape the statement, so they stand for themselves. A tuple has the type of its items and its length.
Kind = type | bool | None | tuple[type, int]

# Rows that a cursor fetches at a time.
FETCH_SIZE = 500
# True in tests: each execution is compared with the statement that Django compiles for the same arguments.
COMPARES = getattr(settings, "COMPARE_COMPILED_STATEMENTS", False)


class StatementDiffers(Exception):
    """A compiled statement is not the one that Django compiles for the same arguments."""


class Statement(NamedTuple):
    """The text of a statement, its parameters and the converters of its columns.

    A parameter is the name of an argument with an index into it (None unless it is a tuple), or None with a constant.
    """

    sql: str
    parameters: tuple[tuple[tuple[str, int | None] | None, Any], ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


def rows(build: Build, *, using: str, **arguments: Any) -> Iterator[Row]:
    """Return the rows of the query that ``build`` makes of the arguments.

    Arguments are texts, integers, dates, times, tuples of these, or booleans and None, which select the statement.
    """
    connection = connections[using]
    statement = compile_once(build, using, tuple((name, kind_of(value)) for name, value in arguments.items()))
    values = [
        constant if place is None else adapted(connection, argument_at(arguments, *place))
        for place, constant in statement.parameters
    ]
    if COMPARES:
        compare(build, using, arguments, statement.sql, values)
    return run(connection, statement.sql, values, statement.converters)


def rows_of(query: QuerySet, *columns: Any) -> Iterator[Row]:
    """Return the rows of a query set: the named columns, or those of its own ``values_list``."""
    compiler = compiler_of(query.values_list(*columns) if columns else query, query.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return iter(())
    return run(connections[query.db], sql, parameters, converters_of(compiler))


def run(connection: Any, sql: str, parameters: Any, converters: dict[int, Any]) -> Iterator[Row]:
    """Execute the statement when the first row is asked for, and fetch rows as they are."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        fetched = cursor.fetchmany(FETCH_SIZE)
        while fetched:
            yield from convert(fetched, converters, connection) if converters else fetched
            # Fewer rows are the last ones.
            fetched = cursor.fetchmany(FETCH_SIZE) if len(fetched) == FETCH_SIZE else ()


def convert(rows: Iterable[Row], converters: dict[int, Any], connection: Any) -> Iterator[Row]:
    # Many rows share a value, such as a JSON text, which is converted once.
    known: dict[tuple[int, Any], Any] = {}
    for row in rows:
        values = list(row)
        for index, (functions, expression) in converters.items():
            stored = values[index]
            if (index, stored) not in known:
                value = stored
                for function in functions:
                    value = function(value, expression, connection)
                known[index, stored] = value
            values[index] = known[index, stored]
        yield tuple(values)


def padded(ids: list[int]) -> tuple[int, ...]:
    """Return the ids, padded to a power of two with ids that no row has, so that few lengths are compiled."""
    return (*ids, *range(-1, len(ids) - 1 - (1 << (len(ids) - 1).bit_length()), -1))


def kind_of(value: Any) -> Kind:
    if value is None or isinstance(value, bool):
        return value
    return (type(value[0]), len(value)) if isinstance(value, tuple) else type(value)


def argument_at(arguments: dict[str, Any], name: str, index: int | None) -> Any:
    return arguments[name] if index is None else arguments[name][index]


@cache
def compile_once(build: Build, using: str, kinds: tuple[tuple[str, Kind], ...]) -> Statement:
    """Compile the statement with stand-ins for the arguments and find where it has them."""
    connection = connections[using]
    numbers = count()
    stand_ins: dict[str, Any] = {}
    places: dict[Any, tuple[str, int | None]] = {}
    for name, kind in kinds:
        if isinstance(kind, tuple):
            stand_ins[name] = tuple(stand_in(kind[0], next(numbers)) for _item in range(kind[1]))
            places |= {adapted(connection, item): (name, index) for index, item in enumerate(stand_ins[name])}
        elif isinstance(kind, type):
            stand_ins[name] = stand_in(kind, next(numbers))
            places[adapted(connection, stand_ins[name])] = (name, None)
        else:
            stand_ins[name] = kind
    compiler = compiler_of(build(**stand_ins), using)
    sql, parameters = compiler.as_sql()
    found = tuple((places.get(parameter), parameter) for parameter in parameters)
    if unused := {name for name, _ in places.values()}.difference(place[0] for place, _ in found if place):
        raise TypeError(f"{build.__name__} does not pass {', '.join(sorted(unused))} to the database unchanged")
    return Statement(sql, found, converters_of(compiler))


def compiler_of(query: QuerySet, using: str) -> Any:
    return query.using(using).query.get_compiler(using)


def converters_of(compiler: Any) -> dict[int, Any]:
    return compiler.get_converters([expression for expression, _sql, _alias in compiler.select])


def stand_in(kind: type, number: int) -> Any:
    """Return a value that nothing else in a statement equals."""
    if kind is datetime:
        return datetime(9998, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if kind is date:
        return date(9998, 1, 1) + timedelta(days=number)
    if issubclass(kind, str):
        return f"\ue000{number}\ue000"
    if kind is int:
        return 2**61 + number
    raise TypeError(f"an argument of a compiled statement cannot be of the type {kind.__name__}")


def adapted(connection: Any, value: Any) -> Any:
    """Return the value as Django hands it to the driver."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def compare(build: Build, using: str, arguments: dict[str, Any], sql: str, values: list[Any]) -> None:
    """Raise ``StatementDiffers`` unless Django compiles this statement and these values for the arguments."""
    own_sql, own_values = compiler_of(build(**arguments), using).as_sql()
    if (sql, values) != (own_sql, list(own_values)):
        raise StatementDiffers(
            f"{getattr(build, '__qualname__', build)}({arguments}):\n{sql} {values}\nis not\n{own_sql} {own_values}"
        )
