"""Engagement of the documented learner, of others in the same course, and of two learners of the demo course.

The same metric ranges belong to that course and to the one whose learners' metadata the documents print.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count, islice

from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.learners import Learner, invented_learners
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0.models import ModuleEngagement, ModuleEngagementMetricRanges

COOL_COURSE, METADATA_COURSE = "my/cool/course", "my/course/id"
LEARNER = "dan-friedman"
# The number of others in this learner's course, and of those among them who did something.
OTHERS, ENGAGED = 98, 12
CREATED = datetime(2015, 11, 9, 4, 10, 0, tzinfo=UTC)
DEMO_CREATED = datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC)

# The documented week: 24 contributions, 138 problems attempted in 342 attempts, 76 of them completed, 26 videos. Each
# problem and video occurs once, so that the days add up to the distinct ones of the week.
WEEK_BOUNDS = WEEK_START, WEEK_END = date(2015, 10, 19), date(2015, 10, 26)
# Each day: contributions by discussion, problems attempted, problems completed, videos viewed.
WEEK: dict[date, tuple[dict[str, int], int, int, int]] = {
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


def event_row(day: date, entity_type: str, entity_id: str, event: str, count: int) -> Row:
    return {"date": day, "entity_type": entity_type, "entity_id": entity_id, "event": event, "count": count}


CHOICES = f"i4x://{DEMO_COURSE}/problem/268b43628e6d45f79c52453a590f9829"
VIDEO = "i4x-UX-UT_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143"
TWO_PARTS = f"i4x://{DEMO_COURSE}/problem/97fd93e33a18495488578e9e74fa4cae"
DEMO_ENGAGEMENT = (
    ("ada", event_row(date(2014, 12, 8), "video", VIDEO, "viewed", 2)),
    ("ada", event_row(date(2014, 12, 9), "problem", CHOICES, "attempted", 1)),
    ("ada", event_row(date(2014, 12, 9), "problem", CHOICES, "completed", 1)),
    ("ada", event_row(date(2014, 12, 10), "discussion", "course", "contributed", 3)),
    ("grace", event_row(date(2014, 12, 10), "problem", CHOICES, "attempted", 4)),
    ("grace", event_row(date(2014, 12, 10), "problem", TWO_PARTS, "attempted", 2)),
    ("grace", event_row(date(2014, 12, 10), "problem", TWO_PARTS, "completed", 1)),
)


def invented_people() -> list[Learner]:
    """Return the others of the documented learner's course, who all come later in the alphabet."""
    people = invented_learners(FakeCourse(COOL_COURSE, seed=1, end=WEEK_END, num_weeks=10))
    return list(islice((person for person in people if person.username > LEARNER), OTHERS))


def problem(day: date, number: int, event: str, times: int = 1) -> Row:
    return event_row(day, "problem", f"i4x://my/cool/problem/problem_{number:03}", event, times)


def video(day: date, number: int, times: int = 1) -> Row:
    return event_row(day, "video", f"i4x-my-cool-video-video_{number:02}", "viewed", times)


def events_of_learner() -> Iterator[Row]:
    problems, videos = count(), count()
    for day, (contributions, attempted, completed, viewed) in WEEK.items():
        for discussion, times in contributions.items():
            yield event_row(day, "discussion", discussion, "contributed", times)
        for position in range(attempted):
            number = next(problems)
            yield problem(day, number, "attempted", 3 if number % 23 < 11 else 2)
            if position < completed:
                yield problem(day, number, "completed")
        for _video in range(viewed):
            yield video(day, next(videos))
    # After the week the learner returns to problems and a video that its days have already counted.
    for number in (0, 4, 5):
        yield problem(date(2015, 10, 26), number, "attempted")
    yield problem(date(2015, 10, 26), 4, "completed")
    yield video(date(2015, 10, 26), 0, 2)
    yield event_row(date(2015, 10, 29), "discussion", "course", "contributed", 1)


def events_of_other(number: int) -> Iterator[Row]:
    """Yield a few problems and videos in the documented week."""
    day = date(2015, 10, 19 + number % 7)
    for position in range(number % 4):
        yield problem(day, position, "attempted", 1 + (number + position) % 3)
        if position < number % 3:
            yield problem(day, position, "completed")
    for position in range(1 + number % 3):
        yield video(day, position)


def documented_engagement() -> list[Row]:
    cool = {"course_id": COOL_COURSE, "created": CREATED}
    demo = {"course_id": DEMO_COURSE, "created": DEMO_CREATED}
    people = invented_people()[:ENGAGED]
    return [
        *({**cool, "username": LEARNER, **event} for event in events_of_learner()),
        *({**cool, "username": o.username, **event} for n, o in enumerate(people) for event in events_of_other(n)),
        *({**demo, "username": username, **event} for username, event in DEMO_ENGAGEMENT),
    ]


def tables() -> Tables:
    names = ["course_id", "start_date", "end_date", "metric", "range_type", "low_value", "high_value", "created"]
    ranges: list[Row] = [
        dict(zip(names, (course_id, *WEEK_BOUNDS, metric, range_type, low, high, CREATED), strict=True))
        for course_id in (COOL_COURSE, METADATA_COURSE)
        for metric, bounds in METRIC_RANGES.items()
        for range_type, (low, high) in bounds.items()
    ]
    return {ModuleEngagement: documented_engagement(), ModuleEngagementMetricRanges: ranges}
