"""The current roster of a course: the one that requests read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from analytics_data_api.constants import SEGMENTS
from analytics_data_api.rosters.models import ID_BITS, Roster
from analytics_data_api.sql import compiled


@dataclass(frozen=True)
class Facet:
    """The learners of a roster who share cohort, enrollment mode and segments."""

    id: int
    cohort: str | None
    enrollment_mode: str | None
    segments: tuple[str, ...]
    learners: int


@dataclass(frozen=True)
class CurrentRoster:
    """The current roster of a course. ``facets`` is empty unless the caller asked for them."""

    id: int
    learners: int
    averages: dict[str, float | None]
    facets: tuple[Facet, ...] = ()

    @property
    def first_id(self) -> int:
        return self.id << ID_BITS

    @property
    def end_id(self) -> int:
        return (self.id + 1) << ID_BITS


def find_current_roster(*, course_id: str, with_facets: bool, using: str) -> CurrentRoster | None:
    """Return the current roster of a course, or None if the course has none."""
    statement = roster_with_facets if with_facets else roster_alone
    rows = list(compiled.rows(statement, using=using, course_id=course_id))
    if not rows:
        return None
    roster_id, learners, averages = rows[0][:3]
    facets = (
        Facet(id, cohort, mode, tuple(segments), size)
        for in_roster, _learners, _averages, id, cohort, mode, segments, size in (rows if with_facets else ())
        if in_roster == roster_id and id is not None
    )
    return CurrentRoster(roster_id, learners, averages, tuple(facets))


def roster_alone(course_id: str) -> QuerySet:
    return current_rosters(course_id).values_list("id", "learners", "averages")[:1]


def roster_with_facets(course_id: str) -> QuerySet:
    facets = (f"rosterfacet__{name}" for name in ("id", "cohort", "enrollment_mode", "segments", "learners"))
    return current_rosters(course_id).values_list("id", "learners", "averages", *facets)


def current_rosters(course_id: str) -> QuerySet:
    return Roster.objects.filter(course_id=course_id, state=Roster.CURRENT).order_by("-id")


def whole_roster(roster_id: int) -> QuerySet:
    """Return the row of a roster, or no row once the roster is being deleted."""
    return Roster.objects.filter(pk=roster_id, state__in=Roster.WHOLE)


def is_whole(roster: CurrentRoster, *, using: str) -> bool:
    return whole_roster(roster.id).using(using).exists()


def learners_by_facet(facets: Iterable[Facet]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Return the number of learners by cohort, by segment and by enrollment mode."""
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
    known = {name: segments.pop(name) for name in SEGMENTS}
    return dict(sorted(cohorts.items())), known | dict(sorted(segments.items())), dict(sorted(modes.items()))
