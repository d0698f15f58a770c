"""The statements of ``pipeline/sql/``: their text, what they read, and the values that a run puts into them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "sql"
# Statements read each other by name; `events` and the tables of the LMS have no statement.
READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


@cache
def names() -> frozenset[str]:
    """Return the names of all statements."""
    return frozenset(path.stem for path in FOLDER.glob("*.sql"))


@cache
def text(name: str) -> str:
    """Return a statement without its comments."""
    return COMMENT.sub("", (FOLDER / f"{name}.sql").read_text(encoding="utf-8")).strip()


@cache
def sources(name: str) -> tuple[str, ...]:
    """Return everything that a statement reads, in the order in which it names it. Its own subqueries are among it."""
    return tuple(dict.fromkeys(READS.findall(text(name))))


def filled(name: str, values: Mapping[str, str]) -> str:
    """Return a statement with a run's values in it. A ``$`` that begins a JSON path stays."""
    return Template(text(name)).safe_substitute(values)


def day_literal(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def days_condition(days: Iterable[date]) -> str:
    """Return the condition that a row's date is one of these days, as few ranges as possible."""
    runs = groupby(enumerate(sorted(days)), key=lambda place: place[1] - timedelta(place[0]))
    ranges = []
    for _start, run in runs:
        run_days = [day for _place, day in run]
        ranges.append(f"date BETWEEN {day_literal(run_days[0])} AND {day_literal(run_days[-1])}")
    return f"({' OR '.join(ranges)})" if ranges else "FALSE"


def flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"
