"""The computation: what has changed is found, computed and written, a table after the other."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic

from django.db import connections
from tqdm import tqdm

from analytics_data_api.pipeline.countries import open_lookup
from analytics_data_api.pipeline.engines.opening import opened_engine
from analytics_data_api.pipeline.learner_rosters import write_rosters
from analytics_data_api.pipeline.ownership import CHECKED, take_over
from analytics_data_api.pipeline.progress import Changes, Progress, ProgressFile, days_between, days_of_table
from analytics_data_api.pipeline.records import write_records
from analytics_data_api.pipeline.session import Period, Session
from analytics_data_api.pipeline.store import EventStore, StoreError
from analytics_data_api.pipeline.summary import LOGS, RunSummary, TableSummary
from analytics_data_api.pipeline.tables import ENROLLMENTS, ROSTER, TABLES, Recompute, Table
from analytics_data_api.pipeline.writers import (
    WrittenCourses,
    cut_texts,
    rows_of_table,
    write_courses,
    write_days,
    write_videos,
)
from analytics_data_api.pipeline.writing import TargetTable, prepare_database

LONGEST_COURSE_ID = 255


class StoreBusy(StoreError):
    """Another load or computation holds the event store."""


# Statements whose results are dropped once a unit has been written. Results that other units read stay until the end.
FORGOTTEN = {
    "answer_distribution": ("answer_parts",),
    "record_problem_responses": ("record_problem_responses", "response_parts"),
    "videos": ("video", "video_timeline", "video_ends", "video_segments"),
}


@dataclass(frozen=True)
class Computation:
    """A run as the operator asked for it. ``end`` is not included."""

    end: date
    start: date | None = None
    tables: Collection[str] = ()
    adopts: bool = False
    is_dry_run: bool = False
    geoip_database: str | None = None
    engine: str = "duckdb"
    spark_master: str = "local[*]"
    shows_progress: bool = False


@dataclass(frozen=True)
class Task:
    """Tables that are written together, with the days that they need; None if they are computed as a whole."""

    tables: tuple[Table, ...]
    days: list[date] | None = None

    @property
    def unit(self) -> str:
        return self.tables[0].unit


def compute(store: EventStore, request: Computation, *, using: str) -> RunSummary:
    """Compute what the request asks for. Raise StoreError if it cannot be done."""
    began = monotonic()
    summary = RunSummary(end=request.end, engine=request.engine, is_dry_run=request.is_dry_run)
    with held(store):
        change = store.ledger.last_change()
        changes = store.changes()
        days = [day for day in changes if day < request.end]
        if days:
            period = Period(min(days), request.end)
            summary.enrollments_since = period.first_day
            file = ProgressFile(store.state / "computed.json", target_of(using))
            ComputationRun(store, request, period, changes, file, summary, using).run(change)
    summary.seconds = monotonic() - began
    return summary


@contextmanager
def held(store: EventStore) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(store.lock())
        except StoreError as error:
            raise StoreBusy(str(error)) from error
        yield


def target_of(using: str) -> str:
    """Return a name of the database that is written to, without its password."""
    config = connections[using].settings_dict
    return "|".join(str(config.get(key) or "") for key in ("ENGINE", "HOST", "PORT", "NAME"))


class ComputationRun:
    """One run, which holds the lock of the store."""

    def __init__(
        self,
        store: EventStore,
        request: Computation,
        period: Period,
        changes: Changes,
        file: ProgressFile,
        summary: RunSummary,
        using: str,
    ) -> None:
        self.store = store
        self.request = request
        self.period = period
        self.changes = changes
        self.file = file
        self.progress: Progress = file.read()
        self.summary = summary
        self.using = using
        self.lms = store.path / "lms"
        self.created = datetime.now(UTC)
        self.courses = WrittenCourses((), frozenset())
        # The LMS's tables that the run finds, and their missing columns.
        self.lms_tables: frozenset[str] = frozenset()
        self.missing: dict[str, tuple[str, ...]] = {}
        self.starting: dict[str, str] = {}

    def run(self, change: int) -> None:
        chosen = self.chosen_tables()
        with opened_engine(self.store, self.request.engine, self.request.spark_master) as engine:
            engine.read_events(self.store, self.period.end)
            session = Session(engine, self.period, self.lms, open_lookup(self.request.geoip_database))
            self.summary.tell_sources(session, self.request.geoip_database)
            self.lms_tables = frozenset(session.lms_tables)
            self.missing = {table: session.missing_columns(table) for table in session.lms_tables}
            self.starting = session.starting_digests()
            # Without a change the courses are the same, and reading them takes the longest part of an idle run.
            if self.tasks(chosen) or self.request.adopts or not self.progress.courses:
                self.find_courses(session)
            tasks = self.tasks(chosen)
            if self.request.is_dry_run:
                for task in tasks:
                    for table in task.tables:
                        self.summary.tables[table.name] = TableSummary(days=len(task.days or ()))
                return
            session.use_courses(self.courses.written)
            prepare_database(self.using)
            for task in tasks:
                self.work(session, task)
        self.file.write(self.progress, change=None if self.request.tables else change)

    def chosen_tables(self) -> list[Table]:
        """Return the tables that are asked for, with those that are written together with them."""
        names = self.request.tables
        units = {TABLES[name].unit for name in names if TABLES[name].group == "videos"}
        return [table for table in TABLES.values() if not names or table.name in names or table.unit in units]

    def find_courses(self, session: Session) -> None:
        found = sorted(course_id for (course_id,) in session.rows("store_courses"))
        self.summary.long_courses = [course_id for course_id in found if len(course_id) > LONGEST_COURSE_ID]
        found = [course_id for course_id in found if len(course_id) <= LONGEST_COURSE_ID]
        targets = [TargetTable(name, self.using, self.created) for name in CHECKED]
        self.summary.adopted_courses = take_over(
            self.progress, found, using=self.using, adopts=self.request.adopts, targets=targets
        )
        self.summary.skipped_courses = sorted(self.progress.skipped)
        self.courses = WrittenCourses(
            [course_id for course_id in found if course_id in self.progress.courses], frozenset(self.progress.adopted)
        )
        if not self.request.is_dry_run:
            # Before the first row is written, so that a run that is killed knows its own rows again.
            self.file.write(self.progress)

    def tasks(self, chosen: Sequence[Table]) -> list[Task]:
        """Return what is to be computed, in order."""
        units: dict[str, list[Table]] = {}
        days: dict[str, set[date]] = {}
        for table in chosen:
            if table.recompute is Recompute.LMS and not self.is_known(table):
                continue
            if table.is_by_day:
                asked = self.days_of(table)
                if asked:
                    units.setdefault(table.unit, []).append(table)
                    days.setdefault(table.unit, set()).update(asked)
            elif self.request.start is not None or self.progress.of(table.name).is_outdated(
                table, self.changes, self.period.end, self.inputs(table)
            ):
                units.setdefault(table.unit, []).append(table)
        return [Task(tuple(tables), sorted(days[unit]) if unit in days else None) for unit, tables in units.items()]

    def days_of(self, table: Table) -> list[date]:
        start, end = self.request.start, self.period.end
        if start is None:
            return self.progress.of(table.name).days_to_compute(
                table, self.changes, self.period.first_day, end, self.inputs(table)
            )
        return days_of_table(table, days_between(max(start, self.period.first_day), end), end)

    def is_known(self, table: Table) -> bool:
        """Return True if the LMS tells all that a table needs that no log knows."""
        return any(name in self.lms_tables and not set(table.needs) & set(self.missing[name]) for name in table.lms)

    def inputs(self, table: Table) -> dict[str, str]:
        """Return the state of all data beside the events that a table is computed from."""
        inputs = {name: state for name in table.lms if (state := self.input_of(name))}
        if table.uses_enrollments:
            inputs |= self.starting
        if table.uses_addresses and self.request.geoip_database:
            inputs["GEOIP_DATABASE"] = state_of_file(Path(self.request.geoip_database))
        return inputs

    def input_of(self, lms_table: str) -> str:
        return state_of_file(self.lms / f"{lms_table}.parquet")

    def work(self, session: Session, task: Task) -> None:
        began = monotonic()
        targets = {
            table: TargetTable(table.name, self.using, self.created) for table in task.tables if table.name != ROSTER
        }
        steps = len(self.courses.written) if task.days is None else len(task.days)
        with tqdm(total=steps, desc=task.unit, disable=not self.request.shows_progress, leave=False) as bar:
            self.write(session, task, targets, bar)
        self.summary.cut_texts += cut_texts(targets.values())
        for table in task.tables:
            rows = targets[table].rows if table in targets else self.summary.tables[table.name].rows
            self.summary.tables[table.name] = TableSummary(
                rows, len(task.days or ()), monotonic() - began, self.sources_of(table)
            )
            self.record(table)
        self.file.write(self.progress)
        session.forget(*FORGOTTEN.get(task.unit, ()))

    def write(self, session: Session, task: Task, targets: dict[Table, TargetTable], bar: tqdm) -> None:
        table = task.tables[0]
        if task.days is not None:
            if task.unit == "enrollment":
                session.use_days(task.days)
            write_days(session, targets, task.days, self.period, self.courses, bar.update)
        elif task.unit == "videos":
            video, timeline = (targets[TABLES[name]] for name in ("video", "video_timeline"))
            write_videos(session, video, timeline, self.courses, bar.update)
        elif table.name == ROSTER:
            learners, cut = write_rosters(session, self.period, using=self.using)
            self.summary.tables[ROSTER] = TableSummary(learners)
            self.summary.cut_texts += cut
            self.summary.nameless_learners = session.value("nameless_learners")
        elif table.is_record:
            # Courses that the store no longer has are among them, whose records have vanished.
            courses = sorted(self.progress.courses)
            write_records(session, table, targets[table], courses, bar.update)
            if table.name == "record_learner_activity":
                self.summary.idless_learners = session.value("idless_learners")
        else:
            names, rows = rows_of_table(session, table.name)
            write_courses(names, rows, table, targets[table], self.period, self.courses, bar.update)

    def sources_of(self, table: Table) -> list[str]:
        """Return the names of all data that a table was computed from."""
        lms = (*table.lms, *(ENROLLMENTS if table.uses_enrollments else ()))
        return [
            *([] if table.recompute is Recompute.LMS else [LOGS]),
            *(name for name in lms if name in self.lms_tables),
            *(["GEOIP_DATABASE"] if table.uses_addresses and self.request.geoip_database else []),
        ]

    def record(self, table: Table) -> None:
        computed = self.progress.of(table.name)
        inputs = self.inputs(table)
        if table.is_by_day:
            start = max(self.request.start or self.period.first_day, self.period.first_day)
            computed.record_days(self.changes, start, self.period.end, self.period.first_day, inputs)
        else:
            computed.record_whole(self.changes, self.period.end, inputs)


def state_of_file(path: Path) -> str:
    """Return a text that changes with the file; empty if there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return hashlib.sha256(f"{path}|{found.st_size}|{found.st_mtime_ns}".encode()).hexdigest()[:16]


def check_request(request: Computation, today: date) -> None:
    """Raise StoreError if the request's dates cannot be computed."""
    if request.end > today:
        raise StoreError(f"--end {request.end} has not been reached: choose {today} (today, UTC) or an earlier day")
    if request.start is not None and request.start >= request.end:
        raise StoreError(f"--start {request.start} is not before --end {request.end}")
    unknown = [name for name in request.tables if name not in TABLES]
    if unknown:
        raise StoreError(f"--table {unknown[0]!r} is not a computed table: choose among {', '.join(TABLES)}")
