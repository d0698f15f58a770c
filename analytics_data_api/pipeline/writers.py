"""How each table gets its rows from the statements into the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from analytics_data_api.pipeline.answers import SHOWN_COLUMNS, as_shown
from analytics_data_api.pipeline.progress import days_between
from analytics_data_api.pipeline.session import Period, Session
from analytics_data_api.pipeline.tables import Recompute, Table
from analytics_data_api.pipeline.tags import TAG_COLUMNS, unfolded
from analytics_data_api.pipeline.writing import IDS_SIZE, Groups, TargetTable, day_text, one_transaction
from analytics_data_api.sql.rows import batches

WEEK = timedelta(days=7)
# Rows after which a transaction of several days ends.
TRANSACTION_SIZE = 100_000

Progressed = Callable[[int], object]

# In the order of the tables' indexes.
ORDERS = {
    "answer_distribution": "course_id, module_id, part_id",
    "tags_distribution": "course_id, module_id",
    "grade_distribution": "course_id, module_id",
    "sequential_open_distribution": "course_id, module_id",
}
# Columns that only the LMS knows. They keep their values if it does not say.
CATALOG = ("catalog_course_title", "catalog_course", "start_time", "end_time", "pacing_type", "availability")
SUMMARY = "course_meta_summary_enrollment"


@dataclass(frozen=True)
class WrittenCourses:
    """The courses that a run writes, sorted. Rows of adopted courses from before the first day are another pipeline's."""

    written: Sequence[str]
    adopted: frozenset[str]


def write_days(
    session: Session,
    targets: dict[Table, TargetTable],
    days: Sequence[date],
    period: Period,
    courses: WrittenCourses,
    advance: Progressed,
) -> None:
    """Replace the rows of days (or weeks), each of them in one transaction for all of these tables."""
    using = next(iter(targets.values())).using
    streams = [DayStream(session, table, target, days, period, courses) for table, target in targets.items()]
    waiting = list(days)
    while waiting:
        written = 0
        with one_transaction(using):
            # Several small days share a transaction, since each one touches most pages of the tables' indexes.
            while waiting and written < TRANSACTION_SIZE:
                day = waiting.pop(0)
                written += sum(stream.replace(day) for stream in streams)
                advance(1)


class DayStream:
    """The rows of one table, a day (or a week) after the other."""

    def __init__(
        self,
        session: Session,
        table: Table,
        target: TargetTable,
        days: Sequence[date],
        period: Period,
        courses: WrittenCourses,
    ) -> None:
        self.column = table.day_column or ""
        self.is_weekly = table.recompute is Recompute.WEEKS
        self.target = target
        self.first_day = period.first_day
        self.courses = courses
        self.names = session.columns(table.name)
        asked = list(chain.from_iterable(days_between(day, day + WEEK) for day in days)) if self.is_weekly else days
        # Texts are cheaper than dates, here and in the database's driver.
        selected = ", ".join(f"CAST({name} AS VARCHAR)" if name == self.column else name for name in self.names)
        rows = session.rows(
            table.name, order=f"{self.column}, {', '.join(self.names[:2])}", days=asked, columns=selected, owned=True
        )
        self.groups = Groups(rows, self.names.index(self.column))
        self.ids = target.ids_by_day(self.column, courses.written, days)

    def replace(self, day: date) -> int:
        """Replace the rows of a day. Return the number of new rows."""
        kept: frozenset[str] = frozenset()
        if self.is_weekly and day < self.first_day:
            # The store has only a part of this week, which must not take the place of an older pipeline's whole one.
            kept = self.courses.adopted
        if day in self.ids:
            replaced = [course_id for course_id in self.courses.written if course_id not in kept]
            self.target.delete_days(self.column, day, replaced, self.ids[day])
        rows: Iterable[tuple] = self.groups.of(day_text(day, self.column))
        if kept:
            place = self.names.index("course_id")
            rows = (row for row in rows if row[place] not in kept)
        before = self.target.rows
        self.target.insert(self.names, rows)
        return self.target.rows - before


def write_courses(
    names: Sequence[str],
    rows: Iterator[tuple],
    table: Table,
    target: TargetTable,
    period: Period,
    courses: WrittenCourses,
    advance: Progressed,
) -> None:
    """Replace the rows of each course in one transaction. The rows are sorted by course."""
    groups = Groups(rows, names.index("course_id"))
    for course_id in courses.written:
        with one_transaction(target.using):
            group: Iterable[tuple] = groups.of(course_id)
            if table.name == SUMMARY:
                group = with_stored_values(names, group, target, course_id)
            if table.day_column is None:
                target.delete("course_id = %s", [course_id])
            else:
                target.delete(f"course_id = %s AND {table.day_column} >= %s", [course_id, period.first_day.isoformat()])
            target.insert(names, group)
        advance(1)


def with_stored_values(names: Sequence[str], rows: Iterable[tuple], target: TargetTable, course_id: str) -> list[tuple]:
    """Return the rows of a course's summary with what stands in the table where they do not know better."""
    columns = ("enrollment_mode", "passing_users", *CATALOG)
    stored = [
        dict(zip(columns, row, strict=True))
        for row in target.select(", ".join(columns), "course_id = %s", [course_id], "ORDER BY created, id")
    ]
    catalog = stored[-1] if stored else {}
    passing = {row["enrollment_mode"]: row["passing_users"] for row in stored}
    result = []
    for row in rows:
        values = dict(zip(names, row, strict=True))
        if all(values[name] is None for name in CATALOG):
            values |= {name: catalog.get(name) for name in CATALOG}
        if values["passing_users"] is None:
            values["passing_users"] = passing.get(values["enrollment_mode"])
        result.append(tuple(values[name] for name in names))
    return result


def write_videos(
    session: Session, video: TargetTable, timeline: TargetTable, courses: WrittenCourses, advance: Progressed
) -> None:
    """Replace videos and timelines of each course in one transaction, since timelines name no course."""
    video_names, timeline_names = session.columns("video"), session.columns("video_timeline")
    videos = Groups(
        session.rows("video", order="course_id, pipeline_video_id", owned=True), video_names.index("course_id")
    )
    rows = session.rows("video_timeline", order="course_id, pipeline_video_id, segment", owned=True)
    segments = Groups(rows, timeline_names.index("course_id"))
    place = video_names.index("pipeline_video_id")
    id_length = timeline.columns["pipeline_video_id"].length
    for course_id in courses.written:
        with one_transaction(video.using):
            course_videos = list(videos.of(course_id))
            stored = video.select("DISTINCT pipeline_video_id", "course_id = %s", [course_id])
            ids = dict.fromkeys([row[0] for row in stored] + [row[place][:id_length] for row in course_videos])
            for batch in batches(ids, IDS_SIZE):
                timeline.delete(f"pipeline_video_id IN ({', '.join(['%s'] * len(batch))})", batch)
            video.delete("course_id = %s", [course_id])
            video.insert(video_names, course_videos)
            timeline.insert(timeline_names, segments.of(course_id))
        advance(1)


def rows_of_table(session: Session, name: str) -> tuple[Sequence[str], Iterator[tuple]]:
    """Return the columns and the rows of a table that is computed as a whole, sorted by course."""
    order = ORDERS.get(name, "course_id")
    rows = session.rows(name, order=order, owned=True)
    if name == "answer_distribution":
        return SHOWN_COLUMNS, map(as_shown, rows)
    if name == "tags_distribution":
        return TAG_COLUMNS, chain.from_iterable(map(unfolded, rows))
    return session.columns(name), rows


def cut_texts(targets: Iterable[TargetTable]) -> Counter[str]:
    return Counter({target.name: target.cut_texts for target in targets if target.cut_texts})
