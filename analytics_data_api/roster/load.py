"""A whole load: every course of the files gets its new roster, or none does."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections
from tqdm import tqdm

from analytics_data_api.roster.lines import STANDARD_INPUT, check, read_lines
from analytics_data_api.roster.staging import Staging
from analytics_data_api.roster.writing import delete_abandoned, delete_roster, make_current, write_roster


@dataclass
class Loaded:
    """What a load did: learners by course, and the keys of the files that it left out, with their numbers."""

    courses: dict[str, int] = field(default_factory=dict)
    unknown_keys: Counter[str] = field(default_factory=Counter)


def load_roster(
    files: Sequence[str], *, using: str, now: datetime | None = None, show_progress: bool = False
) -> Loaded:
    """Loads files of JSON lines. Raises ``RosterError`` for what is wrong in them, and then nothing has changed."""
    now = now or datetime.now(UTC)
    loaded = Loaded()
    with tempfile.TemporaryDirectory(prefix="roster-") as directory:
        staging = Staging(Path(directory), now.date())
        try:
            with tqdm(
                total=total_size(files), unit="B", unit_scale=True, desc="read", disable=not show_progress
            ) as bar:
                staging.fill(
                    (line, check(line, content, lambda key: loaded.unknown_keys.update([key])))
                    for line, content in read_lines(files, bar.update)
                )
            loaded.courses = dict(staging.courses())
            write_all(staging, loaded.courses, now, using=using, show_progress=show_progress)
        finally:
            staging.close()
    return loaded


def write_all(staging: Staging, courses: dict[str, int], now: datetime, *, using: str, show_progress: bool) -> None:
    prepare_database(using)
    delete_abandoned(now, using=using)
    rosters = []
    try:
        with tqdm(unit="row", unit_scale=True, desc="write", disable=not show_progress) as bar:
            for course_id, size in courses.items():
                rosters.append(write_roster(staging, course_id, size, now, using=using, advance=bar.update))
        retired = make_current(rosters, using=using)
    except BaseException:
        # What has been written is read by nobody; were it not deleted here, a later load would do it.
        for roster in rosters:
            delete_roster(roster, using=using)
        raise
    for roster in retired:
        delete_roster(roster, using=using)


def prepare_database(using: str) -> None:
    connection = connections[using]
    if connection.vendor == "sqlite":
        # Readers go on while the load writes.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")


def total_size(files: Sequence[str]) -> int | None:
    """The bytes to read, if every file's size is known and is what will be read."""
    paths = [Path(name) for name in files if name != STANDARD_INPUT]
    if len(paths) != len(list(files)) or any(path.suffix == ".gz" or not path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
