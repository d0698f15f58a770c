"""A learner's engagement with the parts of a course, by day and over a range of days."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from analytics_data_api.errors import IllegalParameterValues, TimelineNotFound
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import ModuleEngagement
from analytics_data_api.v0.queries.rosters import current_roster
from analytics_data_api.web.times import Window

# Days of a timeline, which has an entry for each.
MAX_TIMELINE_DAYS = 3660


@dataclass
class Engagement:
    """What a learner did on some days. Problems and videos count once, however often they were used."""

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


def engagement_rows(*, username: str, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """Day, kind of entity, event, entity and count of all that a learner did, by day."""
    return compiled.rows(
        engagement_statement,
        using=using,
        course_id=course_id,
        username=username,
        start=window.start,
        end=window.end,
    )


def engagement_statement(course_id: str, username: str, start: date | None, end: date | None) -> QuerySet:
    rows = ModuleEngagement.objects.filter(course_id=course_id, username=username)
    if start is not None:
        rows = rows.filter(date__gte=start)
    if end is not None:
        rows = rows.filter(date__lt=end)
    return rows.order_by("date", "id").values_list(DateText("date"), "entity_type", "event", "entity_id", "count")


def engagement_over(*, username: str, course_id: str, window: Window, using: str) -> dict[str, Any]:
    """The engagement of all days of a window together, as a learner's ``engagements`` have it."""
    total = Engagement()
    for _day, *activity in engagement_rows(username=username, course_id=course_id, window=window, using=using):
        entity_type, event, entity_id, count = activity
        total.add(entity_type, event, entity_id, count)
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


def engagement_timeline(*, username: str, course_id: str, window: Window, using: str) -> Iterator[Row]:
    """A learner's days in ascending order: date, posts, problems attempted and completed, videos, attempts.

    Every day of the window is there. Where it is open, it goes from the first to the last day with engagement.
    """
    days: defaultdict[str, Engagement] = defaultdict(Engagement)
    for day, *activity in engagement_rows(username=username, course_id=course_id, window=window, using=using):
        entity_type, event, entity_id, count = activity
        days[day].add(entity_type, event, entity_id, count)
    if not days and not is_idle_window(username=username, course_id=course_id, window=window, using=using):
        current_roster(course_id=course_id, with_facets=False, using=using)
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


def is_idle_window(*, username: str, course_id: str, window: Window, using: str) -> bool:
    """Whether a learner did nothing in a closed window, but something on other days."""
    if window.start is None or window.end is None:
        return False
    return ModuleEngagement.objects.using(using).filter(course_id=course_id, username=username).exists()


def days_of(window: Window, filled: list[str]) -> list[str]:
    """The days of a window, which is closed by the first and the last filled day where it is open."""
    start = window.start or date.fromisoformat(filled[0])
    end = window.end or date.fromisoformat(filled[-1]) + timedelta(days=1)
    length = (end - start).days
    if length > MAX_TIMELINE_DAYS:
        raise IllegalParameterValues(
            "start_date", start.isoformat(), f"a day at most {MAX_TIMELINE_DAYS} days before the end ({end})"
        )
    return [(start + timedelta(days=number)).isoformat() for number in range(length)]
