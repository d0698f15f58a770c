"""The rosters: learners as the keys of their lines, which ``load_roster`` reads.

The documents print two courses that cannot be one: that of ``dan-friedman`` has 99 learners, of whom he is the first, and
that whose metadata they print has 2,100.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from analytics_data_api.simulation.documented.learners import (
    COOL_COURSE,
    CREATED,
    LEARNER,
    METADATA_COURSE,
    WEEK_END,
    WEEK_START,
    engagement,
    invented_people,
)
from analytics_data_api.simulation.engagement import Metrics, metrics_by_learner
from tests.support.factories import DEMO_COURSE

# How many learners of the documented metadata's course have which value.
MODES = {"honor": 2000, "verified": 100}
COHORTS = {"Cohort A": 1000, "Cohort B": 900, None: 200}
SEGMENTS = {"low_grades": 4, "struggling": 12, "disengaging": 12, "inactive": 9, None: 2063}

DAN_FRIEDMAN = {
    "username": LEARNER,
    "user_id": 1000,
    "name": "Daniel Friedman",
    "email": "dfriedman@edx.org",
    "enrollment_mode": "honor",
    "enrollment_date": "2015-10-26 18:13:32.656640",
    "segments": ["has_potential"],
}
PEOPLE_OF_DEMO_COURSE = (
    {
        "username": "ada",
        "user_id": 1,
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "language": "en",
        "year_of_birth": 1960,
        "level_of_education": "doctorate",
        "gender": "f",
        "country": "GB",
        "enrollment_mode": "honor",
        "enrollment_date": "2014-11-03",
        "segments": ["highly_engaged"],
    },
    {
        "username": "grace",
        "user_id": 2,
        "name": "Grace Hopper",
        "email": "grace@example.com",
        "enrollment_mode": "verified",
        "enrollment_date": "2014-11-20",
        "segments": ["struggling"],
    },
)

Line = dict[str, Any]


def with_week(course_id: str, people: list[Line], start: date, end: date) -> Iterator[Line]:
    """The learners of a course with what they did in a week. Those who did nothing are inactive."""
    rows = [vars(row) for row in engagement() if row.course_id == course_id]
    figures = metrics_by_learner(rows, start, end)
    for person in people:
        week = figures.get(person["username"], Metrics())
        yield {
            "course_id": course_id,
            **person,
            "segments": person.get("segments") or ([] if person["username"] in figures else ["inactive"]),
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "discussion_contributions": week.discussion_contributions,
            "problems_attempted": week.problems_attempted,
            "problems_completed": week.problems_completed,
            "videos_viewed": week.videos_viewed,
            "problem_attempts": week.problem_attempts,
            "problem_attempts_per_completed": week.problem_attempts_per_completed,
            "last_updated": CREATED.date().isoformat(),
        }


def small_rosters() -> Iterator[Line]:
    """The documented learner's course, and the demo course's two learners."""
    not_of_lines = ("unenrollment_date", "diligence", "skill")
    others = [
        {key: str(value) if key == "enrollment_date" else value for key, value in asdict(person).items()}
        for person in invented_people()
    ]
    others = [
        {key: value for key, value in person.items() if value is not None and key not in not_of_lines}
        for person in others
    ]
    yield from with_week(COOL_COURSE, [DAN_FRIEDMAN, *others], WEEK_START, WEEK_END)
    yield from with_week(DEMO_COURSE, list(PEOPLE_OF_DEMO_COURSE), date(2014, 12, 4), date(2014, 12, 11))


def large_roster() -> Iterator[Line]:
    """The course whose metadata the documents print."""

    def spread(numbers: dict[str, int] | dict[str | None, int]) -> list[str | None]:
        return [name for name, number in numbers.items() for _ in range(number)]

    values = zip(spread(MODES), spread(COHORTS), reversed(spread(SEGMENTS)), strict=True)
    for number, (mode, cohort, segment) in enumerate(values):
        yield {
            "course_id": METADATA_COURSE,
            "username": f"learner-{number:04}",
            "enrollment_mode": mode,
            "cohort": cohort,
            "segments": [segment] if segment else [],
            "start_date": WEEK_START.isoformat(),
            "end_date": WEEK_END.isoformat(),
            "last_updated": CREATED.date().isoformat(),
        }
