"""The progress of the computation, and so the work that is left: ``state/computed.json`` in the store."""

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from analytics_data_api.pipeline.tables import Recompute, Table

DAY = timedelta(days=1)
# Before the month in the name of an input: its enrollments matter to the days of that month and to later ones.
STARTING = "starting_enrollments "
Changes = dict[date, int]


def days_between(start: date, end: date) -> list[date]:
    """Return the days from ``start`` up to, not including, ``end``."""
    return [start + DAY * number for number in range((end - start).days)]


def monday(day: date) -> date:
    return day - DAY * day.weekday()


@dataclass
class Computed:
    """The data that a table was computed from: the number of each day's last change, the end, and other data's state."""

    days: Changes = field(default_factory=dict)
    end: date | None = None
    inputs: dict[str, str] = field(default_factory=dict)

    def changed_days(self, changes: Changes, first_day: date, end: date) -> list[date]:
        """Return the days before ``end`` that have changed or ended since."""
        if self.end is None:
            return days_between(first_day, end)
        ended = days_between(max(self.end, first_day), end) if self.end < end else []
        changed = {day for day in changes.keys() | self.days.keys() if self.days.get(day) != changes.get(day)}
        return sorted({day for day in changed if first_day <= day < end} | set(ended))

    def days_to_compute(
        self, table: Table, changes: Changes, first_day: date, end: date, inputs: dict[str, str]
    ) -> list[date]:
        """Return the days (of a weekly table, the Mondays) that the changes ask for."""
        changed = self.changed_days(changes, first_day, end)
        if self.end is not None and self.inputs != inputs:
            start = max(first_day, first_changed_day(self.inputs, inputs))
            changed = sorted({*changed, *days_between(start, end)})
        return days_of_table(table, changed, end)

    def is_outdated(self, table: Table, changes: Changes, end: date, inputs: dict[str, str]) -> bool:
        """Return True if a table that is computed as a whole has to be computed anew."""
        if self.end is None or self.inputs != inputs:
            return True
        if table.recompute is Recompute.LMS:
            return False
        if table.recompute is Recompute.STATE and self.end != end:
            return True
        return self.days != before(changes, end)

    def record_days(self, changes: Changes, start: date, end: date, first_day: date, inputs: dict[str, str]) -> None:
        """Note that all that the days from ``start`` up to ``end`` ask for has been computed."""
        others = {day: number for day, number in self.days.items() if not start <= day < end}
        self.days = others | {day: number for day, number in changes.items() if start <= day < end}
        if start <= (first_day if self.end is None else self.end):
            self.end = max(self.end or end, end)
        if start <= first_day:
            self.inputs = inputs

    def record_whole(self, changes: Changes, end: date, inputs: dict[str, str]) -> None:
        self.days, self.end, self.inputs = before(changes, end), end, inputs


def first_changed_day(old: dict[str, str], new: dict[str, str]) -> date:
    """Return the first day that the difference of these inputs matters to."""
    names = {name for name, _state in old.items() ^ new.items()}
    if all(name.startswith(STARTING) for name in names):
        return date.fromisoformat(f"{min(names).removeprefix(STARTING)}-01")
    return date.min


def before(changes: Changes, end: date) -> Changes:
    return {day: number for day, number in changes.items() if day < end}


def days_of_table(table: Table, changed: list[date], end: date) -> list[date]:
    """Return the days of a table that these changed days ask for."""
    if table.recompute is Recompute.LATER_DAYS and changed:
        return days_between(changed[0], end)
    if table.recompute is Recompute.WEEKS:
        # The week that the end lies in is not complete.
        return sorted({monday(day) for day in changed if monday(day) < monday(end)})
    return changed


@dataclass
class Progress:
    """The progress of the computation into one database."""

    tables: dict[str, Computed] = field(default_factory=dict)
    # Courses whose rows are ours; those of the second kind had rows of an older pipeline before.
    courses: set[str] = field(default_factory=set)
    adopted: set[str] = field(default_factory=set)
    # Courses that were left alone, because rows of them stand that are not ours.
    skipped: set[str] = field(default_factory=set)

    def of(self, table: str) -> Computed:
        return self.tables.setdefault(table, Computed())

    def own(self, courses: Collection[str], *, adopted: Collection[str]) -> None:
        """Take courses over. If they were left alone so far, everything has to be computed for them."""
        if self.tables and (adopted or self.skipped & set(courses)):
            self.tables = {}
        self.courses.update(courses, adopted)
        self.adopted.update(adopted)


class ProgressFile:
    """The file with the progress of all databases that are computed from a store."""

    def __init__(self, path: Path, target: str) -> None:
        self.path = path
        self.target = target
        self.content: dict[str, Any] = {}
        if path.exists():
            self.content = json.loads(path.read_text(encoding="utf-8"))

    def read(self) -> Progress:
        stored = self.content.get("targets", {}).get(self.target, {})
        return Progress(
            tables={name: computed_of(values) for name, values in stored.get("tables", {}).items()},
            courses=set(stored.get("courses", [])),
            adopted=set(stored.get("adopted", [])),
            skipped=set(stored.get("skipped", [])),
        )

    def write(self, progress: Progress, *, change: int | None = None) -> None:
        """Save the progress. ``change`` is the number of the store's last change, once all tables are computed."""
        if change is not None:
            self.content["change"] = change
        self.content.setdefault("targets", {})[self.target] = {
            "tables": {name: values_of(computed) for name, computed in progress.tables.items()},
            "courses": sorted(progress.courses),
            "adopted": sorted(progress.adopted),
            "skipped": sorted(progress.skipped),
        }
        beside = self.path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(self.content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.path)


def computed_of(values: dict[str, Any]) -> Computed:
    return Computed(
        days={date.fromisoformat(day): number for day, number in values["days"].items()},
        end=values["end"] and date.fromisoformat(values["end"]),
        inputs=values["inputs"],
    )


def values_of(computed: Computed) -> dict[str, Any]:
    return {
        "days": {day.isoformat(): number for day, number in computed.days.items()},
        "end": computed.end and computed.end.isoformat(),
        "inputs": computed.inputs,
    }
