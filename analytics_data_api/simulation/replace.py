"""Puts the course's tables into a database."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Model

from analytics_data_api.rosters.load import staging_file, written_rosters
from analytics_data_api.simulation.course import FakeCourse, Row
from analytics_data_api.simulation.rosters import roster_lines, stage
from analytics_data_api.v0.models import RosterLearner, Video, VideoTimeline

BATCH_SIZE = 1000


def replace_course(
    course: FakeCourse,
    tables: dict[type[Model], list[Row]],
    *,
    using: str,
    progress: Callable[[int], object] = lambda rows: None,
) -> dict[str, int]:
    """Replaces all rows of the course, or none where it is interrupted. Returns how many rows each table got.

    ``progress`` is told the number of rows of each batch that is written.
    """
    learners = roster_lines(course, tables)
    with staging_file(course.created) as staging:
        stage(staging, learners)
        with (
            written_rosters(staging, course.created, using=using) as make_roster_current,
            transaction.atomic(using=using),
        ):
            make_roster_current()
            counts = replace_tables(course, tables, using=using, progress=progress)
    return {**counts, RosterLearner._meta.db_table: len(learners)}


def replace_tables(
    course: FakeCourse, tables: dict[type[Model], list[Row]], *, using: str, progress: Callable[[int], object]
) -> dict[str, int]:
    counts = {}
    delete_timelines(course.course_id, using=using)
    foreign = videos_of_others(course.course_id, [row["pipeline_video_id"] for row in tables[Video]], using=using)
    for model, rows in tables.items():
        shared: Row = {"created": course.created}
        if model is VideoTimeline:
            rows = [row for row in rows if row["pipeline_video_id"] not in foreign]
        else:
            shared["course_id"] = course.course_id
            model._default_manager.using(using).filter(course_id=course.course_id).delete()
        for batch in batches(rows):
            model._default_manager.using(using).bulk_create(model(**shared, **row) for row in batch)
            progress(len(batch))
        counts[model._meta.db_table] = len(rows)
    return counts


def delete_timelines(course_id: str, *, using: str) -> None:
    """Timelines name no course: those of the course's videos go, unless a video of another course has the same id."""
    own = Video.objects.using(using).filter(course_id=course_id).values_list("pipeline_video_id", flat=True).distinct()
    for batch in batches(list(own)):
        foreign = videos_of_others(course_id, batch, using=using)
        VideoTimeline.objects.using(using).filter(pipeline_video_id__in=set(batch) - foreign).delete()


def videos_of_others(course_id: str, video_ids: list[str], *, using: str) -> set[str]:
    """Those of the ids that videos of other courses have too."""
    others = Video.objects.using(using).filter(pipeline_video_id__in=video_ids).exclude(course_id=course_id)
    return set(others.values_list("pipeline_video_id", flat=True))


def batches(rows: Iterable) -> Iterator[list]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH_SIZE)):
        yield batch
