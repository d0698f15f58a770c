"""Load roster files: every course in them gets its new roster, or no course does."""

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

from analytics_data_api.rosters import writing
from analytics_data_api.rosters.lines import STANDARD_INPUT, check, read_lines
from analytics_data_api.rosters.models import Roster
from analytics_data_api.rosters.staging import Staging

# Seconds between two signs of life of a load.
TOUCHED_EVERY = 60


@dataclass
class Loaded:
    """The result of a load: learners by course, and the number of lines with each unknown key."""

    courses: dict[str, int] = field(default_factory=dict)
    unknown_keys: Counter[str] = field(default_factory=Counter)


@contextmanager
def staging_file(now: datetime) -> Iterator[Staging]:
    """Make an empty staging file that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="roster-") as directory:
        staging = Staging(Path(directory), now.date())
        try:
            yield staging
        finally:
            staging.close()


def load_roster(
    files: Sequence[str], *, using: str, now: datetime | None = None, show_progress: bool = False
) -> Loaded:
    """Load files of JSON lines. Raise ``RosterError``, without any change, if a file has an error."""
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
    staging: Staging, now: datetime, *, using: str, advance: writing.Advance = lambda rows: None
) -> Iterator[Callable[[], None]]:
    """Write the staged rosters and yield the function that makes them current. Delete them if the block fails."""
    if connections[using].vendor == "sqlite":
        # With a write-ahead log requests can read while the load writes.
        with connections[using].cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")
    writing.delete_old_rosters(using=using)
    rosters: list[Roster] = []
    touched = monotonic()

    def written(rows: int) -> None:
        nonlocal touched
        advance(rows)
        if monotonic() - touched >= TOUCHED_EVERY:
            writing.touch(rosters, using=using)
            touched = monotonic()

    try:
        for course_id, size in staging.courses():
            rosters.append(writing.new_roster(staging, course_id, size, using=using))
            writing.write_roster(rosters[-1], staging, now, using=using, advance=written)
        yield lambda: writing.make_current(rosters, using=using)
    except BaseException:
        # No request has read these rosters. If the process dies here, a later load deletes them.
        for roster in writing.unread(rosters, using=using):
            writing.delete_roster(roster, using=using)
        raise


def total_size(files: Sequence[str]) -> int | None:
    """Return the number of bytes to read, or None if it is unknown."""
    paths = [Path(name) for name in files]
    if any(str(path) == STANDARD_INPUT or path.suffix == ".gz" or not path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
