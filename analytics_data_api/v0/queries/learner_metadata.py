"""What there is among a course's learners: cohorts, segments, enrollment modes, and what is much and little."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from analytics_data_api.constants import LOWER_IS_BETTER, METRICS, SEGMENTS
from analytics_data_api.rosters.selection import Facet
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagementMetricRanges
from analytics_data_api.v0.queries.rosters import current_roster

# From here on the pipeline means that a range has no end.
UNBOUNDED = 1e300
# The names of the stored ranges, and by merit the other way round where less is better.
BY_SIZE = {"below_average": "low", "average": "normal", "above_average": "high"}
BY_MERIT = {"class_rank_bottom": "low", "class_rank_average": "normal", "class_rank_top": "high"}
BY_REVERSED_MERIT = {"class_rank_bottom": "high", "class_rank_average": "normal", "class_rank_top": "low"}

Range = list[float | None]


def course_learner_metadata(*, course_id: str, using: str) -> Iterator[Row]:
    """The metadata of a course's learners: cohorts, segments, enrollment modes, ranges, averages."""
    roster = current_roster(course_id=course_id, with_facets=True, using=using)
    stored = compiled.rows(ranges_statement, using=using, course_id=course_id)
    facets = roster.facets if roster else ()
    averages = roster.averages if roster else {}
    yield (
        *counts(facets),
        engagement_ranges(stored),
        {metric: averages.get(metric) for metric in METRICS},
    )


def ranges_statement(course_id: str) -> QuerySet:
    ranges = ModuleEngagementMetricRanges.objects.filter(course_id=course_id)
    return ranges.order_by("end_date", "start_date", "created", "id").values_list(
        DateText("start_date"), DateText("end_date"), "metric", "range_type", "low_value", "high_value"
    )


def counts(facets: Iterable[Facet]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Learners by cohort, by segment and by enrollment mode."""
    cohorts: Counter[str] = Counter()
    segments: Counter[str] = Counter(dict.fromkeys(SEGMENTS, 0))
    modes: Counter[str] = Counter()
    for facet in facets:
        if facet.cohort is not None:
            cohorts[facet.cohort] += facet.learners
        if facet.enrollment_mode is not None:
            modes[facet.enrollment_mode] += facet.learners
        for segment in facet.segments:
            segments[segment] += facet.learners
    return (
        dict(sorted(cohorts.items())),
        {name: segments[name] for name in (*SEGMENTS, *sorted(set(segments).difference(SEGMENTS)))},
        dict(sorted(modes.items())),
    )


def engagement_ranges(stored: Iterable[Row]) -> dict[str, Any]:
    """The ranges of each metric, of the last of the stored ranges of days. Of several of a kind the last counts."""
    date_range = {"start": None, "end": None}
    ranges: defaultdict[str, dict[str, Range]] = defaultdict(dict)
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
