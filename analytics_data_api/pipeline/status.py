"""The content of an event store and the result of a load, in words and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from analytics_data_api.pipeline.loading import LoadSummary
from analytics_data_api.pipeline.store import KINDS, EventStore

# Written by a computation. Its key "change" is the number of the last commit that the computation has seen.
COMPUTED = "computed.json"
UNITS = ("bytes", "kB", "MB", "GB", "TB")
# So many changed days are named one by one.
NAMED_DAYS = 10


@dataclass
class KindStatus:
    days: int
    first_day: str
    last_day: str
    files: int
    events: int
    size: int


@dataclass
class Status:
    kinds: dict[str, KindStatus]
    files_loaded: int
    lines: int
    log_size: int
    rejected: int
    last_computed_change: int
    # The days that have changed since the last computation.
    changed_days: list[str] = field(default_factory=list)


def read_status(store: EventStore) -> Status:
    ledger = store.ledger
    kinds = {kind: KindStatus(*values) for kind, *values in ledger.kinds()}
    computed = last_computed_change(store)
    changed = [day.isoformat() for day, number in store.changes().items() if number > computed]
    return Status(kinds, *ledger.loaded(), ledger.rejected_lines(), computed, changed)


def last_computed_change(store: EventStore) -> int:
    try:
        return int(json.loads((store.state / COMPUTED).read_bytes())["change"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def describe_status(store: EventStore, status: Status) -> Iterator[str]:
    yield f"Event store {store.path}"
    if not status.kinds:
        yield "It holds no events yet: load tracking logs with load_events."
    else:
        yield f"{'kind':<12} {'days':>6} {'first':>11} {'last':>11} {'events':>13} {'files':>7} {'size':>9}"
        for kind in sorted(status.kinds, key=KINDS.index):
            row = status.kinds[kind]
            yield (
                f"{kind:<12} {row.days:>6} {row.first_day:>11} {row.last_day:>11} {row.events:>13,} {row.files:>7} "
                f"{in_units(row.size):>9}"
            )
    size = sum(kind.size for kind in status.kinds.values())
    read = f"{status.files_loaded:,} files, {status.lines:,} lines, {in_units(status.log_size)}"
    yield f"Loaded: {read}; stored in {in_units(size)}."
    yield f"Rejected: {status.rejected:,} lines" + (f", see {store.rejected}." if status.rejected else ".")
    if not status.last_computed_change:
        yield f"The tables have not been computed yet: {len(status.changed_days):,} days are waiting."
    elif status.changed_days:
        yield f"Changed since the last computation: {days_in_words(status.changed_days)}."
    else:
        yield "Nothing has changed since the last computation."


def days_in_words(days: list[str]) -> str:
    if len(days) <= NAMED_DAYS:
        return ", ".join(days)
    return f"{len(days):,} days from {days[0]} to {days[-1]}"


def in_units(size: float) -> str:
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == UNITS[0] else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"


def describe_load(summary: LoadSummary) -> Iterator[str]:
    yield f"Files: {summary.files:,} loaded, {summary.files_known:,} without new lines, {summary.files_failed:,} failed."
    yield f"Lines: {summary.lines:,}"
    for kind in KINDS:
        if summary.events.get(kind):
            yield f"Events, {kind}: {summary.events[kind]:,}"
    yield f"Events: {sum(summary.events.values()):,}"
    yield f"Duplicates: {summary.duplicates:,}"
    yield f"Rejected: {summary.rejected:,}"
    if summary.first_day:
        yield f"Days: {summary.first_day} to {summary.last_day}"


def as_json(value: LoadSummary | Status) -> str:
    return json.dumps(asdict(value), default=date.isoformat)
