"""Videos of a course and their timelines."""

from collections.abc import Iterator

from django.db.models import Exists, QuerySet

from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.functions import DateTimeText, ascending
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import Video, VideoTimeline
from analytics_data_api.v0.params.videos import TimelineFilters


def videos_of_course(*, course_id: str, scope: Scope) -> Iterator[Row]:
    """Yield the videos of a course by their pipeline_video_id."""
    return compiled.rows(videos_statement, using=scope.using, course_id=course_id, exact=scope.exact)


def videos_statement(course_id: str, exact: bool) -> QuerySet:
    videos_of_course = of_course(Video, course_id, exact=exact)
    return videos_of_course.order_by(ascending("pipeline_video_id", text=True), "id").values_list(
        *("pipeline_video_id", "encoded_module_id", "duration", "segment_length", "users_at_start", "users_at_end"),
        DateTimeText("created"),
    )


def video_timeline(*, video_id: str, course_id: str | None, scope: Scope) -> Iterator[Row]:
    """Return the segments of a video in ascending order: number, learners, views, date of the count.

    The rows do not name a course. With ``course_id`` there are rows only if that course has the video, and with
    ``allowed`` only if every course that has it may be seen.
    """
    if scope.allowed is None:
        return compiled.rows(timeline_statement, using=scope.using, video_id=video_id, course_id=course_id)
    courses = [course for (course,) in compiled.rows(courses_statement, using=scope.using, video_id=video_id)]
    if not courses or not all(course in scope.allowed for course in courses) or course_id not in (None, *courses):
        return iter(())
    return compiled.rows(exact_timeline_statement, using=scope.using, video_id=video_id)


def courses_statement(video_id: str) -> QuerySet:
    return Video.objects.filter(pipeline_video_id__exact_text=video_id).values_list("course_id").distinct()


def timeline_statement(video_id: str, course_id: str | None) -> QuerySet:
    segments = VideoTimeline.objects.filter(pipeline_video_id=video_id)
    if course_id is not None:
        videos_of_id = Video.objects.filter(pipeline_video_id=video_id)
        segments = segments.filter(Exists(TimelineFilters.filtered(videos_of_id, course_id=course_id)))
    return ordered_segments(segments)


def exact_timeline_statement(video_id: str) -> QuerySet:
    return ordered_segments(VideoTimeline.objects.filter(pipeline_video_id__exact_text=video_id))


def ordered_segments(segments: QuerySet) -> QuerySet:
    return segments.order_by("segment", "id").values_list("segment", "num_users", "num_views", DateTimeText("created"))
