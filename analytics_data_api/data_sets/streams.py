"""Write rows of a data set as a stream of CSV, JSON lines or one JSON list, a batch of rows at a time.

If a stream fails, it raises. The server then closes the connection before the end of the body, so that the client can tell
that the response is incomplete.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

from analytics_data_api.data_sets.declarations import Column
from analytics_data_api.web.encoding import encoded, encoded_lines, objects
from analytics_data_api.web.renderers import FORMULA_STARTS, cell, csv_text, harmless

Rows = Iterable[Sequence[Any]]
Chunks = Generator[bytes, None, None]


def csv_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """Yield the header and then the rows. A null is an empty cell, and a text never becomes a formula."""
    yield csv_text([[column.name for column in columns]])
    texts = [i for i, column in enumerate(columns) if column.type == "string" and column.format is None]
    lists = [i for i, column in enumerate(columns) if column.type == "array"]
    for batch in batches:
        yield csv_text(safe_rows(batch, texts, lists))


def safe_rows(rows: Rows, texts: Sequence[int], lists: Sequence[int]) -> Iterator[Sequence[Any]]:
    starts = frozenset(FORMULA_STARTS)
    for row in rows:
        for index in texts:
            text = row[index]
            if text and text[0] in starts:
                row = (*row[:index], harmless(text), *row[index + 1 :])
        for index in lists:
            row = (*row[:index], cell(row[index]), *row[index + 1 :])
        yield row


def ndjson_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """Yield one JSON object per line."""
    names = tuple(column.name for column in columns)
    for batch in batches:
        if lines := encoded_lines(objects(names, batch)):
            yield lines


def json_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """Yield the parts of one list of objects."""
    names = tuple(column.name for column in columns)
    separator = b"["
    for batch in batches:
        if items := encoded(objects(names, batch))[1:-1]:
            yield separator + items
            separator = b","
    yield b"[]" if separator == b"[" else b"]"


Writer = Callable[[Sequence[Column], Iterable[Rows]], Chunks]
WRITERS: dict[str, Writer] = {"csv": csv_chunks, "ndjson": ndjson_chunks, "json": json_chunks}
