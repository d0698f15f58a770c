"""The result of a run of the computation: for people, and as one line of JSON."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics_data_api.pipeline.lms_sources import LMSSource
from analytics_data_api.pipeline.session import Session
from analytics_data_api.pipeline.tables import ENROLLMENTS

LOGS = "logs"


@dataclass
class TableSummary:
    """The rows that a run wrote to a table. ``days`` is 0 for tables that are not computed by day.

    ``sources`` names all data that the rows were computed from.
    """

    rows: int = 0
    days: int = 0
    seconds: float = 0.0
    sources: list[str] = field(default_factory=list)


@dataclass
class RunSummary:
    """The result of a run. ``enrollments_since`` is the first day of the event store."""

    end: date
    engine: str
    enrollments_since: date | None = None
    tables: dict[str, TableSummary] = field(default_factory=dict)
    cut_texts: Counter[str] = field(default_factory=Counter)
    skipped_courses: list[str] = field(default_factory=list)
    adopted_courses: list[str] = field(default_factory=list)
    # Courses whose ids are too long for the tables.
    long_courses: list[str] = field(default_factory=list)
    nameless_learners: int = 0
    # Learners of problem checks who have no id, and so no records.
    idless_learners: int = 0
    # The country database, and the LMS's tables with what is known about their loads.
    geoip_database: str | None = None
    lms_sources: dict[str, LMSSource | None] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_dry_run: bool = False

    def tell_sources(self, session: Session, geoip_database: str | None) -> None:
        """Set what the run knows of its sources, and what it cannot know for want of others."""
        self.geoip_database = geoip_database
        self.lms_sources = {table: session.sources.get(table) for table in sorted(session.lms_tables)}
        self.unknown = list(unknown_of(session.lms_tables, geoip_database))
        for table, source in sorted(session.sources.items()):
            if source.missing:
                self.unknown.append(
                    f"The LMS's {source.kind} gave {table} without {', '.join(source.missing)}: unknown, with all that "
                    "needs it."
                )

    def sources(self) -> dict[str, Any]:
        """Return what each name among the sources of tables means."""
        since = self.enrollments_since
        logs = {"first_day": since and since.isoformat(), "end": self.end.isoformat()}
        lms = {
            table: source and {"kind": source.kind, "name": source.name, "day": source.day}
            for table, source in self.lms_sources.items()
        }
        geoip = {"GEOIP_DATABASE": {"file": self.geoip_database}} if self.geoip_database else {}
        return {LOGS: logs, **lms, **geoip}

    def as_json(self) -> dict[str, Any]:
        since = self.enrollments_since
        return {
            "end": self.end.isoformat(),
            "engine": self.engine,
            "enrollments_since": since and since.isoformat(),
            "tables": {
                name: {
                    "rows": table.rows,
                    "days": table.days,
                    "seconds": round(table.seconds, 2),
                    "sources": table.sources,
                }
                for name, table in self.tables.items()
            },
            "sources": self.sources(),
            "cut_texts": dict(self.cut_texts),
            "skipped_courses": self.skipped_courses,
            "adopted_courses": self.adopted_courses,
            "long_courses": self.long_courses,
            "nameless_learners": self.nameless_learners,
            "idless_learners": self.idless_learners,
            "unknown": self.unknown,
            "seconds": round(self.seconds, 2),
            "dry_run": self.is_dry_run,
        }

    def lines(self) -> Iterator[str]:
        """Yield the sentences that people read after the run."""
        if self.enrollments_since is None:
            yield f"The event store has no events before {self.end.isoformat()}: there is nothing to compute."
            return
        if not self.tables:
            yield "Nothing has changed since the last computation."
        width = max(map(len, self.tables), default=0)
        for name, table in self.tables.items():
            days = f", {table.days} days or weeks" if table.days else ""
            if self.is_dry_run:
                yield f"{name:{width}} would be computed{days}"
            else:
                names = ", ".join(table.sources)
                yield f"{name:{width}} {table.rows:>9} rows{days} ({table.seconds:.1f} s), from {names}"
        yield from self.source_lines()
        before = (
            "count by what the LMS knows of them"
            if self.lms_sources.keys() & set(ENROLLMENTS)
            else "are counted from their first enrollment event on"
        )
        yield (
            f"Enrollments are known since {self.enrollments_since.isoformat()}, the first day of the event store: learners "
            f"who enrolled before {before}."
        )
        yield from self.unknown
        if self.nameless_learners:
            yield (
                f"{self.nameless_learners} enrollments are in no roster, because no event tells the learner's username. "
                "Data of the LMS (auth_user) would."
            )
        if self.idless_learners:
            yield (
                f"{self.idless_learners} learners who responded to problems have no records, because no event tells their "
                "ids. Data of the LMS (auth_user) would."
            )
        for name, cut in sorted(self.cut_texts.items()):
            yield f"{cut} texts were cut to the length of their column in {name}."
        if self.skipped_courses:
            yield (
                f"{len(self.skipped_courses)} courses were left alone, because the database has rows of them that this "
                f"command did not write: {', '.join(self.skipped_courses[:5])}"
                f"{', …' if len(self.skipped_courses) > 5 else ''}. Run it with --adopt to replace these rows from "
                f"{self.enrollments_since.isoformat()} on."
            )
        if self.long_courses:
            yield f"{len(self.long_courses)} courses were left out, because their ids are longer than 255 characters."
        if not self.is_dry_run:
            yield f"Computed up to {self.end.isoformat()} (not included) in {self.seconds:.1f} s."

    def source_lines(self) -> Iterator[str]:
        """Yield a line for each source that any of the tables was computed from."""
        used = {name for table in self.tables.values() for name in table.sources}
        if LOGS in used:
            yield f"logs: events from {self.enrollments_since} up to {self.end} (not included)"
        for name, source in self.lms_sources.items():
            if name in used:
                yield f"{name}: {source or 'of a load that did not note its source'}"
        if "GEOIP_DATABASE" in used:
            yield f"GEOIP_DATABASE: {self.geoip_database}"


def unknown_of(lms_tables: Collection[str], geoip_database: str | None) -> Iterator[str]:
    """Yield a sentence for each thing that cannot be known without more data."""
    missing = {
        "auth_userprofile": "Gender, year of birth and level of education are unknown, and rosters have no names",
        "auth_user": "Rosters have no email addresses, so that a search by email finds nobody",
        "course_groups_courseusergroup": "Rosters have no cohorts",
        "grades_persistentcoursegrade": "Numbers of passing learners stay as they are",
        "course_overviews_courseoverview": "Titles, dates and pacing of courses stay as they are",
        "courseware_studentmodule": "grade_distribution and sequential_open_distribution stay as they are",
        "course_blocks": "Records of blocks are only of problems and videos in the log, without their places in the course",
        "completion_blockcompletion": "Records have no completion",
        "student_courseaccessrole": "Records have no roles, and record_organization_roles is empty",
        "catalog_programs": "course_program_metadata stays as it is",
    }
    for table, sentence in missing.items():
        if table == "course_overviews_courseoverview" and "catalog_course_runs" in lms_tables:
            continue
        if table not in lms_tables:
            yield f"{sentence}: the event store has no data of the LMS's table {table}."
    if "student_courseenrollment" not in lms_tables:
        yield "Countries and records are those of the enrollments of the log, not those of the LMS."
    if not geoip_database:
        yield "Countries are unknown: GEOIP_DATABASE is not set."
