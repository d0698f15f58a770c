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
    return [{"date": day, "count": counts.total()} for day, counts, _ever in counts_by_day(course, learners, "mode")]


def daily_modes(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Return the learners enrolled at the end of each day and those ever enrolled, by their mode on that day."""
    return [
        {"date": day, "mode": mode, "count": counts[mode], "cumulative_count": ever}
        for day, counts, ever_counts in counts_by_day(course, learners, "mode")
        for mode, ever in by_value(ever_counts)
    ]


def daily_genders(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Return the learners enrolled at the end of each day, by gender."""
    return [
        {"date": day, "gender": gender, "count": counts[gender]}
        for day, counts, ever in counts_by_day(course, learners, "gender")
        for gender, _ever in by_value(ever)
    ]


def last_shares(course: FakeCourse, values: list[tuple[Learner, Any]], column: str) -> list[Row]:
    """Return the learners enrolled at the end of the last day, by a value of theirs. Those who left count 0."""
    day = course.days[-1]
    counts = Counter({value: 0 for _learner, value in values})
    counts.update(value for learner, value in values if learner.enrolled_on(day))
    return [{"date": day, column: value, "count": count} for value, count in by_value(counts, zeros=True)]


def counts_by_day(
    course: FakeCourse, learners: list[Learner], attribute: str
) -> Iterator[tuple[date, Counter, Counter]]:
    """Yield each day with the learners enrolled at its end and those ever enrolled, by mode or gender."""
    changes: dict[date, list[tuple[Any, int, int]]] = {}
    for learner in learners:
        first = learner.first_mode if attribute == "mode" else learner.gender
        last = learner.enrollment_mode if attribute == "mode" else learner.gender
        changes.setdefault(learner.enrollment_date, []).append((first, 1, 1))
        if learner.upgrade_date is not None:
            changes.setdefault(learner.upgrade_date, []).extend([(first, -1, -1), (last, 1, 1)])
        if learner.unenrollment_date is not None:
            changes.setdefault(learner.unenrollment_date, []).append((last, -1, 0))
    enrolled: Counter[Any] = Counter()
    ever: Counter[Any] = Counter()
    for day in course.days:
        for value, enrolled_change, ever_change in changes.get(day, ()):
            enrolled[value] += enrolled_change
            ever[value] += ever_change
        yield day, enrolled, ever


def by_value(counts: Counter, *, zeros: bool = False) -> list[tuple[Any, int]]:
    """Return the values with their counts in the values' order, with None, not reported, at the end."""
    found = [item for item in counts.items() if item[1] or zeros]
    return sorted(found, key=lambda item: (item[0] is None, item[0] or 0))
