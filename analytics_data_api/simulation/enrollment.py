"""Enrollment by day, counted from the learners."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics_data_api.simulation.course import FakeCourse, Row
from analytics_data_api.simulation.learners import Learner


def daily_enrollment(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Learners enrolled at the end of each day."""
    return [
        {"date": day, "count": counts.total()} for day, counts, _ in counts_by_day(course, learners, "enrollment_mode")
    ]


def daily_modes(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Learners enrolled, and learners ever enrolled, by mode at the end of each day."""
    return [
        {"date": day, "mode": mode, "count": counts[mode], "cumulative_count": ever}
        for day, counts, ever_counts in counts_by_day(course, learners, "enrollment_mode")
        for mode, ever in in_order(ever_counts)
    ]


def daily_shares(course: FakeCourse, learners: list[Learner], attribute: str, column: str) -> list[Row]:
    """Learners enrolled at the end of each day by one of their attributes; a value that nobody has gets no row."""
    return [
        {"date": day, column: value, "count": count}
        for day, counts, _ in counts_by_day(course, learners, attribute)
        for value, count in in_order(counts)
        if count
    ]


def counts_by_day(
    course: FakeCourse, learners: list[Learner], attribute: str
) -> Iterator[tuple[date, Counter, Counter]]:
    """For each day the learners enrolled at its end, and those ever enrolled till then, by an attribute's value."""
    arrivals: dict[date, Counter] = {}
    departures: dict[date, Counter] = {}
    for learner in learners:
        value = getattr(learner, attribute)
        arrivals.setdefault(learner.enrollment_date, Counter())[value] += 1
        if learner.unenrollment_date is not None:
            departures.setdefault(learner.unenrollment_date, Counter())[value] += 1
    enrolled: Counter[Any] = Counter()
    ever: Counter[Any] = Counter()
    for day in course.days:
        enrolled.update(arrivals.get(day, {}))
        enrolled.subtract(departures.get(day, {}))
        ever.update(arrivals.get(day, {}))
        yield day, enrolled, ever


def in_order(counts: Counter) -> list[tuple[Any, int]]:
    """Values with their counts, in the values' order and what was not reported last."""
    return sorted(counts.items(), key=lambda item: (item[0] is None, item[0] or 0))
