"""Engagement of the documented learner and of some others in a course of theirs, and of two learners of the demo course.

The metric ranges stand in that course and in the one whose learners' metadata the documents print.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import count, islice

from django.db.models import Model

from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.learners import Learner, invented_learners
from tests.support.factories import (
    DEMO_COURSE,
    ModuleEngagementFactory,
    ModuleEngagementMetricRangesFactory,
)

COOL_COURSE = "my/cool/course"
METADATA_COURSE = "my/course/id"
LEARNER = "dan-friedman"
# The others of his course, and how many of them did something.
OTHERS, ENGAGED = 98, 12
CREATED = datetime(2015, 11, 9, 4, 10, 0, tzinfo=UTC)

# The documented week: 24 contributions, 138 problems attempted in 342 attempts, 76 of them completed, 26 videos. No
# problem or video comes twice in it, so that the days add up to the distinct ones of the week.
WEEK_START, WEEK_END = date(2015, 10, 19), date(2015, 10, 26)
WEEK: dict[date, tuple[dict[str, int], int, int, int]] = {
    # day: contributions by discussion, problems attempted, problems completed, videos viewed
    date(2015, 10, 19): ({"introductions": 1}, 5, 2, 7),
    date(2015, 10, 20): ({"introductions": 3, "course": 2}, 0, 0, 1),
    date(2015, 10, 21): ({"course": 5}, 30, 16, 4),
    date(2015, 10, 22): ({"course": 3}, 41, 24, 5),
    date(2015, 10, 23): ({"course": 4, "study_groups": 2}, 0, 0, 0),
    date(2015, 10, 24): ({}, 44, 25, 7),
    date(2015, 10, 25): ({"study_groups": 4}, 18, 9, 2),
}

METRIC_RANGES: dict[str, dict[str, tuple[float, float | None]]] = {
    "problem_attempts_per_completed": {"normal": (0, None)},
    "problems_attempted": {"low": (0, 5), "normal": (5, 15.2), "high": (15.2, None)},
    "problems_completed": {"low": (0, 5), "normal": (5, 15.2)},
    "discussion_contributions": {"normal": (0, 3), "high": (3, None)},
    "videos_viewed": {"low": (0, 2), "normal": (2, 14), "high": (14, None)},
}


def invented_people() -> list[Learner]:
    """The others of the documented learner's course, who all come after him."""
    people = invented_learners(FakeCourse(COOL_COURSE, seed=1, end=WEEK_END, num_weeks=10))
    return list(islice((person for person in people if person.username > LEARNER), OTHERS))


def engaged(day: date, entity_type: str, entity_id: str, event: str, times: int, username: str = LEARNER) -> Model:
    return ModuleEngagementFactory.build(
        course_id=COOL_COURSE,
        username=username,
        date=day,
        entity_type=entity_type,
        entity_id=entity_id,
        event=event,
        count=times,
        created=CREATED,
    )


def problem_id(number: int) -> str:
    return f"i4x://my/cool/problem/problem_{number:03}"


def attempts(number: int) -> int:
    """Two or three attempts at a problem: 342 at the 138 problems of the week."""
    return 3 if number % 23 < 11 else 2


def engagement_of_week() -> Iterator[Model]:
    problems, videos = count(), count()
    for day, (contributions, attempted, completed, viewed) in WEEK.items():
        for discussion, times in contributions.items():
            yield engaged(day, "discussion", discussion, "contributed", times)
        for position in range(attempted):
            number = next(problems)
            yield engaged(day, "problem", problem_id(number), "attempted", attempts(number))
            if position < completed:
                yield engaged(day, "problem", problem_id(number), "completed", 1)
        for _ in range(viewed):
            yield engaged(day, "video", f"i4x-my-cool-video-video_{next(videos):02}", "viewed", 1)


def engagement_after_week() -> Iterator[Model]:
    """What he comes back to later: problems and a video that the week's days have already counted."""
    for number in (0, 4, 5):
        yield engaged(date(2015, 10, 26), "problem", problem_id(number), "attempted", 1)
    yield engaged(date(2015, 10, 26), "problem", problem_id(4), "completed", 1)
    yield engaged(date(2015, 10, 26), "video", "i4x-my-cool-video-video_00", "viewed", 2)
    yield engaged(date(2015, 10, 29), "discussion", "course", "contributed", 1)


def engagement_of_others() -> Iterator[Model]:
    """A few problems and videos each, in the documented week."""
    for number, person in enumerate(invented_people()[:ENGAGED]):
        day = date(2015, 10, 19 + number % 7)
        for problem in range(number % 4):
            yield engaged(day, "problem", problem_id(problem), "attempted", 1 + (number + problem) % 3, person.username)
            if problem < number % 3:
                yield engaged(day, "problem", problem_id(problem), "completed", 1, person.username)
        for video in range(1 + number % 3):
            yield engaged(day, "video", f"i4x-my-cool-video-video_{video:02}", "viewed", 1, person.username)


def metric_ranges(course_id: str) -> Iterable[Model]:
    for metric, ranges in METRIC_RANGES.items():
        for range_type, (low_value, high_value) in ranges.items():
            yield ModuleEngagementMetricRangesFactory.build(
                course_id=course_id,
                start_date=WEEK_START,
                end_date=WEEK_END,
                metric=metric,
                range_type=range_type,
                low_value=low_value,
                high_value=high_value,
                created=CREATED,
            )


def engagement_of_demo_course() -> Iterable[Model]:
    choices = f"i4x://{DEMO_COURSE}/problem/268b43628e6d45f79c52453a590f9829"
    two_parts = f"i4x://{DEMO_COURSE}/problem/97fd93e33a18495488578e9e74fa4cae"
    video = "i4x-UX-UT_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143"
    for username, day, entity_type, entity_id, event, times in (
        ("ada", date(2014, 12, 8), "video", video, "viewed", 2),
        ("ada", date(2014, 12, 9), "problem", choices, "attempted", 1),
        ("ada", date(2014, 12, 9), "problem", choices, "completed", 1),
        ("ada", date(2014, 12, 10), "discussion", "course", "contributed", 3),
        ("grace", date(2014, 12, 10), "problem", choices, "attempted", 4),
        ("grace", date(2014, 12, 10), "problem", two_parts, "attempted", 2),
        ("grace", date(2014, 12, 10), "problem", two_parts, "completed", 1),
    ):
        yield ModuleEngagementFactory.build(
            username=username, date=day, entity_type=entity_type, entity_id=entity_id, event=event, count=times
        )


def engagement() -> list[Model]:
    return [
        *engagement_of_week(),
        *engagement_after_week(),
        *engagement_of_others(),
        *engagement_of_demo_course(),
    ]


def rows() -> list[Model]:
    return [*engagement(), *metric_ranges(COOL_COURSE), *metric_ranges(METADATA_COURSE)]
