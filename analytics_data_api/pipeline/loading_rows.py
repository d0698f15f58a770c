"""The first step of a load, run by a worker process: a block of lines becomes rows in text files, one a partition."""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from analytics_data_api.pipeline.events import LineRejected
from analytics_data_api.pipeline.loading_parts import write_piece
from analytics_data_api.pipeline.retiring.hashes import RetiredVersion
from analytics_data_api.pipeline.retiring.rows import rejected_maker, row_maker

# The LMS drops events of more than 50,000 characters. Longer lines than this are not read into memory.
LONGEST_LINE = 1 << 20
# A text file of this size becomes a Parquet file of its own.
LARGE = 64 << 20
# So much of a rejected line is kept.
SHOWN = 2_000


@dataclass
class Rows:
    """The rows of a block: their number for each kind and day, and the files that hold them."""

    lines: int = 0
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    # Parquet files with their numbers of rows, where a text file has become one.
    pieces: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    rejected: int = 0
    # Rejected lines as JSON lines, whose line numbers count from the beginning of the block. None if there are none.
    rejected_file: str | None = None


def write_rows(block: Path, folder: Path, retired: RetiredVersion | None) -> Rows:
    """Append the rows of a block of lines to this process's text files in a folder, and delete the block."""
    result = Rows()
    make_row, make_rejected = row_maker(retired), rejected_maker(retired)
    rows = defaultdict(list)
    rejected = []
    for number, line in enumerate(block.read_bytes().split(b"\n")[:-1], 1):
        try:
            if len(line) > LONGEST_LINE:
                raise LineRejected(f"longer than {LONGEST_LINE} bytes")
            kind, day, row = make_row(line)
        except LineRejected as reason:
            shown = line[:SHOWN].decode(errors="replace")
            rejected.append(orjson.dumps(make_rejected({"line": number, "reason": str(reason), "text": shown})))
        else:
            rows[kind, day].append(row)
        result.lines = number
    for (kind, day), texts in rows.items():
        path = f"{folder}/{kind}-{day}-{os.getpid()}.rows"
        with open(path, "ab", buffering=0) as file:
            file.write(b"".join(texts))
            is_large = file.tell() >= LARGE
        result.rows[kind, day] = len(texts)
        result.texts[kind, day] = path
        if is_large:
            # The processes share the work on a day that is larger than the others.
            piece = f"{folder}/{kind}-{day}-{block.stem}.piece.parquet"
            result.pieces[kind, day] = piece, write_piece([path], piece, folder.parent)
    if rejected:
        path_of_rejected = block.with_suffix(".rejected")
        path_of_rejected.write_bytes(b"\n".join(rejected) + b"\n")
        result.rejected, result.rejected_file = len(rejected), str(path_of_rejected)
    block.unlink()
    return result
