"""The source of each table of the LMS in the event store: ``lms/sources.json``."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

# The kinds of sources. An API never replaces a table that comes from the database.
DATABASE, API, CATALOG = "database", "API", "catalog"


@dataclass(frozen=True)
class LMSSource:
    """The source of a table: its kind, its name without a password, the day of the load (UTC) and what it lacks."""

    kind: str
    name: str
    day: str
    missing: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.kind} {self.name}, {self.day}"


def read_sources(folder: Path) -> dict[str, LMSSource]:
    """Return the source of each table in the folder ``lms/`` of an event store. Tables of unknown sources are not in it."""
    try:
        content = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
        return {
            table: LMSSource(entry["kind"], entry["name"], entry["day"], tuple(entry.get("missing", ())))
            for table, entry in content.items()
            if (folder / f"{table}.parquet").is_file()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_sources(folder: Path, new: Mapping[str, LMSSource]) -> None:
    content = {table: asdict(source) for table, source in sorted((read_sources(folder) | dict(new)).items())}
    beside = folder / "sources.json.new"
    beside.write_text(json.dumps(content, indent=1), encoding="utf-8")
    os.replace(beside, folder / "sources.json")


def of_database(sources: Mapping[str, LMSSource], tables: Iterable[str]) -> dict[str, LMSSource]:
    """Return those of the tables that a database gave."""
    return {table: sources[table] for table in tables if table in sources and sources[table].kind == DATABASE}
