"""The two documented videos. Their ids name another course than their own: this is how the documents print them."""

from datetime import UTC, datetime

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0.models import Video, VideoTimeline

CREATED = datetime(2015, 4, 15, 21, 41, 58, tzinfo=UTC)
TIMELINE_CREATED = datetime(2015, 5, 13, 5, 4, 19, tzinfo=UTC)

FIRST, SECOND = "02874e0ae0c74ae7b16faa5d6fdc8085", "03454e0ae0c72ae7b16fab3d6fdc2143"
# Duration and users at the start.
VIDEOS = {FIRST: (142, 2), SECOND: (66, 1044)}
# Users and views of each segment.
TIMELINES = {
    FIRST: ((472, 539), (450, 510), (438, 493)),
    SECOND: (
        *((1044, 1203), (1012, 1127), (985, 1078), (961, 1049), (948, 1312), (936, 1295), (911, 1004)),
        *((884, 967), (702, 751), (655, 699), (611, 648), (433, 457), (120, 124), (0, 0)),
    ),
}


def video(name: str) -> Row:
    return {"pipeline_video_id": f"UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-{name}"}


def tables() -> Tables:
    shared = {"course_id": DEMO_COURSE, "segment_length": 5, "users_at_end": 0, "created": CREATED}
    videos = [
        {
            **shared,
            **video(name),
            "encoded_module_id": f"i4x-UX-UT_3_01x-video-{name}",
            "duration": duration,
            "users_at_start": users,
        }
        for name, (duration, users) in VIDEOS.items()
    ]
    timelines = [
        {**video(name), "segment": segment, "num_users": users, "num_views": views, "created": TIMELINE_CREATED}
        for name, segments in TIMELINES.items()
        for segment, (users, views) in enumerate(segments)
    ]
    return {Video: videos, VideoTimeline: timelines}
