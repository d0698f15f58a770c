"""The second step of a load, run by a worker process: the rows of a partition become Parquet files.

A partition is one kind of events of one UTC day. Identical lines have the same kind and day, so that duplicates are looked
for within the partition alone, by the hashes of the lines.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from analytics_data_api.pipeline.events import NULL, SEPARATOR
from analytics_data_api.pipeline.ledger import Part
from analytics_data_api.pipeline.store import COLUMNS
from analytics_data_api.sql.parquet import text_literal

# DuckDB's share of a process's memory. It sorts nothing here, and what does not fit goes to the staging folder.
MEMORY = "400MB"
# A row is longer than its line where the canonical form of a number is longer: 1e15 has 18 characters.
LONGEST_ROW = 16 << 20
FORMAT = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
# Files below this size are merged, once a partition has so many of them.
SMALL = 4 << 20
MANY = 8


@dataclass
class Partition:
    """The rows that a batch adds to one kind of events of one day."""

    kind: str
    day: str
    # Text files of rows, and Parquet files that have been made of such, with their numbers of rows.
    texts: set[str] = field(default_factory=set)
    pieces: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    # Parts of the partition that the store has already.
    stored: list[Part] = field(default_factory=list)


@dataclass
class Settled:
    """The Parquet files with the new rows of a partition, and the stored files that they replace."""

    kind: str
    added: list[Part]
    removed: list[Part]
    rows: int
    duplicates: int


@cache
def connection(folder: Path) -> duckdb.DuckDBPyConnection:
    sql = duckdb.connect(config={"threads": 1, "memory_limit": MEMORY, "temp_directory": str(folder / "spill")})
    # It would be printed amid the command's own output.
    sql.execute("SET enable_progress_bar = false")
    return sql


def write_piece(texts: Iterable[str], path: str, folder: Path) -> int:
    """Write the rows of text files to a Parquet file, delete the text files, and return the number of rows."""
    rows = copy(connection(folder), read_texts(texts), path, COLUMNS_OF_ROWS)
    for text in texts:
        os.unlink(text)
    return rows


def copy(sql: duckdb.DuckDBPyConnection, source: str, path: str, columns: str = "*") -> int:
    return sql.execute(f"COPY (SELECT {columns} FROM {source}) TO {text_literal(path)} {FORMAT}").fetchall()[0][0]


def settle(partitions: list[Partition], folder: Path, store: Path) -> list[Settled]:
    """Write the rows of some partitions to Parquet files, each row once, in a folder of the staging folder."""
    sql = connection(folder.parent)
    for partition in partitions:
        if partition.texts:
            path = f"{folder}/{partition.kind}-{partition.day}.parquet"
            partition.pieces[path] = write_piece(partition.texts, path, folder.parent)
    stored = [str(store / part.path) for partition in partitions for part in partition.stored]
    # Duplicates are rare, so that a single query about all these partitions usually finds none.
    is_distinct = not has_duplicates(sql, [piece for partition in partitions for piece in partition.pieces], stored)
    return [settle_one(partition, is_distinct, folder, store) for partition in partitions]


def settle_one(partition: Partition, is_distinct: bool, folder: Path, store: Path) -> Settled:
    sql = connection(folder.parent)
    stem = f"{folder}/{partition.kind}-{partition.day}"
    pieces = partition.pieces
    stored = [str(store / part.path) for part in partition.stored]
    if not is_distinct and has_duplicates(sql, pieces, stored):
        pieces = {}
        for number, piece in enumerate(partition.pieces):
            path = f"{stem}.{number}.distinct.parquet"
            pieces[path] = copy_distinct(sql, piece, path, [*stored, *pieces])
    rows = sum(pieces.values())
    removed = [part for part in partition.stored if part.size < SMALL]
    if rows and len(removed) >= MANY:
        path = f"{stem}.merged.parquet"
        last = list(pieces)[-1]
        del pieces[last]
        pieces[path] = copy(sql, parquet([*(str(store / part.path) for part in removed), last]), path)
    else:
        removed = []
    added = [
        Part(path, partition.kind, partition.day, count, os.path.getsize(path))
        for path, count in pieces.items()
        if count
    ]
    return Settled(partition.kind, added, removed, rows, partition.rows - rows)


def has_duplicates(sql: duckdb.DuckDBPyConnection, pieces: Iterable[str], stored: list[str]) -> bool:
    query = f"SELECT count(*) > count(DISTINCT line_hash) FROM {parquet(pieces)}"
    if stored:
        known = f"{parquet(pieces)} AS new SEMI JOIN {parquet(stored)} AS old ON new.line_hash = old.line_hash"
        query = f"SELECT ({query}) OR (SELECT count(*) > 0 FROM {known})"
    return sql.execute(query).fetchall()[0][0]


def copy_distinct(sql: duckdb.DuckDBPyConnection, piece: str, path: str, known: list[str]) -> int:
    """Copy the first row of each hash that is not in the known files, and return the number of rows."""
    new = f"read_parquet({text_literal(piece)}, hive_partitioning = false, file_row_number = true) AS new"
    unknown = f"ANTI JOIN {parquet(known)} AS old ON new.line_hash = old.line_hash" if known else ""
    first = f"SELECT min(new.file_row_number) AS number FROM {new} {unknown} GROUP BY new.line_hash"
    source = f"{new} SEMI JOIN ({first}) AS first ON new.file_row_number = first.number"
    return copy(sql, source, path, "* EXCLUDE (file_row_number)")


COLUMNS_OF_ROWS = "* REPLACE (unhex(line_hash) AS line_hash)"


def read_texts(texts: Iterable[str]) -> str:
    """Return the expression that reads text files of rows."""
    # DuckDB takes memory for the longest row that there could be, whatever the rows are.
    longest = min(LONGEST_ROW, max(map(os.path.getsize, texts)))
    types = {name: "VARCHAR" if name == "line_hash" else type for name, type in COLUMNS.items()}
    columns = ", ".join(f"{text_literal(name)}: {text_literal(type)}" for name, type in types.items())
    return (
        f"read_csv([{', '.join(map(text_literal, texts))}], auto_detect = false, header = false, "
        f"delim = {text_literal(SEPARATOR)}, quote = '', escape = '', nullstr = {text_literal(NULL)}, new_line = '\\n', "
        f"columns = {{{columns}}}, parallel = false, max_line_size = {longest}, buffer_size = {2 * longest})"
    )


def parquet(paths: Iterable[str]) -> str:
    # A file's folders would otherwise become columns.
    return f"read_parquet([{', '.join(map(text_literal, paths))}], hive_partitioning = false)"
