"""Viewings of videos, their segments and their ends."""

import pytest

from tests.pipeline.computed import rows, run
from tests.pipeline.stores import COURSE, pause, play, seek, stop, store_of, video

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])


def at(second):
    return f"2024-01-01 10:00:{second:02}"


# Events of one learner, and the segments with their views.
VIEWINGS = {
    "a play and a pause": ([play(at(0), 0), pause(at(1), 11)], {0: 1, 1: 1, 2: 1}),
    "a stop": ([play(at(0), 0), stop(at(1), 4)], {0: 1}),
    "a viewing that nothing ends": ([play(at(0), 0)], {}),
    "another play takes its place": ([play(at(0), 0), play(at(1), 10), pause(at(2), 12)], {2: 1}),
    "a pause without a play": ([pause(at(0), 10), pause(at(1), 11)], {}),
    "a seek ends where it came from": ([play(at(0), 0), seek(at(1), 6, 100)], {0: 1, 1: 1}),
    "after a seek the next play starts where it went": (
        [play(at(0), 0), seek(at(1), 4, 100), play(at(2), 4), pause(at(3), 101)],
        {0: 1, 20: 1},
    ),
    "but not after a seek outside of a viewing": (
        [play(at(0), 0), pause(at(1), 4), seek(at(2), 4, 100), play(at(3), 10), pause(at(4), 11)],
        {0: 1, 2: 1},
    ),
    "nor does a second play": (
        [play(at(0), 0), seek(at(1), 4, 100), play(at(2), 4), play(at(3), 50), pause(at(4), 51)],
        {0: 1, 10: 1},
    ),
    "shorter than a quarter of a second": ([play(at(0), 0), pause(at(1), 0.2)], {}),
    "backwards": ([play(at(0), 10), pause(at(1), 5)], {}),
    "past the end of the video": ([play(at(0), 0, duration=10), pause(at(1), 11.5)], {}),
    "a second past the end is allowed": ([play(at(0), 0, duration=10), pause(at(1), 11)], {0: 1, 1: 1, 2: 1}),
    "numbers as texts": ([play(at(0), "0"), pause(at(1), "4.5")], {0: 1}),
    "an offset that is none": ([play(at(0), 0), pause(at(1), "NaN"), pause(at(2), 4)], {0: 1}),
    "an offset past ten hours": ([play(at(0), 0), pause(at(1), 36001), pause(at(2), 4)], {0: 1}),
    "a play without a place": ([video(at(0), "play", {}), pause(at(1), 4)], {}),
    "a pause without a place is at 0": ([play(at(0), 0), video(at(1), "pause", {}), pause(at(2), 4)], {}),
    "a pause at null is ignored": ([play(at(0), 0), pause(at(1), None), pause(at(2), 4)], {0: 1}),
    "a stop without a place is ignored": ([play(at(0), 0), video(at(1), "stop", {}), pause(at(2), 4)], {0: 1}),
    "a seek without a goal is ignored": ([play(at(0), 0), seek(at(1), 4, None), pause(at(2), 9)], {0: 1, 1: 1}),
    "at one instant a pause comes before a play": ([play(at(0), 0), play(at(1), 10), pause(at(1), 4)], {0: 1}),
    "a user without a number": ([play(at(0), 0, user_id="x"), pause(at(1), 4, user_id="x")], {}),
    "a course in the URL": (
        [play(at(0), 0, course=None, url_course_id=COURSE), pause(at(1), 4, course=None, url_course_id=COURSE)],
        {0: 1},
    ),
    "two views of one segment": ([play(at(0), 0), pause(at(1), 4), play(at(2), 1), pause(at(3), 6)], {0: 2, 1: 1}),
}


@pytest.mark.parametrize(("events", "views"), VIEWINGS.values(), ids=VIEWINGS)
def test_segments_of_a_viewing(tmp_path, events, views):
    run(store_of(tmp_path, *events), "2024-01-02", tables=["video"])
    assert rows("video_timeline", "segment", "num_users", "num_views") == [
        (segment, 1, number) for segment, number in views.items()
    ]


def test_old_seeks_that_did_not_log_where_they_came_from(tmp_path):
    """Before 25 June 2014 a seek logged its goal twice: the viewing ends where the next event says."""
    old = [play("2014-06-01 10:00", 0), seek("2014-06-01 10:01", 90, 90), pause("2014-06-01 10:02", 14)]
    new = [play("2014-07-01 10:00", 0, module="w"), seek("2014-07-01 10:01", 9, 9, module="w")]
    run(store_of(tmp_path, *old, *new), "2014-07-02")
    assert [(row[0][-1], row[1]) for row in rows("video_timeline", "pipeline_video_id", "segment")] == [
        *(("v", segment) for segment in range(3)),
        *(("w", segment) for segment in range(2)),
    ]


def watch(user_id, start, end, duration=None, module="v"):
    """Return a viewing of a learner of one's own."""
    return [
        play(f"2024-01-01 10:{user_id:02}:00", start, duration, user_id=user_id, module=module),
        pause(f"2024-01-01 10:{user_id:02}:59", end, user_id=user_id, module=module),
    ]


def viewed(*viewings):
    return [event for viewing in viewings for event in viewing]


VIDEO = ("duration", "users_at_start", "users_at_end")
VIDEOS = {
    "the end of a short video": (viewed(watch(1, 0, 9.5, 10), watch(2, 0, 4, 10)), (10, 2, 1)),
    "the end is at 95 %": (viewed(watch(1, 95, 99, 100), watch(2, 90, 94, 100)), (100, 0, 1)),
    "or 30 seconds before the end": (viewed(watch(1, 620, 624, 650)), (650, 0, 1)),
    "nobody at the end": (viewed(watch(1, 0, 4, 650)), (650, 1, 0)),
    "the longest of known durations": (viewed(watch(1, 0, 4, 10.7), watch(2, 0, 4, 9)), (10, 2, 0)),
    "one viewing does not know": (viewed(watch(1, 0, 9, 100), watch(2, 0, 4)), (9, 2, 1)),
    "users drop to a twentieth": (
        viewed(*(watch(user, 0, 4) for user in range(1, 21)), watch(21, 0, 9)),
        (4, 21, 21),
    ),
    "a little more than a twentieth": (
        viewed(*(watch(user, 0, 4) for user in range(1, 19)), watch(21, 0, 9)),
        (9, 19, 1),
    ),
}


@pytest.mark.parametrize(("events", "expected"), VIDEOS.values(), ids=VIDEOS)
def test_video(tmp_path, events, expected):
    run(store_of(tmp_path, *events), "2024-01-02", tables=["video"])
    assert rows("video", *VIDEO) == [expected]
    assert rows("video", "pipeline_video_id", "encoded_module_id", "segment_length") == [(f"{COURSE}|v", "v", 5)]


def test_timeline_ends_with_the_video(tmp_path):
    """Of 25 learners one watches on after the end, and nobody watches the second segment."""
    crowd = [watch(user, 0, 4) for user in range(1, 25)]
    events = viewed(*crowd, watch(30, 0, 4), watch(31, 10, 14), watch(31, 20, 24))
    run(store_of(tmp_path, *events), "2024-01-02", tables=["video"])
    assert rows("video_timeline", "segment", "num_users", "num_views") == [(0, 25, 25)]


def test_a_learner_counts_once_in_a_segment(tmp_path):
    events = [
        *(play(at(0), 0), pause(at(1), 14), play(at(2), 5), pause(at(3), 24), play(at(4), 0), pause(at(5), 4)),
        *watch(2, 10, 12),
    ]
    run(store_of(tmp_path, *events), "2024-01-02", tables=["video"])
    assert rows("video_timeline", "segment", "num_users", "num_views") == [
        (0, 1, 2),
        (1, 1, 2),
        (2, 2, 3),
        (3, 1, 1),
        (4, 1, 1),
    ]
