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
    # Text files of rows, and Parquet files that have been made of such.
    texts: set[str] = field(default_factory=set)
    pieces: list[str] = field(default_factory=list)
    rows: int = 0
    # What the store holds of the partition.
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
    config = {"threads": 1, "memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
    return duckdb.connect(config=config)


def write_piece(texts: Iterable[str], path: str, folder: Path) -> None:
    """Write the rows of text files to a Parquet file, and delete the text files."""
    copy(connection(folder), rows_of(texts), path, COLUMNS_OF_ROWS)
    for text in texts:
        os.unlink(text)


def copy(sql: duckdb.DuckDBPyConnection, source: str, path: str, columns: str = "*") -> None:
    sql.execute(f"COPY (SELECT {columns} FROM {source}) TO {quoted(path)} {FORMAT}")


def settle(partitions: list[Partition], folder: Path, store: Path) -> list[Settled]:
    """Write the rows of some partitions to Parquet files, each row once, in a folder of the staging folder."""
    return [settle_one(partition, folder, store) for partition in partitions]


def settle_one(partition: Partition, folder: Path, store: Path) -> Settled:
    sql = connection(folder.parent)
    stem = f"{folder}/{partition.kind}-{partition.day}"
    pieces = list(partition.pieces)
    if partition.texts:
        pieces.append(f"{stem}.parquet")
        write_piece(partition.texts, pieces[-1], folder.parent)
    stored = [str(store / part.path) for part in partition.stored]
    if has_duplicates(sql, pieces, stored):
        distinct: list[str] = []
        for number, piece in enumerate(pieces):
            path = f"{stem}.{number}.distinct.parquet"
            copy_distinct(sql, piece, path, stored + distinct)
            distinct.append(path)
        pieces = distinct
    added = [Part(path, partition.kind, partition.day, count_rows(sql, path), os.path.getsize(path)) for path in pieces]
    added = [part for part in added if part.rows]
    rows = sum(part.rows for part in added)

    removed = [part for part in partition.stored if part.size < SMALL]
    if added and len(removed) >= MANY:
        path = f"{stem}.merged.parquet"
        last = added.pop()
        copy(sql, parquet([*(str(store / part.path) for part in removed), last.path]), path)
        total = last.rows + sum(part.rows for part in removed)
        added.append(Part(path, partition.kind, partition.day, total, os.path.getsize(path)))
    else:
        removed = []
    return Settled(partition.kind, added, removed, rows, partition.rows - rows)


def has_duplicates(sql: duckdb.DuckDBPyConnection, pieces: list[str], stored: list[str]) -> bool:
    new = parquet(pieces)
    query = f"SELECT count(*) > count(DISTINCT line_hash) FROM {new}"
    if stored:
        query = (
            f"SELECT ({query}) OR EXISTS (SELECT line_hash FROM {new} SEMI JOIN {parquet(stored)} USING (line_hash))"
        )
    return sql.execute(query).fetchall()[0][0]


def copy_distinct(sql: duckdb.DuckDBPyConnection, piece: str, path: str, known: list[str]) -> None:
    """Copy the first row of each hash that is not in the known files."""
    new = f"read_parquet({quoted(piece)}, hive_partitioning = false, file_row_number = true)"
    kept = f"SELECT min(file_row_number) AS file_row_number FROM {new}"
    if known:
        kept += f" ANTI JOIN {parquet(known)} USING (line_hash)"
    kept += " GROUP BY line_hash"
    copy(sql, f"{new} SEMI JOIN ({kept}) USING (file_row_number)", path, "* EXCLUDE (file_row_number)")


def count_rows(sql: duckdb.DuckDBPyConnection, path: str) -> int:
    return sql.execute(f"SELECT count(*) FROM {parquet([path])}").fetchall()[0][0]


COLUMNS_OF_ROWS = "* REPLACE (unhex(line_hash) AS line_hash)"


def rows_of(texts: Iterable[str]) -> str:
    """Return the expression that reads text files of rows."""
    types = {name: "VARCHAR" if name == "line_hash" else type for name, type in COLUMNS.items()}
    columns = ", ".join(f"{quoted(name)}: {quoted(type)}" for name, type in types.items())
    return (
        f"read_csv([{', '.join(map(quoted, texts))}], auto_detect = false, header = false, delim = {quoted(SEPARATOR)}, "
        f"quote = '', escape = '', nullstr = {quoted(NULL)}, new_line = '\\n', columns = {{{columns}}}, parallel = false, "
        f"max_line_size = {LONGEST_ROW}, buffer_size = {2 * LONGEST_ROW})"
    )


def parquet(paths: list[str]) -> str:
    # A file's folders would otherwise become columns.
    return f"read_parquet([{', '.join(map(quoted, paths))}], hive_partitioning = false)"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
