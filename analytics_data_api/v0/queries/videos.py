"""Videos of a course and their timelines."""

from collections.abc import Iterator

from django.db.models import Exists

from analytics_data_api.v0.models import Video, VideoTimeline
from analytics_data_api.v0.queries.base import Row, fetch, of_course
from analytics_data_api.v0.queries.functions import DateTimeText, ascending


def videos(*, course_id: str, using: str) -> Iterator[Row]:
    """The videos of a course by their pipeline_video_id."""
    return fetch(
        of_course(Video, course_id=course_id, using=using).order_by(ascending("pipeline_video_id", text=True), "id"),
        "pipeline_video_id",
        "encoded_module_id",
        "duration",
        "segment_length",
        "users_at_start",
        "users_at_end",
        DateTimeText("created"),
    )


def video_timeline(*, video_id: str, course_id: str | None, using: str) -> Iterator[Row]:
    """Segments in ascending order: number, learners, views, date of the count.

    The rows name no course; with ``course_id`` there are none unless that course has a video of this id.
    """
    segments = VideoTimeline.objects.using(using).filter(pipeline_video_id=video_id)
    if course_id is not None:
        videos_of_course = Video.objects.using(using).filter(pipeline_video_id=video_id, course_id=course_id)
        segments = segments.filter(Exists(videos_of_course))
    return fetch(segments.order_by("segment", "id"), "segment", "num_users", "num_views", DateTimeText("created"))
