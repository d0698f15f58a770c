"""A learner's engagement with the parts of a course, by day and over a range of days."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from analytics_data_api.course_keys import Courses
from analytics_data_api.errors import IllegalParameterValues, TimelineNotFound
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import of_course
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagement
from analytics_data_api.v0.params.learners import EngagementFilters
from analytics_data_api.v0.queries.rosters import current_roster
from analytics_data_api.web.times import Window

# A timeline has one entry for each day.
MAX_TIMELINE_DAYS = 3660


@dataclass
class Engagement:
    """A learner's engagement on some days. Each problem and each video counts once."""

    discussion_contributions: int = 0
    problem_attempts: int = 0
    problems_attempted: set[str] = field(default_factory=set)
    problems_completed: set[str] = field(default_factory=set)
    videos_viewed: set[str] = field(default_factory=set)

    def add(self, entity_type: str, event: str, entity_id: str, count: int) -> None:
        match entity_type, event:
            case "problem", "attempted":
                self.problems_attempted.add(entity_id)
                self.problem_attempts += count
            case "problem", "completed":
                self.problems_completed.add(entity_id)
            case "video", "viewed":
                self.videos_viewed.add(entity_id)
            case "discussion", _:
                self.discussion_contributions += count


def engagement_rows(
    *, username: str, course_id: str, window: Window, using: str, allowed: Courses | None = None
) -> Iterator[Row]:
    """Yield a learner's activity by day: day, kind of entity, event, entity, count."""
    return compiled.rows(
        engagement_statement,
        using=using,
        course_id=course_id,
        exact=allowed is not None,
        username=username,
        start_date=window.start,
        end_date=window.end,
    )


def engagement_statement(
    course_id: str, exact: bool, username: str, start_date: date | None, end_date: date | None
) -> QuerySet:
    rows = of_course(ModuleEngagement, course_id, exact=exact).filter(username=username)
    rows = EngagementFilters.filtered(rows, start_date=start_date, end_date=end_date)
    return rows.order_by("date", "id").values_list(DateText("date"), "entity_type", "event", "entity_id", "count")


def engagement_over(
    *, username: str, course_id: str, window: Window, using: str, allowed: Courses | None = None
) -> dict[str, Any]:
    """Return the engagement on all days of a window in the form of a learner's ``engagements``."""
    total = Engagement()
    for _day, *activity in engagement_rows(
        username=username, course_id=course_id, window=window, using=using, allowed=allowed
    ):
        total.add(*activity)
    completed = len(total.problems_completed)
    return {
        "date_range": {
            "start": window.start and window.start.isoformat(),
            "end": window.end and window.end.isoformat(),
        },
        "discussion_contributions": total.discussion_contributions,
        "problems_attempted": len(total.problems_attempted),
        "problems_completed": completed,
        "videos_viewed": len(total.videos_viewed),
        "problem_attempts_per_completed": total.problem_attempts / completed if completed else None,
    }


def engagement_timeline(
    *, username: str, course_id: str, window: Window, using: str, allowed: Courses | None = None
) -> Iterator[Row]:
    """Yield a learner's days in ascending order: date, posts, problems attempted and completed, videos, attempts.

    Every day of the window has a row. An open window begins or ends with the first or last day with engagement.
    """
    days: defaultdict[str, Engagement] = defaultdict(Engagement)
    for day, *activity in engagement_rows(
        username=username, course_id=course_id, window=window, using=using, allowed=allowed
    ):
        days[day].add(*activity)
    if not days and not is_idle_window(
        username=username, course_id=course_id, window=window, using=using, allowed=allowed
    ):
        current_roster(course_id=course_id, with_facets=False, using=using, allowed=allowed)
        raise TimelineNotFound(username, course_id)
    for day in days_of(window, sorted(days)):
        engagement = days[day]
        yield (
            day,
            engagement.discussion_contributions,
            len(engagement.problems_attempted),
            len(engagement.problems_completed),
            len(engagement.videos_viewed),
            engagement.problem_attempts,
        )


def is_idle_window(
    *, username: str, course_id: str, window: Window, using: str, allowed: Courses | None = None
) -> bool:
    """Return True if a learner was active, but not in a closed window. Only called if the window has no rows."""
    if window.start is None or window.end is None:
        return False
    rows = of_course(ModuleEngagement, course_id, exact=allowed is not None).filter(username=username)
    return rows.using(using).exists()


def days_of(window: Window, filled: list[str]) -> list[str]:
    """Return the days of a window. The first and the last filled day close an open one."""
    start = window.start or date.fromisoformat(filled[0])
    end = window.end or date.fromisoformat(filled[-1]) + timedelta(days=1)
    length = (end - start).days
    if length > MAX_TIMELINE_DAYS:
        raise IllegalParameterValues(
            "start_date", start.isoformat(), f"a day at most {MAX_TIMELINE_DAYS} days before the end ({end})"
        )
    return [(start + timedelta(days=number)).isoformat() for number in range(length)]
