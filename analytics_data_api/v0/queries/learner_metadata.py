"""Metadata of a course's learners: cohorts, segments, enrollment modes, ranges and means of engagement metrics."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from analytics_data_api.constants import LOWER_IS_BETTER, METRICS
from analytics_data_api.rosters.current import learners_by_facet
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagementMetricRanges
from analytics_data_api.v0.queries.rosters import current_roster

# The pipeline writes at least this number for a range without an end.
UNBOUNDED = 1e300
# The response's names for the stored ranges. By merit the order is reversed where less is better.
BY_SIZE = {"below_average": "low", "average": "normal", "above_average": "high"}
BY_MERIT = {"class_rank_bottom": "low", "class_rank_average": "normal", "class_rank_top": "high"}
BY_REVERSED_MERIT = {"class_rank_bottom": "high", "class_rank_average": "normal", "class_rank_top": "low"}


def course_learner_metadata(*, course_id: str, scope: Scope) -> Iterator[Row]:
    """Yield one row: learners by cohort, by segment and by enrollment mode, metric ranges, metric means."""
    roster = current_roster(course_id=course_id, with_facets=True, scope=scope)
    stored = compiled.rows(stored_ranges, using=scope.using, course_id=course_id, exact=scope.exact)
    averages = roster.averages if roster else {}
    yield (
        *learners_by_facet(roster.facets if roster else ()),
        engagement_ranges(stored),
        {metric: averages.get(metric) for metric in METRICS},
    )


def stored_ranges(course_id: str, exact: bool) -> QuerySet:
    ranges = of_course(ModuleEngagementMetricRanges, course_id, exact=exact)
    return ranges.order_by("end_date", "start_date", "created", "id").values_list(
        DateText("start_date"), DateText("end_date"), "metric", "range_type", "low_value", "high_value"
    )


def engagement_ranges(stored: Iterable[Row]) -> dict[str, Any]:
    """Return the ranges of each metric for the latest range of days. The last row of a kind wins."""
    date_range = {"start": None, "end": None}
    ranges: defaultdict[str, dict[str, list[float | None]]] = defaultdict(dict)
    for start, end, metric, range_type, low, high in stored:
        if date_range != {"start": start, "end": end}:
            date_range = {"start": start, "end": end}
            ranges.clear()
        ranges[metric][range_type] = [bound(low), bound(high)]
    return {"date_range": date_range} | {
        metric: {
            name: ranges[metric].get(range_type)
            for name, range_type in (BY_SIZE | (BY_REVERSED_MERIT if metric in LOWER_IS_BETTER else BY_MERIT)).items()
        }
        for metric in METRICS
    }


def bound(value: float | None) -> float | None:
    return None if value is None or value >= UNBOUNDED else value
