"""The course's weekly activity."""

from collections.abc import Sequence
from datetime import timedelta

from analytics_data_api.simulation.actions import Action, Actions
from analytics_data_api.simulation.course import FakeCourse, midnight
from analytics_data_api.simulation.rows import Row


def weekly_activity(course: FakeCourse, actions: Actions) -> list[Row]:
    """Return the active learners of each complete calendar week by kind of activity, without kinds that nobody did."""
    kinds: dict[str, Sequence[Action]] = {
        "ACTIVE": actions.all(),
        "ATTEMPTED_PROBLEM": actions.attempts,
        "PLAYED_VIDEO": actions.viewings,
        "POSTED_FORUM": actions.posts,
    }
    learners: dict[tuple, set[str]] = {}
    for label, done in kinds.items():
        for action in done:
            day = action.time.date()
            learners.setdefault((day - timedelta(days=day.weekday()), label), set()).add(action.learner.username)
    return [
        {
            "interval_start": midnight(monday),
            "interval_end": midnight(monday + timedelta(days=7)),
            "label": label,
            "count": len(learners[monday, label]),
        }
        for monday in course.complete_weeks
        for label in kinds
        if (monday, label) in learners
    ]
