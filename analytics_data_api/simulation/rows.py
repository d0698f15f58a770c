"""Rows of tables: combined from lists of values, and inserted into a database."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from random import Random
from typing import Any

from django.db import connections
from django.db.models import Model

from analytics_data_api.sql.rows import batches

# A row by the names of its fields.
Row = dict[str, Any]
Tables = dict[type[Model], list[Row]]
INSERT_SIZE = 10_000


def axis(name: str, values: Iterable[Any]) -> list[Row]:
    """Return the values of one field as parts of rows."""
    return [{name: value} for value in values]


def crossed(chance: Random, *axes: Iterable[Row], **limits: int) -> Iterator[Row]:
    """Yield a row for each combination of the axes' parts, with a random number below each of the limits."""
    for parts in product(*axes):
        row = {name: value for part in parts for name, value in part.items()}
        yield row | {name: chance.randrange(limit) for name, limit in limits.items()}


def insert(
    model: type[Model], rows: Iterable[Row], *, using: str, progress: Callable[[int], object] = lambda count: None
) -> None:
    """Insert rows that have the same fields, and report the size of each batch to ``progress``.

    No model instance is built for a row, since benchmarks insert millions of them.
    """
    # Its models need a configured Django, which the benchmarks set up only after they have imported this module.
    from analytics_data_api.rosters.writing import insert_rows

    connection = connections[using]
    for batch in batches(rows, INSERT_SIZE):
        fields = [model._meta.get_field(name) for name in batch[0]]
        values = (tuple(f.get_db_prep_save(row[f.name], connection) for f in fields) for row in batch)
        insert_rows(model, [field.column for field in fields], values, using=using)
        progress(len(batch))
