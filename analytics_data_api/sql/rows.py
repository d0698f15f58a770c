"""Rows as they leave a database, in batches: their objects never all exist at the same time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

Row = tuple[Any, ...]

BATCH_SIZE = 500


def batches(rows: Iterable, size: int = BATCH_SIZE) -> Iterator[list]:
    """Yield the rows in lists of at most ``size``."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch
