"""Sums of the engagement of each learner of a course."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q, Sum

from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagement

# The rows that each figure sums. A correct check has two rows, attempted and completed, and counts in both.
FIGURES = {
    "videos": Q(entity_type="video"),
    "problems": Q(entity_type="problem"),
    "correct_problems": Q(entity_type="problem", event="completed"),
    "problems_attempts": Q(entity_type="problem", event="attempted"),
    "forum_posts": Q(entity_type="discussion"),
}
DAYS_OF_WEEK = 7


def user_engagement(*, course_id: str, today: date, scope: Scope) -> Iterator[Row]:
    """Yield learners by username: each figure overall and in the seven days up to today, then the last active day."""
    last_week = Q(date__gt=today - timedelta(days=DAYS_OF_WEEK), date__lte=today)
    sums: dict[str, Any] = {}
    for name, figure in FIGURES.items():
        sums[f"{name}_overall"] = Sum("count", filter=figure, default=0)
        sums[f"{name}_last_week"] = Sum("count", filter=figure & last_week, default=0)
    learners = (
        of_course(ModuleEngagement, course_id, exact=scope.exact)
        .using(scope.using)
        .values("username")
        .annotate(**sums, date_last_active=DateText(Max("date")))
        .order_by()
    )
    return iter(sorted(compiled.rows_of(learners, "username", *sums, "date_last_active")))
