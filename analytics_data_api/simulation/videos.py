"""The course's videos and how they were watched, segment by segment."""

from math import ceil, exp
from random import Random
from typing import NamedTuple

from analytics_data_api.simulation.course import FakeCourse, Module
from analytics_data_api.simulation.problems import share_of_learners
from analytics_data_api.simulation.rows import Row

SEGMENT_LENGTH = 5
# Credits and farewells begin here, as a share of the duration.
LAST_WORDS = 0.95


class WatchedVideo(NamedTuple):
    """A video with its duration in seconds and the learners and views of each of its segments."""

    video: Module
    duration: int
    timeline: list[tuple[int, int]]


def watched_videos(course: FakeCourse, learners: int) -> list[WatchedVideo]:
    chance = course.chance("videos")
    videos = []
    for video in course.videos:
        duration = chance.randint(45, 720)
        at_start = max(int(learners * share_of_learners(video.place) * chance.uniform(0.75, 1.1)), 3)
        videos.append(
            WatchedVideo(video, duration, watched_segments(chance, ceil(duration / SEGMENT_LENGTH), at_start))
        )
    return videos


def watched_segments(chance: Random, segments: int, at_start: int) -> list[tuple[int, int]]:
    """Return the learners and views of each segment: learners drop out, and watch a few difficult places again."""
    fading = chance.uniform(0.3, 1.1)
    peaks = chance.sample(range(segments), min(segments, chance.randint(1, 3)))
    rows = [(at_start, int(at_start * chance.uniform(1.1, 1.3)))]
    for segment in range(1, segments):
        place = segment / segments
        staying = (0.86 + 0.14 * exp(-segment / 2)) * exp(-fading * place) * (0.7 if place > LAST_WORDS else 1)
        again = sum(exp(-(((segment - peak) / 2) ** 2)) for peak in peaks)
        users = min(int(at_start * staying * chance.uniform(0.98, 1) * (1 + 0.05 * again)), at_start)
        rows.append((users, int(users * (chance.uniform(1.06, 1.12) + 0.8 * again))))
    return rows


def video_rows(course: FakeCourse, videos: list[WatchedVideo]) -> list[Row]:
    return [
        {
            "pipeline_video_id": course.pipeline_video_id(video),
            "encoded_module_id": video.html_id,
            "duration": duration,
            "segment_length": SEGMENT_LENGTH,
            "users_at_start": segments[0][0],
            "users_at_end": segments[-1][0],
        }
        for video, duration, segments in videos
    ]


def timeline_rows(course: FakeCourse, videos: list[WatchedVideo]) -> list[Row]:
    return [
        {"pipeline_video_id": course.pipeline_video_id(video), "segment": n, "num_users": users, "num_views": views}
        for video, _duration, segments in videos
        for n, (users, views) in enumerate(segments)
    ]
