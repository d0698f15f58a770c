"""Rejected lines, kept in the store as JSON lines: file, line number, reason, and the beginning of the line."""

from collections.abc import Iterable
from pathlib import Path

import orjson


def write_rejected(path: Path, file: str, blocks: Iterable[tuple[int, str]]) -> None:
    """Write the rejected lines of some blocks of a file, each given by the number of lines before it and by its own file."""
    with open(path, "wb") as output:
        for lines_before, block in blocks:
            with open(block, "rb") as lines:
                for line in lines:
                    rejected = orjson.loads(line)
                    rejected["line"] += lines_before
                    output.write(orjson.dumps({"file": file, **rejected}) + b"\n")
