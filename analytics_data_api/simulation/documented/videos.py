"""The two documented videos. Their ids name another course than the one whose videos they are: so they are printed."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Model

from tests.support.factories import VideoFactory, VideoTimelineFactory

CREATED = datetime(2015, 4, 15, 21, 41, 58, tzinfo=UTC)
TIMELINE_CREATED = datetime(2015, 5, 13, 5, 4, 19, tzinfo=UTC)

FIRST = "02874e0ae0c74ae7b16faa5d6fdc8085"
SECOND = "03454e0ae0c72ae7b16fab3d6fdc2143"

# Users and views of each segment.
TIMELINES = {
    FIRST: ((472, 539), (450, 510), (438, 493)),
    SECOND: (
        *((1044, 1203), (1012, 1127), (985, 1078), (961, 1049), (948, 1312), (936, 1295), (911, 1004)),
        *((884, 967), (702, 751), (655, 699), (611, 648), (433, 457), (120, 124), (0, 0)),
    ),
}


def pipeline_video_id(name: str) -> str:
    return f"UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-{name}"


def videos() -> Iterable[Model]:
    for name, duration, users_at_start in ((FIRST, 142, 2), (SECOND, 66, 1044)):
        yield VideoFactory.build(
            pipeline_video_id=pipeline_video_id(name),
            encoded_module_id=f"i4x-UX-UT_3_01x-video-{name}",
            duration=duration,
            users_at_start=users_at_start,
            created=CREATED,
        )


def rows() -> list[Model]:
    return [
        *videos(),
        *(
            VideoTimelineFactory.build(
                pipeline_video_id=pipeline_video_id(name),
                segment=segment,
                num_users=num_users,
                num_views=num_views,
                created=TIMELINE_CREATED,
            )
            for name, segments in TIMELINES.items()
            for segment, (num_users, num_views) in enumerate(segments)
        ),
    ]
