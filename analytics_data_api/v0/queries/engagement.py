"""A learner's engagement with the parts of a course, by day and over a range of days."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from analytics_data_api.errors import IllegalParameterValues, TimelineNotFound
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagement
from analytics_data_api.v0.params.learners import EngagementFilters
from analytics_data_api.v0.queries.rosters import current_roster
from analytics_data_api.web.times import Window

# A timeline has one entry for each day.
MAX_TIMELINE_DAYS = 3660
FIGURE_NAMES = (
    *("discussion_contributions", "problems_attempted", "problems_completed", "videos_viewed"),
    "problem_attempts",
)


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

    def figures(self) -> tuple[int, int, int, int, int]:
        """Return contributions, problems attempted and completed, videos viewed and attempts at problems."""
        sets = (self.problems_attempted, self.problems_completed, self.videos_viewed)
        return self.discussion_contributions, *map(len, sets), self.problem_attempts  # type: ignore[return-value]

    def metrics(self) -> dict[str, float | None]:
        """Return the figures by name, with the ratio of attempts to completed problems."""
        completed = len(self.problems_completed)
        ratio = self.problem_attempts / completed if completed else None
        return dict(zip(FIGURE_NAMES, self.figures(), strict=True)) | {"problem_attempts_per_completed": ratio}


def engagement_rows(*, username: str, course_id: str, window: Window, scope: Scope) -> Iterator[Row]:
    """Yield a learner's activity by day: day, kind of entity, event, entity, count."""
    learner = {"course_id": course_id, "exact": scope.exact, "username": username}
    days = {"start_date": window.start, "end_date": window.end}
    return compiled.rows(engagement_statement, using=scope.using, **learner, **days)


def engagement_statement(
    course_id: str, exact: bool, username: str, start_date: date | None, end_date: date | None
) -> QuerySet:
    rows = of_course(ModuleEngagement, course_id, exact=exact).filter(username=username)
    rows = EngagementFilters.filtered(rows, start_date=start_date, end_date=end_date)
    return rows.order_by("date", "id").values_list(DateText("date"), "entity_type", "event", "entity_id", "count")


def engagement_over(*, username: str, course_id: str, window: Window, scope: Scope) -> dict[str, Any]:
    """Return the engagement on all days of a window in the form of a learner's ``engagements``."""
    total = Engagement()
    for _day, *activity in engagement_rows(username=username, course_id=course_id, window=window, scope=scope):
        total.add(*activity)
    start, end = (bound and bound.isoformat() for bound in (window.start, window.end))
    metrics = total.metrics()
    del metrics["problem_attempts"]
    return {"date_range": {"start": start, "end": end}, **metrics}


def engagement_timeline(*, username: str, course_id: str, window: Window, scope: Scope) -> Iterator[Row]:
    """Yield a learner's days in ascending order: date, posts, problems attempted and completed, videos, attempts.

    Every day of the window has a row. An open window begins or ends with the first or last day with engagement.
    """
    days: defaultdict[str, Engagement] = defaultdict(Engagement)
    for day, *activity in engagement_rows(username=username, course_id=course_id, window=window, scope=scope):
        days[day].add(*activity)
    if not days and not is_idle_window(username=username, course_id=course_id, window=window, scope=scope):
        current_roster(course_id=course_id, with_facets=False, scope=scope)
        raise TimelineNotFound(username, course_id)
    for day in days_of(window, sorted(days)):
        yield (day, *days[day].figures())


def is_idle_window(*, username: str, course_id: str, window: Window, scope: Scope) -> bool:
    """Return True if a learner was active, but not in a closed window. Only called if the window has no rows."""
    if window.start is None or window.end is None:
        return False
    rows = of_course(ModuleEngagement, course_id, exact=scope.exact).filter(username=username)
    return rows.using(scope.using).exists()


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
