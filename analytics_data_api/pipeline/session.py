"""One run of the statements on an engine: each statement is defined or computed when something first reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from analytics_data_api.pipeline import statements
from analytics_data_api.pipeline.answers import PART_COLUMNS, parts
from analytics_data_api.pipeline.countries import COUNTRY_COLUMNS, Lookup, countries
from analytics_data_api.pipeline.engines.engine import Engine
from analytics_data_api.pipeline.lms_sources import read_sources
from analytics_data_api.pipeline.lms_tables import ESSENTIAL, LMS_TABLES
from analytics_data_api.pipeline.progress import STARTING
from analytics_data_api.pipeline.responses import RESPONSE_COLUMNS, responses
from analytics_data_api.pipeline.tables import ENROLLMENTS

# Statements that several others read: their rows are kept. The others are views.
KEPT = frozenset(
    (
        "active_times",
        "course_enrollment_mode_daily",
        "engagement_summaries",
        "enrollment_states",
        "last_addresses",
        "learner_checks",
        "module_engagement_metric_ranges",
        "problem_attempts",
        "problem_response_report",
        "report_checks",
        "starting_enrollments",
        "usernames",
        "video_ends",
        "video_segments",
        "video_viewings",
    )
)
# Offsets in a video go up to 36000 seconds, and a segment is 5 seconds long.
LAST_SEGMENT = 36_000 // 5


@dataclass(frozen=True)
class Period:
    """The time that a run knows. ``end`` is not included."""

    first_day: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)


class Session:
    """The statements of one run, with the values that it puts into them."""

    def __init__(self, engine: Engine, period: Period, lms: Path, lookup: Lookup) -> None:
        self.engine = engine
        self.lookup = lookup
        self.defined: set[str] = set()
        self.sources = read_sources(lms)
        self.lms_tables = {name for name in LMS_TABLES if (lms / f"{name}.parquet").is_file() and self.is_usable(name)}
        self.values = {
            "first_day": statements.day_literal(period.first_day),
            "last_day": statements.day_literal(period.last_day),
            "end": statements.day_literal(period.end),
            "days": "FALSE",
        } | {f"has_{name}": statements.flag(name in self.lms_tables) for name in LMS_TABLES}
        self.values |= {
            f"has_{name}_{column}": statements.flag(
                name in self.lms_tables and column not in self.missing_columns(name)
            )
            for name, columns in LMS_TABLES.items()
            for column in columns
        }
        for name, columns in LMS_TABLES.items():
            engine.read_parquet(name, lms / f"{name}.parquet", columns)
        engine.load("segment_numbers", {"segment": "INTEGER"}, ((number,) for number in range(LAST_SEGMENT + 1)))

    def missing_columns(self, lms_table: str) -> tuple[str, ...]:
        """Return the columns that the source of one of the LMS's tables lacked."""
        return self.sources[lms_table].missing if lms_table in self.sources else ()

    def is_usable(self, lms_table: str) -> bool:
        return not set(ESSENTIAL.get(lms_table, ())) & set(self.missing_columns(lms_table))

    def starting_digests(self) -> dict[str, str]:
        """Return a text for each month that changes with the starting enrollments of that month."""
        if not self.lms_tables & set(ENROLLMENTS):
            return {}
        self.need("starting_enrollments")
        return {f"{STARTING}{month}": digest for month, digest in self.engine.digests("starting_enrollments", "date")}

    def use_courses(self, courses: Iterable[str]) -> None:
        """Set the courses whose rows are asked for."""
        self.forget("owned_courses")
        self.engine.load("owned_courses", {"course_id": "VARCHAR"}, ((course_id,) for course_id in courses))
        self.defined.add("owned_courses")

    def rows(
        self,
        name: str,
        *,
        order: str = "",
        days: Iterable[date] | None = None,
        columns: str = "*",
        owned: bool = False,
    ) -> Iterator[tuple]:
        """Yield the rows of a statement: of these dates, if ``days`` are given, and of the owned courses, if ``owned``."""
        statement, condition = self.statement(name, days)
        conditions = [condition] if condition else []
        if owned:
            conditions.append("course_id IN (SELECT course_id FROM owned_courses)")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        ordered = f" ORDER BY {order}" if order else ""
        return self.engine.rows(f"SELECT {columns} FROM {statement} AS statement{where}{ordered}")

    def columns(self, name: str) -> list[str]:
        statement, _condition = self.statement(name, ())
        return self.engine.columns(f"SELECT * FROM {statement} AS statement")

    def statement(self, name: str, days: Iterable[date] | None) -> tuple[str, str]:
        """Return what to select from and the condition of its rows, once all that the statement reads is there."""
        if days is None:
            self.need(name)
            return name, ""
        condition = statements.days_condition(days)
        if "$days" in statements.text(name):
            # The statement counts over the days itself, so that it cannot be a view for all.
            self.need_sources(name)
            return f"({statements.filled(name, self.values | {'days': condition})})", ""
        self.need(name)
        return name, condition

    def use_days(self, days: Iterable[date]) -> None:
        """Set the days that the daily statements of enrollment have rows for."""
        self.forget("days", "course_enrollment_mode_daily", "course_enrollment_daily", "course_enrollment_gender_daily")
        self.engine.load("days", {"date": "DATE"}, ((day,) for day in days))
        self.defined.add("days")

    def need(self, name: str) -> None:
        if name in self.defined:
            return
        if name == "answer_parts":
            rows = chain.from_iterable(map(parts, self.rows("learner_responses")))
            self.engine.load(name, PART_COLUMNS, rows)
        elif name == "response_parts":
            rows = chain.from_iterable(map(responses, self.rows("last_responses")))
            self.engine.load(name, RESPONSE_COLUMNS, rows)
        elif name == "address_countries":
            self.need("last_addresses")
            ips = (ip for (ip,) in self.rows("last_addresses", columns="DISTINCT ip"))
            self.engine.load(name, COUNTRY_COLUMNS, countries(ips, self.lookup))
        elif name in statements.names():
            self.need_sources(name)
            add = self.engine.keep if name in KEPT else self.engine.define
            add(name, statements.filled(name, self.values))
        else:
            return
        self.defined.add(name)

    def need_sources(self, name: str) -> None:
        for source in statements.sources(name):
            self.need(source)

    def forget(self, *names: str) -> None:
        """Free what is kept of these statements."""
        for name in names:
            if name in self.defined:
                is_view = name in statements.names() and name not in KEPT
                self.engine.drop(name, is_view=is_view)
                self.defined.discard(name)

    def value(self, name: str) -> Any:
        """Return the only value of a statement that gives one."""
        return next(self.rows(name))[0]
