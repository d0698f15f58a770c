"""Rows of a data set as a stream of bytes: CSV, JSON lines or one JSON list, a batch of rows at a time.

A row may have values behind those of its columns; they are not written. A stream that fails raises in the middle: the
server then closes the connection without the end of the body, and the client can tell that it has not got all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from analytics_data_api.renderers import FORMULA_STARTS, cell, csv_text, harmless
from analytics_data_api.v0.models.data_sets import Column

Rows = Iterable[Sequence[Any]]
Chunks = Iterator[bytes]


def csv_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """The header and then the rows; null is an empty cell, and no text is a formula."""
    yield csv_text([[column.name for column in columns]])
    size = len(columns)
    texts = [i for i, column in enumerate(columns) if column.type == "string" and column.format is None]
    lists = [i for i, column in enumerate(columns) if column.type == "array"]
    for batch in batches:
        yield csv_text(safe_rows(batch, size, texts, lists))


def safe_rows(rows: Rows, size: int, texts: Sequence[int], lists: Sequence[int]) -> Iterator[Sequence[Any]]:
    starts = frozenset(FORMULA_STARTS)
    for row in rows:
        row = row[:size]
        for index in texts:
            text = row[index]
            if text and text[0] in starts:
                row = (*row[:index], harmless(text), *row[index + 1 :])
        for index in lists:
            row = (*row[:index], cell(row[index]), *row[index + 1 :])
        yield row


def objects(columns: Sequence[Column], batch: Rows) -> bytes:
    """The rows as JSON objects with commas between them."""
    names = [column.name for column in columns]
    return orjson.dumps([dict(zip(names, row, strict=False)) for row in batch])[1:-1]


def ndjson_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """One JSON object a line."""
    # One call for a batch takes a quarter of the time of one for each row. Between two rows stands what stands in no text:
    # there a quotation mark has a backslash before it, and behind its last one comes no name.
    start = b'{"' + columns[0].name.encode() + b'":'
    for batch in batches:
        if items := objects(columns, batch):
            yield items.replace(b"}," + start, b"}\n" + start) + b"\n"


def json_chunks(columns: Sequence[Column], batches: Iterable[Rows]) -> Chunks:
    """One list of objects."""
    separator = b"["
    for batch in batches:
        if items := objects(columns, batch):
            yield separator + items
            separator = b","
    yield b"[]" if separator == b"[" else b"]"


WRITERS: dict[str, Callable[[Sequence[Column], Iterable[Rows]], Chunks]] = {
    "csv": csv_chunks,
    "ndjson": ndjson_chunks,
    "json": json_chunks,
}
