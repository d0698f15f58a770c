"""The roster of the course: its learners, with what they did in the last week of data."""

from typing import Any

from django.db.models import Model

from analytics_data_api.rosters.lines import Line, check_values
from analytics_data_api.rosters.staging import Staging
from analytics_data_api.simulation.course import FakeCourse, Row
from analytics_data_api.simulation.engagement import Metrics, metrics_by_learner
from analytics_data_api.simulation.learners import Learner, invented_learners
from analytics_data_api.v0.models import ModuleEngagement, ModuleEngagementMetricRanges

PROFILE = (
    "username",
    "user_id",
    "name",
    "email",
    "language",
    "location",
    "year_of_birth",
    "level_of_education",
    "gender",
    "mailing_address",
    "city",
    "country",
    "goals",
    "enrollment_mode",
    "cohort",
)


def roster_lines(course: FakeCourse, tables: dict[type[Model], list[Row]]) -> list[dict[str, Any]]:
    """The learners, as the keys of the lines of a roster file. Their week is the one that the metric ranges are of."""
    start, end = course.weeks[-1]
    engagement = tables[ModuleEngagement]
    this_week = metrics_by_learner(engagement, start, end)
    week_before = metrics_by_learner(engagement, *course.weeks[-2]) if course.num_weeks > 1 else {}
    high = {
        row["metric"]: row["low_value"] for row in tables[ModuleEngagementMetricRanges] if row["range_type"] == "high"
    }
    lines = []
    for learner in invented_learners(course):
        metrics = this_week.get(learner.username)
        lines.append(
            {
                "course_id": course.course_id,
                **{name: getattr(learner, name) for name in PROFILE},
                "enrollment_date": learner.enrollment_date.isoformat(),
                "segments": segments(learner, metrics, learner.username in week_before, high),
                "start_date": start.isoformat(),
                "end_date": end.isoformat(),
                "last_updated": end.isoformat(),
                **figures(metrics or Metrics()),
            }
        )
    return lines


def figures(metrics: Metrics) -> dict[str, float | None]:
    completed = metrics.problems_completed
    return {
        "discussion_contributions": metrics.discussion_contributions,
        "problems_attempted": metrics.problems_attempted,
        "problems_completed": completed,
        "videos_viewed": metrics.videos_viewed,
        "problem_attempts": metrics.problem_attempts,
        "problem_attempts_per_completed": metrics.problem_attempts_per_completed,
        # Of one ratio, whoever completed more comes first; of those who completed none, whoever tried less often.
        "attempt_ratio_order": completed or -metrics.problem_attempts,
    }


def segments(learner: Learner, metrics: Metrics | None, was_active: bool, high: dict[str, float]) -> list[str]:
    """The segments of a learner with these metrics of the week; ``high`` is where the high range of each begins."""
    if learner.unenrollment_date is not None:
        return ["unenrolled"]
    if metrics is None:
        return ["disengaging" if was_active else "inactive"]

    def is_high(metric: str) -> bool:
        value = getattr(metrics, metric)
        return value is not None and metric in high and value >= high[metric]

    names = []
    if is_high("problems_completed") or is_high("videos_viewed"):
        names.append("highly_engaged")
    if is_high("problem_attempts_per_completed") or (metrics.attempted and not metrics.completed):
        names.append("struggling")
    return names


def stage(staging: Staging, lines: list[dict[str, Any]]) -> None:
    """Hands the lines to the loader of rosters, as if they stood in a file."""
    staging.fill(
        (line, check_values(line, values, lambda key: None))
        for line, values in ((Line("the invented course", number), values) for number, values in enumerate(lines, 1))
    )
