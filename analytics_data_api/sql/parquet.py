"""Rows as Parquet files, which DuckDB writes."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

MEMORY = "450MB"
# Bytes of the longest row.
LONGEST_ROW = 1 << 24


def text_literal(text: str | os.PathLike) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def write_parquet(
    path: Path,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    expressions: Mapping[str, str] | None = None,
    descriptions: Mapping[str, str] | None = None,
) -> int:
    """Write rows to a Parquet file and return their number. The rows are never all in memory at the same time.

    ``columns`` maps each column to the type in which it is read. ``expressions`` convert the columns that are written in
    another type. The file's metadata hold the descriptions of columns.
    """
    total = 0
    names = list(columns)
    with tempfile.TemporaryDirectory(prefix=".parquet-", dir=path.parent) as folder:
        texts = Path(folder) / "rows.jsonl"
        with texts.open("wb") as file:
            for total, row in enumerate(rows, start=1):  # noqa: B007
                # DuckDB reads decimal numbers and other values that JSON has no type for from their texts.
                cells = dict(zip(names, row, strict=True))
                file.write(orjson.dumps(cells, default=str, option=orjson.OPT_APPEND_NEWLINE))
        chosen = ", ".join(f"{(expressions or {}).get(name, identifier(name))} AS {identifier(name)}" for name in names)
        types = ", ".join(f"{identifier(name)}: {text_literal(kind)}" for name, kind in columns.items())
        source = (
            f"read_json({text_literal(texts)}, format = 'newline_delimited', columns = {{{types}}},"
            f" maximum_object_size = {LONGEST_ROW})"
        )
        copy_to_parquet(f"SELECT {chosen} FROM {source}", path, Path(folder), descriptions)
    return total


def copy_to_parquet(select: str, path: Path, work: Path, descriptions: Mapping[str, str] | None = None) -> None:
    """Write the rows of a DuckDB statement to a Parquet file. Rows that do not fit into memory spill to ``work``."""
    pairs = ", ".join(f"{identifier(name)}: {text_literal(text)}" for name, text in (descriptions or {}).items())
    metadata = f", KV_METADATA {{{pairs}}}" if pairs else ""
    # One thread keeps the rows in order, and so equal rows make equal files.
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(work),
        "threads": 1,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute(
            f"COPY ({select}) TO {text_literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false{metadata})"
        )
