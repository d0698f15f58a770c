"""The roster of the course: its learners with their engagement in the last week of data."""

from dataclasses import asdict
from math import inf
from typing import Any

from analytics_data_api.rosters.lines import Line, check_values
from analytics_data_api.rosters.staging import Staging
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.engagement import RATIO, engagement_by_learner
from analytics_data_api.simulation.learners import EDUCATION_CODES, Learner, invented_learners
from analytics_data_api.simulation.rows import Tables
from analytics_data_api.v0.models import ModuleEngagement, ModuleEngagementMetricRanges
from analytics_data_api.v0.queries.engagement import Engagement

# Fields of a learner that determine rows but are not in a roster.
UNLISTED = ("upgrade_date", "unenrollment_date", "diligence", "skill")


def profile(learner: Learner) -> dict[str, Any]:
    """Return a learner as the keys of a line of a roster file, without engagement."""
    values = {name: value for name, value in asdict(learner).items() if name not in UNLISTED}
    return {**values, "enrollment_date": learner.enrollment_date.isoformat()}


def roster_lines(course: FakeCourse, tables: Tables) -> list[dict[str, Any]]:
    """Return the lines of a roster file. Their week is that of the metric ranges."""
    start, end = course.weeks[-1]
    engagement = tables[ModuleEngagement]
    this_week = engagement_by_learner(engagement, start, end)
    week_before = engagement_by_learner(engagement, *course.weeks[-2]) if course.num_weeks > 1 else {}
    high = {
        row["metric"]: inf if row["low_value"] is None else row["low_value"]
        for row in tables[ModuleEngagementMetricRanges]
        if row["range_type"] == "high" and row["metric"] != "problem_attempts"
    }
    lines = []
    for learner in invented_learners(course):
        own = this_week.get(learner.username)
        figures = (own or Engagement()).metrics()
        attempts = int(figures["problem_attempts"] or 0)
        lines.append(
            {
                "course_id": course.course_id,
                **profile(learner),
                "level_of_education": EDUCATION_CODES[learner.level_of_education],
                "segments": segments(learner, own, learner.username in week_before, high),
                "start_date": start.isoformat(),
                "end_date": end.isoformat(),
                "last_updated": end.isoformat(),
                **figures,
                # Among equal ratios the learner who tried more comes first; if none completed, the one who tried less.
                "attempt_ratio_order": attempts if figures["problems_completed"] else -attempts,
            }
        )
    return lines


def segments(learner: Learner, own: Engagement | None, was_active: bool, high: dict[str, float]) -> list[str]:
    """Return the segments of a learner with this engagement; ``high`` is the start of each metric's high range."""
    names = [] if learner.unenrollment_date is None else ["unenrolled"]
    if own is None:
        return sorted([*names, "disengaging" if was_active else "inactive"])
    figures = own.metrics()
    # The ratio of a learner who has completed nothing is infinite.
    values = {name: inf if figures[name] is None else figures[name] for name in high}
    is_high = {name for name, value in values.items() if value >= high[name]}
    if is_high - {RATIO}:
        names.append("highly_engaged")
    if RATIO in is_high:
        names.append("struggling")
    return sorted(names)


def stage(staging: Staging, lines: list[dict[str, Any]]) -> None:
    """Stage the lines as the loader of rosters stages those of a file."""
    staging.fill(
        (line, check_values(line, values, lambda key: None))
        for line, values in ((Line("the invented course", number), values) for number, values in enumerate(lines, 1))
    )
