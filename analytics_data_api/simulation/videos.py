"""The course's videos and how they were watched, segment by segment."""

from collections import Counter, defaultdict

from analytics_data_api.simulation.actions import Actions
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.rows import Row

SEGMENT_LENGTH = 5
# A video counts as watched to its end by those who watched this much of it, or up to 30 seconds before its end.
END_SHARE, END_SECONDS = 0.95, 30

# The learners of each segment, with the number of their viewings, by video.
Timelines = dict[int, dict[int, Counter[str]]]


def timelines(actions: Actions) -> Timelines:
    """Return the segments that learners watched, by the number of the video."""
    found: Timelines = defaultdict(lambda: defaultdict(Counter))
    for viewing in actions.viewings:
        if viewing.end is not None:
            for segment in range(int(viewing.start) // SEGMENT_LENGTH, int(viewing.end) // SEGMENT_LENGTH + 1):
                found[viewing.number][segment][viewing.learner.username] += 1
    return found


def video_rows(course: FakeCourse, actions: Actions) -> list[Row]:
    rows = []
    for number, segments in sorted(timelines(actions).items()):
        duration = actions.durations[number]
        end = int(max(duration - END_SECONDS, duration * END_SHARE)) // SEGMENT_LENGTH
        rows.append(
            {
                "pipeline_video_id": course.pipeline_video_id(course.videos[number]),
                "encoded_module_id": course.videos[number].html_id,
                "duration": duration,
                "segment_length": SEGMENT_LENGTH,
                "users_at_start": len(segments[0]),
                "users_at_end": len(segments[end]),
            }
        )
    return rows


def timeline_rows(course: FakeCourse, actions: Actions) -> list[Row]:
    return [
        {
            "pipeline_video_id": course.pipeline_video_id(course.videos[number]),
            "segment": segment,
            "num_users": len(views),
            "num_views": views.total(),
        }
        for number, segments in sorted(timelines(actions).items())
        for segment, views in sorted(segments.items())
    ]
