"""Enrollment by day, counted from the learners."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.learners import Learner
from analytics_data_api.simulation.rows import Row


def daily_enrollment(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Return the number of learners enrolled at the end of each day."""
    days = counts_by_day(course, learners, "enrollment_mode")
    return [{"date": day, "count": counts.total()} for day, counts, _ever in days]


def daily_modes(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Return the learners enrolled at the end of each day and those ever enrolled, by mode."""
    return [
        {"date": day, "mode": mode, "count": counts[mode], "cumulative_count": ever}
        for day, counts, ever_counts in counts_by_day(course, learners, "enrollment_mode")
        for mode, ever in by_value(ever_counts)
    ]


def daily_shares(course: FakeCourse, learners: list[Learner], attribute: str, column: str) -> list[Row]:
    """Return the learners enrolled at the end of each day by an attribute, without values that nobody has."""
    return [
        {"date": day, column: value, "count": count}
        for day, counts, _ever in counts_by_day(course, learners, attribute)
        for value, count in by_value(counts)
        if count
    ]


def counts_by_day(
    course: FakeCourse, learners: list[Learner], attribute: str
) -> Iterator[tuple[date, Counter, Counter]]:
    """Yield each day with the learners enrolled at its end and those ever enrolled, by an attribute's value."""
    changes: dict[date, list[tuple[Any, int]]] = {}
    for learner in learners:
        value = getattr(learner, attribute)
        changes.setdefault(learner.enrollment_date, []).append((value, 1))
        if learner.unenrollment_date is not None:
            changes.setdefault(learner.unenrollment_date, []).append((value, -1))
    enrolled: Counter[Any] = Counter()
    ever: Counter[Any] = Counter()
    for day in course.days:
        for value, change in changes.get(day, ()):
            enrolled[value] += change
            ever[value] += max(change, 0)
        yield day, enrolled, ever


def by_value(counts: Counter) -> list[tuple[Any, int]]:
    """Return the values with their counts in the values' order, with None, not reported, at the end."""
    return sorted(counts.items(), key=lambda item: (item[0] is None, item[0] or 0))
