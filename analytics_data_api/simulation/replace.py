"""Replace the course's rows in a database."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from analytics_data_api.rosters.load import staging_file, written_rosters
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.rosters import roster_lines, stage
from analytics_data_api.simulation.rows import Row, Tables, insert
from analytics_data_api.simulation.summaries import programs
from analytics_data_api.sql.rows import batches
from analytics_data_api.v0.checks import KEYS
from analytics_data_api.v0.models import CourseProgramMetadata, Roster, RosterLearner, Video, VideoTimeline

Progress = Callable[[int], object]


def replace_course(
    course: FakeCourse, tables: Tables, *, using: str, progress: Progress = lambda count: None
) -> dict[str, int]:
    """Replace all rows of the course, or none if interrupted, and return the number of rows of each table.

    The number of rows of each batch that is written goes to ``progress``.
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


def remove_course(course: FakeCourse, *, using: str) -> None:
    """Delete all rows of the course but those of its programs, which neither logs nor the LMS's tables tell."""
    tables: Tables = {**dict.fromkeys(KEYS, []), CourseProgramMetadata: programs(course)}
    with transaction.atomic(using=using):
        replace_tables(course, tables, using=using, progress=lambda rows: None)
        current = Roster.objects.using(using).filter(course_id=course.course_id, state=Roster.CURRENT)
        current.update(state=Roster.RETIRED, touched=timezone.now())


def replace_tables(course: FakeCourse, tables: Tables, *, using: str, progress: Progress) -> dict[str, int]:
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
        insert(model, ({**shared, **row} for row in rows), using=using, progress=progress)
        counts[model._meta.db_table] = len(rows)
    return counts


def delete_timelines(course_id: str, *, using: str) -> None:
    """Delete the timelines of the course's videos, except those whose video other courses have too."""
    own = Video.objects.using(using).filter(course_id=course_id).values_list("pipeline_video_id", flat=True).distinct()
    for batch in batches(list(own)):
        foreign = videos_of_others(course_id, batch, using=using)
        VideoTimeline.objects.using(using).filter(pipeline_video_id__in=set(batch) - foreign).delete()


def videos_of_others(course_id: str, video_ids: list[str], *, using: str) -> set[str]:
    """Return those of the ids that videos of other courses have too."""
    others = Video.objects.using(using).filter(pipeline_video_id__in=video_ids).exclude(course_id=course_id)
    return set(others.values_list("pipeline_video_id", flat=True))
