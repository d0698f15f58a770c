"""Rows as they leave a database, a batch at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

Row = tuple[Any, ...]

# Rows that are fetched from a cursor at a time.
FETCH_SIZE = 500
# Rows are fetched and written in batches, so that their objects never all exist at the same time.
BATCH_SIZE = 500


def batches(rows: Iterable, size: int = BATCH_SIZE) -> Iterator[list]:
    """The rows in lists of at most ``size``."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def fetch(rows: QuerySet, *columns: Any) -> Iterator[Row]:
    """The columns of all rows, without keeping the rows that have been fetched."""
    return rows.values_list(*columns).iterator(chunk_size=FETCH_SIZE)
