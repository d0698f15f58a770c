"""A whole load: every course of the files gets its new roster, or none does."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from django.db import connections
from tqdm import tqdm

from analytics_data_api.rosters.lines import STANDARD_INPUT, check, read_lines
from analytics_data_api.rosters.models import Roster
from analytics_data_api.rosters.staging import Staging
from analytics_data_api.rosters.writing import (
    Advance,
    delete_old_rosters,
    delete_roster,
    make_current,
    new_roster,
    touch,
    unread,
    write_roster,
)

# Seconds after which a load says again that it is alive.
TOUCHED_EVERY = 60


@dataclass
class Loaded:
    """What a load did: learners by course, and the keys of the files that it left out, with their numbers."""

    courses: dict[str, int] = field(default_factory=dict)
    unknown_keys: Counter[str] = field(default_factory=Counter)


@contextmanager
def staging_file(now: datetime) -> Iterator[Staging]:
    """An empty file to stage rosters in, which goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="roster-") as directory:
        staging = Staging(Path(directory), now.date())
        try:
            yield staging
        finally:
            staging.close()


def load_roster(
    files: Sequence[str], *, using: str, now: datetime | None = None, show_progress: bool = False
) -> Loaded:
    """Loads files of JSON lines. Raises ``RosterError`` for what is wrong in them, and then nothing has changed."""
    now = now or datetime.now(UTC)
    loaded = Loaded()
    with staging_file(now) as staging:
        with tqdm(total=total_size(files), unit="B", unit_scale=True, desc="read", disable=not show_progress) as bar:
            staging.fill(
                (line, check(line, content, lambda key: loaded.unknown_keys.update([key])))
                for line, content in read_lines(files, bar.update)
            )
        loaded.courses = dict(staging.courses())
        with (
            tqdm(unit="row", unit_scale=True, desc="write", disable=not show_progress) as bar,
            written_rosters(staging, now, using=using, advance=bar.update) as make_all_current,
        ):
            make_all_current()
    return loaded


@contextmanager
def written_rosters(
    staging: Staging, now: datetime, *, using: str, advance: Advance = lambda rows: None
) -> Iterator[Callable[[], None]]:
    """Writes the staged rosters. The block gets what makes them the current ones; if it does not succeed, they go."""
    prepare_database(using)
    delete_old_rosters(using=using)
    rosters: list[Roster] = []
    touched = monotonic()

    def written(rows: int) -> None:
        nonlocal touched
        advance(rows)
        if monotonic() - touched >= TOUCHED_EVERY:
            touch(rosters, using=using)
            touched = monotonic()

    try:
        for course_id, size in staging.courses():
            rosters.append(new_roster(staging, course_id, size, using=using))
            write_roster(rosters[-1], staging, now, using=using, advance=written)
        yield lambda: make_current(rosters, using=using)
    except BaseException:
        # What has been written is read by nobody; were it not deleted here, a later load would do it.
        for roster in unread(rosters, using=using):
            delete_roster(roster, using=using)
        raise


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
