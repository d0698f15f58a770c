"""The learners' engagement in the last weeks, and the low, normal and high ranges of its metrics."""

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from analytics_data_api.constants import METRICS
from analytics_data_api.simulation.course import FakeCourse, Module
from analytics_data_api.simulation.courses import LearnerWeek
from analytics_data_api.simulation.rows import Row
from analytics_data_api.v0.queries.engagement import Engagement

WEEKS_WITH_ENGAGEMENT = 3
MAXIMUM_ATTEMPTS = 8
DISCUSSIONS = ("course", "introductions", "questions", "study_groups")

# Shares of the learners below the normal range and below the high one.
LOW_SHARE, HIGH_SHARE = 0.15, 0.85


def engagement(course: FakeCourse, weeks: list[list[LearnerWeek]]) -> list[Row]:
    """Return the rows of the last weeks: one for each learner, day, entity and event."""
    chance = course.chance("engagement")
    rows = []
    for number in range(max(course.num_weeks - WEEKS_WITH_ENGAGEMENT, 0), course.num_weeks):
        progress = (number + 0.5) / course.num_weeks
        for week in weeks[number]:
            for event in engagement_of_week(course, chance, week, progress):
                rows.append({"username": week.learner.username, **event})
    return rows


def event_row(day: date, entity_type: str, entity_id: str, event: str, count: int) -> Row:
    return {"date": day, "entity_type": entity_type, "entity_id": entity_id, "event": event, "count": count}


def engagement_of_week(course: FakeCourse, chance: Random, week: LearnerWeek, progress: float) -> Iterator[Row]:
    learner = week.learner
    days = sorted(chance.sample(week.days, min(len(week.days), chance.randint(1, 1 + int(5 * learner.diligence)))))
    if week.attempted_problem:
        for problem in some_near(chance, course.problems, progress, 2 + int(24 * learner.diligence)):
            yield from work_on_problem(chance, days, problem, learner.skill)
    if week.played_video:
        for video in some_near(chance, course.videos, progress, 1 + int(10 * learner.diligence)):
            yield event_row(chance.choice(days), "video", video.html_id, "viewed", 1 + int(chance.expovariate(1.5)))
    if week.posted_forum:
        for topic in chance.sample(DISCUSSIONS, chance.randint(1, 2)):
            yield event_row(chance.choice(days), "discussion", topic, "contributed", 1 + int(chance.expovariate(0.8)))


def work_on_problem(chance: Random, days: list[date], problem: Module, skill: float) -> Iterator[Row]:
    """Yield attempts until the problem is solved or given up; now and then the last one is on a later day."""
    attempts = 1
    solved = chance.random() < 0.2 + 0.7 * skill
    while not solved and attempts < MAXIMUM_ATTEMPTS and chance.random() < 0.75:
        attempts += 1
        solved = chance.random() < 0.15 + 0.5 * skill
    first, last = sorted((chance.choice(days), chance.choice(days)))
    if attempts > 1 and first < last:
        yield event_row(first, "problem", problem.module_id, "attempted", attempts - 1)
        attempts = 1
    yield event_row(last, "problem", problem.module_id, "attempted", attempts)
    if solved:
        yield event_row(last, "problem", problem.module_id, "completed", 1)


def some_near(chance: Random, modules: list[Module], progress: float, maximum: int) -> list[Module]:
    """Return up to ``maximum`` modules from around the place that the course has reached."""
    count = min(1 + int(chance.random() ** 1.5 * maximum), len(modules))
    reach = max(count, len(modules) // 4)
    start = min(max(round(progress * len(modules)) - reach // 2, 0), len(modules) - reach)
    return chance.sample(modules[start : start + reach], count)


def engagement_by_learner(rows: Iterable[Row], start: date, end: date) -> dict[str, Engagement]:
    """Return the engagement of each learner who did anything from ``start`` to the day before ``end``."""
    learners: dict[str, Engagement] = {}
    for row in rows:
        if start <= row["date"] < end:
            learner = learners.setdefault(row["username"], Engagement())
            learner.add(row["entity_type"], row["event"], row["entity_id"], row["count"])
    return learners


def metric_ranges(course: FakeCourse, engagement_rows: list[Row]) -> list[Row]:
    """Return the ranges of each metric among the learners who were active in the last week of data."""
    start, end = course.weeks[-1]
    learners = [learner.metrics() for learner in engagement_by_learner(engagement_rows, start, end).values()]
    rows = []
    for metric in METRICS:
        values = sorted(value for figures in learners if (value := figures[metric]) is not None)
        rows += [{"start_date": start, "end_date": end, "metric": metric, **bounds} for bounds in metric_bounds(values)]
    return rows


def metric_bounds(values: list[float]) -> Iterator[Row]:
    """Yield ranges from 0 on without a gap, given the ascending values of learners who did something at all.

    There always is a normal range. A low or high range that holds nobody is left out.
    """
    active = [value for value in values if value > 0] or [0.0]
    low, high = (float(active[int(len(active) * share)]) for share in (LOW_SHARE, HIGH_SHARE))
    has_low = bool(values) and values[0] < low
    start = low if has_low else 0.0
    bounds: list[tuple[str, float, float | None]] = [("low", 0.0, low)] if has_low else []
    bounds += [("normal", start, high), ("high", high, None)] if high > start else [("normal", start, None)]
    for range_type, low_value, high_value in bounds:
        yield {"range_type": range_type, "low_value": low_value, "high_value": high_value}
