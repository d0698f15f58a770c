"""Statements that are made once and run with other values from then on.

For a short answer Django's making of a statement costs more than the database's running it. A query whose statement
depends only on which of its arguments are there hands over a function that builds it; the text that Django makes of it
is kept, by database and by which arguments are None. A tuple of ids stands in it with a place for each; those who hand
over tuples of many lengths bring them to few ones with ``padded``.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import QuerySet

from analytics_data_api.sql.rows import FETCH_SIZE, Row

Build = Callable[..., QuerySet]


# What stands for an argument: its type, None for None, and for a tuple the type of its items and how many they are.
Kind = type | None | tuple[type, int]


class Statement(NamedTuple):
    """The text of a statement, for each of its parameters the argument that it is, or else its value, and converters.

    An argument is its name, and the place in it if it is a tuple. Converters are Django's, by the place of their column.
    """

    sql: str
    parameters: tuple[tuple[tuple[str, int | None] | None, Any], ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


def rows(build: Build, *, using: str, **arguments: Any) -> Iterator[Row]:
    """The rows of the query that ``build`` makes of the arguments: texts, numbers, dates, date-times, None or tuples."""
    statement = prepared(build, using, tuple((name, kind_of(value)) for name, value in arguments.items()))
    connection = connections[using]
    values = [
        value if argument is None else adapted(connection, of_argument(arguments, *argument))
        for argument, value in statement.parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, values)
        while fetched := cursor.fetchmany(FETCH_SIZE):
            yield from converted(fetched, statement, connection) if statement.converters else fetched


def converted(fetched: Iterable[Row], statement: Statement, connection: Any) -> Iterator[Row]:
    # Many rows have the same texts of JSON.
    known: dict[tuple[int, Any], Any] = {}
    for row in fetched:
        values = list(row)
        for place, (converters, expression) in statement.converters.items():
            stored = values[place]
            if (place, stored) not in known:
                value = stored
                for converter in converters:
                    value = converter(value, expression, connection)
                known[place, stored] = value
            values[place] = known[place, stored]
        yield tuple(values)


def padded(ids: list[int]) -> tuple[int, ...]:
    """The ids, of which there is one, with the last of them repeated until their number is a power of two."""
    return (*ids, *(ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids))))


def kind_of(value: Any) -> Kind:
    if value is None:
        return None
    return (type(value[0]), len(value)) if isinstance(value, tuple) else type(value)


def of_argument(arguments: dict[str, Any], name: str, place: int | None) -> Any:
    return arguments[name] if place is None else arguments[name][place]


@cache
def prepared(build: Build, using: str, kinds: tuple[tuple[str, Kind], ...]) -> Statement:
    """The statement for arguments of these kinds, made with values that stand for them."""
    connection = connections[using]
    numbers = count()
    stand_ins: dict[str, Any] = {}
    names: dict[Any, tuple[str, int | None]] = {}
    for name, kind in kinds:
        if isinstance(kind, tuple):
            items = tuple(stand_in(kind[0], next(numbers)) for _item in range(kind[1]))
            stand_ins[name] = items
            names |= {adapted(connection, item): (name, place) for place, item in enumerate(items)}
        else:
            stand_ins[name] = kind and stand_in(kind, next(numbers))
            if kind:
                names[adapted(connection, stand_ins[name])] = (name, None)
    compiler = build(**stand_ins).using(using).query.get_compiler(using)
    sql, parameters = compiler.as_sql()
    found = tuple((names.get(parameter), parameter) for parameter in parameters)
    if unused := {name for name, _place in names.values()}.difference(argument[0] for argument, _ in found if argument):
        raise TypeError(f"{build.__name__} does not pass {', '.join(sorted(unused))} to the database as it is")
    converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
    return Statement(sql, found, converters)


def stand_in(kind: type, number: int) -> Any:
    """A value that nothing else in a statement equals."""
    if issubclass(kind, datetime):
        return datetime(9998, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if issubclass(kind, date):
        return date(9998, 1, 1) + timedelta(days=number)
    if issubclass(kind, str):
        # Of its own type: ids that are compared by code point make another statement.
        return kind(f"\ue000{number}\ue000")
    return 2**61 + number


def adapted(connection: Any, value: Any) -> Any:
    """A value as Django hands it to the driver."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
