"""The rosters: learners as the keys of the lines that ``load_roster`` reads.

The documents print two courses that cannot be one. In the course of ``dan-friedman``, he is the first of 99 learners; the
course of the printed metadata has 2,100.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.documented.learners import (
    COOL_COURSE,
    CREATED,
    LEARNER,
    METADATA_COURSE,
    WEEK_END,
    WEEK_START,
    documented_engagement,
    invented_people,
)
from analytics_data_api.simulation.engagement import Metrics, metrics_by_learner
from analytics_data_api.simulation.rosters import profile

# The number of learners in the course of the printed metadata, by each value.
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
ADA = {
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
}
GRACE = {
    "username": "grace",
    "user_id": 2,
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "enrollment_mode": "verified",
    "enrollment_date": "2014-11-20",
    "segments": ["struggling"],
}

RosterLine = dict[str, Any]


def last_keys(start: date, end: date, figures: RosterLine) -> RosterLine:
    week = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    return {**week, **figures, "last_updated": CREATED.date().isoformat()}


def with_week(course_id: str, people: list[RosterLine], start: date, end: date) -> Iterator[RosterLine]:
    """Yield the lines of a course with a week's engagement. Learners without any are inactive."""
    metrics = metrics_by_learner((row for row in documented_engagement() if row["course_id"] == course_id), start, end)
    for person in people:
        learner = metrics.get(person["username"])
        yield {
            "course_id": course_id,
            **person,
            "segments": person.get("segments") or ([] if learner else ["inactive"]),
            **last_keys(start, end, (learner or Metrics()).figures()),
        }


def small_rosters() -> Iterator[RosterLine]:
    """Yield the lines of the documented learner's course, and of the demo course's two learners."""
    others = (
        {key: value for key, value in profile(person).items() if value is not None} for person in invented_people()
    )
    yield from with_week(COOL_COURSE, [DAN_FRIEDMAN, *others], WEEK_START, WEEK_END)
    yield from with_week(DEMO_COURSE, [ADA, GRACE], date(2014, 12, 4), date(2014, 12, 11))


def large_roster() -> Iterator[RosterLine]:
    """Yield the lines of the course whose metadata the documents print."""

    def spread(numbers: dict[Any, int]) -> list[str | None]:
        return [name for name, number in numbers.items() for _ in range(number)]

    values = zip(spread(MODES), spread(COHORTS), reversed(spread(SEGMENTS)), strict=True)
    for number, (mode, cohort, segment) in enumerate(values):
        yield {
            "course_id": METADATA_COURSE,
            "username": f"learner-{number:04}",
            "enrollment_mode": mode,
            "cohort": cohort,
            "segments": [segment] if segment else [],
            **last_keys(WEEK_START, WEEK_END, {}),
        }
