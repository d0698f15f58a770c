"""Metrics of engagement: their names, and where a learner's value lies among all of the course."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from analytics_data_api.constants import LOWER_IS_BETTER
from analytics_data_api.pages.definitions import definition
from analytics_data_api.v0.serializers.learners import EngagementsSerializer

# In the order in which the pages show them.
METRIC_NAMES = {
    "problems_attempted": _("Problems tried"),
    "problems_completed": _("Problems correct"),
    "problem_attempts_per_completed": _("Attempts per correct"),
    "videos_viewed": _("Videos"),
    "discussion_contributions": _("Discussions"),
}


class Mark(NamedTuple):
    """The mark of a value in the lowest or the highest 15 % of the course: its sign, its text, and if that is good."""

    sign: str
    text: Any
    is_good: bool


def metric_definition(metric: str) -> Any:
    return definition(EngagementsSerializer, metric)


def mark_of(metric: str, value: float | None, ranges: Mapping[str, Any]) -> Mark | None:
    """Return the mark of a value. A learner without a value, who has no correct problem, is not marked."""
    if value is None:
        return None
    lower_is_better = metric in LOWER_IS_BETTER
    if lies_in(value, ranges.get(metric, {}).get("below_average")):
        return Mark("▼", _("lowest 15 %"), lower_is_better)
    if lies_in(value, ranges.get(metric, {}).get("above_average")):
        return Mark("▲", _("highest 15 %"), not lower_is_better)
    return None


def lies_in(value: float, bounds: Any) -> bool:
    """Return True if a value lies in [low, high). A bound of None is open."""
    if not bounds:
        return False
    low, high = bounds
    return (low is None or value >= low) and (high is None or value < high)
