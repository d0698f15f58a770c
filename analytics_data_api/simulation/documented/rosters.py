"""The rosters: learners as the keys of the lines that ``load_roster`` reads.

The documents print two courses that cannot be one. In the course of ``dan-friedman``, he is the first of 99 learners; the
course of the printed metadata has 2,100.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics_data_api.simulation.documented import DEMO_COURSE, learners
from analytics_data_api.simulation.documented.learners import COOL_COURSE, LEARNER, METADATA_COURSE
from analytics_data_api.simulation.engagement import engagement_by_learner
from analytics_data_api.simulation.rosters import profile
from analytics_data_api.v0.queries.engagement import Engagement

# The number of learners in the course of the printed metadata, by each value.
MODES = {"honor": 2000, "verified": 100}
COHORTS = {"Cohort A": 1000, "Cohort B": 900, None: 200}
SEGMENTS = {"low_grades": 4, "struggling": 12, "disengaging": 12, "inactive": 9, None: 2063}

RosterLine = dict[str, Any]


def person(username: str, user_id: int, name: str, email: str, **profile: Any) -> RosterLine:
    return {"username": username, "user_id": user_id, "name": name, "email": email, **profile}


DAN_FRIEDMAN = person(
    *(LEARNER, 1000, "Daniel Friedman", "dfriedman@edx.org"),
    **{"enrollment_mode": "honor", "enrollment_date": "2015-10-26 18:13:32.656640", "segments": ["has_potential"]},
)
ADA = person(
    *("ada", 1, "Ada Lovelace", "ada@example.com"),
    **{"language": "en", "year_of_birth": 1960, "level_of_education": "doctorate", "gender": "f", "country": "GB"},
    **{"enrollment_mode": "honor", "enrollment_date": "2014-11-03", "segments": ["highly_engaged"]},
)
GRACE = person(
    *("grace", 2, "Grace Hopper", "grace@example.com"),
    **{"enrollment_mode": "verified", "enrollment_date": "2014-11-20", "segments": ["struggling"]},
)


def last_keys(start: date, end: date, figures: RosterLine) -> RosterLine:
    days = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    return {**days, **figures, "last_updated": learners.CREATED.date().isoformat()}


def with_week(course_id: str, people: list[RosterLine], start: date, end: date) -> Iterator[RosterLine]:
    """Yield the lines of a course with a week's engagement. Learners without any are inactive."""
    engagement = engagement_by_learner(
        (row for row in learners.documented_engagement() if row["course_id"] == course_id), start, end
    )
    for person in people:
        learner = engagement.get(person["username"])
        yield {
            "course_id": course_id,
            **person,
            "segments": person.get("segments") or ([] if learner else ["inactive"]),
            **last_keys(start, end, (learner or Engagement()).metrics()),
        }


def small_rosters() -> Iterator[RosterLine]:
    """Yield the lines of the documented learner's course, and of the demo course's two learners."""
    profiles = map(profile, learners.invented_people())
    others = ({key: value for key, value in values.items() if value is not None} for values in profiles)
    yield from with_week(COOL_COURSE, [DAN_FRIEDMAN, *others], *learners.WEEK_BOUNDS)
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
            **last_keys(*learners.WEEK_BOUNDS, {}),
        }
