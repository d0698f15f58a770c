"""The distribution of a roster's learners over the values of a metric."""

from django.core.cache import cache
from django.db.models import Count

from analytics_data_api.rosters.current import CurrentRoster
from analytics_data_api.rosters.models import LAST_NUMBER, RosterLearner

# The figures of a roster never change, and a load gives the next roster another id.
KEPT_FOR = 24 * 3600
# The number of decimals to which ratios are rounded.
DECIMALS = 1
RATIO = "problem_attempts_per_completed"
COLUMNS = {RATIO: "attempts_per_completed_key"}


def learners_by_value(roster: CurrentRoster, metric: str, *, using: str) -> list[tuple[float | int, int]]:
    """Return the number of learners by value, in ascending order. Learners without a value are left out."""
    key = f"roster-distribution:{using}:{roster.id}:{metric}"
    known = cache.get(key)
    if known is None:
        column = COLUMNS.get(metric, metric)
        # Grouped by the whole index of the metric, so no row of a learner is read.
        rows = RosterLearner.objects.using(using).filter(roster_id=roster.id).values_list(column).order_by()
        counts: dict[float | int, int] = {}
        for value, learners in rows.annotate(learners=Count("*")):
            if value is not None and value < LAST_NUMBER:
                value = round(value, DECIMALS) if metric == RATIO else value
                counts[value] = counts.get(value, 0) + learners
        known = sorted(counts.items())
        cache.set(key, known, KEPT_FOR)
    return [tuple(pair) for pair in known]
