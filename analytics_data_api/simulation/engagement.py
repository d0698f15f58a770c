"""What each learner did in the last weeks, and which values of the metrics are low, normal and high."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from analytics_data_api.constants import METRICS
from analytics_data_api.simulation.course import FakeCourse, Module, Row
from analytics_data_api.simulation.courses import LearnerWeek

WEEKS_WITH_ENGAGEMENT = 3
MOST_ATTEMPTS = 8
DISCUSSIONS = ("course", "introductions", "questions", "study_groups")

# Shares of the learners below the normal range and below the high one.
LOW_SHARE, HIGH_SHARE = 0.15, 0.85


@dataclass
class Metrics:
    """One learner's engagement over some days, counted as in the answers about learners."""

    discussion_contributions: int = 0
    problem_attempts: int = 0
    attempted: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    viewed: set[str] = field(default_factory=set)

    @property
    def problems_attempted(self) -> int:
        return len(self.attempted)

    @property
    def problems_completed(self) -> int:
        return len(self.completed)

    @property
    def videos_viewed(self) -> int:
        return len(self.viewed)

    @property
    def problem_attempts_per_completed(self) -> float | None:
        return self.problem_attempts / len(self.completed) if self.completed else None


def engagement(course: FakeCourse, weeks: list[list[LearnerWeek]]) -> list[Row]:
    """Rows of the last weeks, one for each learner, day, entity and event."""
    chance = course.chance("engagement")
    first = max(course.num_weeks - WEEKS_WITH_ENGAGEMENT, 0)
    rows = []
    for number in range(first, course.num_weeks):
        progress = (number + 0.5) / course.num_weeks
        for week in weeks[number]:
            for day, entity_type, entity_id, event, count in engagement_of_week(course, chance, week, progress):
                rows.append(
                    {
                        "username": week.learner.username,
                        "date": day,
                        "entity_type": entity_type,
                        "entity_id": entity_id,
                        "event": event,
                        "count": count,
                    }
                )
    return rows


Event = tuple[date, str, str, str, int]


def engagement_of_week(course: FakeCourse, chance: Random, week: LearnerWeek, progress: float) -> Iterator[Event]:
    learner = week.learner
    days = sorted(chance.sample(week.days, min(len(week.days), chance.randint(1, 1 + int(5 * learner.diligence)))))
    if week.attempted_problem:
        most = 2 + int(24 * learner.diligence)
        for problem in some_near(chance, course.problems, progress, most):
            yield from work_on_problem(chance, days, problem, learner.skill)
    if week.played_video:
        for video in some_near(chance, course.videos, progress, 1 + int(10 * learner.diligence)):
            yield chance.choice(days), "video", video.html_id, "viewed", 1 + int(chance.expovariate(1.5))
    if week.posted_forum:
        for discussion in chance.sample(DISCUSSIONS, chance.randint(1, 2)):
            yield chance.choice(days), "discussion", discussion, "contributed", 1 + int(chance.expovariate(0.8))


def work_on_problem(chance: Random, days: list[date], problem: Module, skill: float) -> Iterator[Event]:
    """Attempts until the problem is solved or given up; now and then a last one on a later day."""
    attempts = 1
    solved = chance.random() < 0.2 + 0.7 * skill
    while not solved and attempts < MOST_ATTEMPTS and chance.random() < 0.75:
        attempts += 1
        solved = chance.random() < 0.15 + 0.5 * skill
    first, last = sorted((chance.choice(days), chance.choice(days)))
    if attempts > 1 and first < last:
        yield first, "problem", problem.module_id, "attempted", attempts - 1
        attempts = 1
    yield last, "problem", problem.module_id, "attempted", attempts
    if solved:
        yield last, "problem", problem.module_id, "completed", 1


def some_near(chance: Random, modules: list[Module], progress: float, most: int) -> list[Module]:
    """Up to ``most`` modules from about where the course has got to."""
    count = min(1 + int(chance.random() ** 1.5 * most), len(modules))
    reach = max(count, len(modules) // 4)
    start = min(max(round(progress * len(modules)) - reach // 2, 0), len(modules) - reach)
    return chance.sample(modules[start : start + reach], count)


def metrics_by_learner(rows: Iterable[Row], start: date, end: date) -> dict[str, Metrics]:
    """The metrics of each learner who did anything from ``start`` to the day before ``end``."""
    learners: dict[str, Metrics] = {}
    for row in rows:
        if start <= row["date"] < end:
            metrics = learners.setdefault(row["username"], Metrics())
            if row["event"] == "contributed":
                metrics.discussion_contributions += row["count"]
            elif row["event"] == "viewed":
                metrics.viewed.add(row["entity_id"])
            elif row["event"] == "completed":
                metrics.completed.add(row["entity_id"])
            else:
                metrics.attempted.add(row["entity_id"])
                metrics.problem_attempts += row["count"]
    return learners


def metric_ranges(course: FakeCourse, engagement_rows: list[Row]) -> list[Row]:
    """Ranges of each metric among the learners who were active in the last week of data."""
    start, end = course.weeks[-1]
    learners = metrics_by_learner(engagement_rows, start, end).values()
    rows = []
    for metric in METRICS:
        values = sorted(value for learner in learners if (value := getattr(learner, metric)) is not None)
        for range_type, low_value, high_value in ranges_of(values):
            rows.append(
                {
                    "start_date": start,
                    "end_date": end,
                    "metric": metric,
                    "range_type": range_type,
                    "low_value": low_value,
                    "high_value": high_value,
                }
            )
    return rows


def ranges_of(values: list[float]) -> Iterator[tuple[str, float, float | None]]:
    """Ranges from 0 on without a gap, from the values (ascending) of those learners who did something at all.

    There always is a normal range; one that holds nobody is left out.
    """
    active = [value for value in values if value > 0] or [0.0]
    low, high = (float(active[int(len(active) * share)]) for share in (LOW_SHARE, HIGH_SHARE))
    if values and values[0] < low:
        yield "low", 0.0, low
    else:
        low = 0.0
    if high > low:
        yield "normal", low, high
        yield "high", high, None
    else:
        yield "normal", low, None
