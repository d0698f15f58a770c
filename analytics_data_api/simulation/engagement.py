"""The learners' engagement by day, and the low, normal and high ranges of its metrics."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from math import inf, isnan

from analytics_data_api.simulation.actions import Actions
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.rows import Row
from analytics_data_api.v0.queries.engagement import Engagement

# Shares of the learners below the normal range and below the high one.
LOW_SHARE, HIGH_SHARE = 0.15, 0.85
RATIO = "problem_attempts_per_completed"


def engagement(course: FakeCourse, actions: Actions) -> list[Row]:
    """Return a row for each learner, day, entity and event, with the number of such actions."""
    counts: Counter[tuple] = Counter()
    for attempt in actions.attempts:
        problem = ("problem", course.problems[attempt.number].module_id)
        counts[attempt.time.date(), attempt.learner.username, *problem, "attempted"] += 1
        if attempt.is_correct:
            counts[attempt.time.date(), attempt.learner.username, *problem, "completed"] += 1
    for viewing in actions.viewings:
        video = ("video", course.videos[viewing.number].html_id)
        counts[viewing.time.date(), viewing.learner.username, *video, "viewed"] += 1
    for post in actions.posts:
        counts[post.time.date(), post.learner.username, "discussion", post.topic, "contributed"] += 1
    names = ("date", "username", "entity_type", "entity_id", "event")
    return [{**dict(zip(names, key, strict=True)), "count": count} for key, count in sorted(counts.items())]


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
    for metric in Engagement().metrics() if learners else ():
        # The ratio of those who completed nothing is infinite; who attempted nothing has none.
        measured = [figures for figures in learners if metric != RATIO or figures["problem_attempts"]]
        values = sorted(inf if figures[metric] is None else figures[metric] for figures in measured)
        rows += [{"start_date": start, "end_date": end, "metric": metric, **bounds} for bounds in metric_bounds(values)]
    return rows


def metric_bounds(values: list[float]) -> Iterator[Row]:
    """Yield the ranges of ascending values: below the 15th percentile, between, and from the 85th on.

    There always is a normal range. None stands for infinity.
    """
    low, high = (percentile(values, share) if values else 0.0 for share in (LOW_SHARE, HIGH_SHARE))
    bounds = [("low", 0.0, low)] if low > 0 else []
    bounds += [("normal", low, inf)] if low == high else [("normal", low, high), ("high", high, inf)]
    for range_type, low_value, high_value in bounds:
        yield {
            "range_type": range_type,
            "low_value": finite_or_none(low_value),
            "high_value": finite_or_none(high_value),
        }


def percentile(values: list[float], share: float) -> float:
    """Return the value at this share of the ascending values, between the two closest ones."""
    position = share * (len(values) - 1)
    place = int(position)
    weight = position - place
    value = values[place] * (1 - weight) + values[min(place + 1, len(values) - 1)] * weight
    return inf if isnan(value) else value


def finite_or_none(value: float) -> float | None:
    return None if value == inf else value
