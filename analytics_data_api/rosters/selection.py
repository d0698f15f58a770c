"""Which roster of a course is read, and which of its learners a request asks for.

What a page costs follows from the page: a page of the whole roster is a range of ids, or of the index of its order; the
learners of a filter are counted by facets when the roster is loaded, and those of a common beginning of terms likewise.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from analytics_data_api.constants import SEGMENTS
from analytics_data_api.errors import CohortNotFound, EnrollmentModeNotFound, SegmentNotFound
from analytics_data_api.rosters.models import (
    ID_BITS,
    LONGEST_PREFIX,
    MANY_LEARNERS,
    Roster,
    RosterLearner,
    RosterPrefix,
    RosterTerm,
)
from analytics_data_api.rosters.name_search import Search
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.sql import compiled

# Sorts after every character that a term can hold.
LAST_CHARACTER = "\U0010ffff"

# What the learners are sorted by in ascending order; ties are sorted by id, that is by username.
SORT_KEYS = {
    "username": (),
    "email": ("email_key",),
    "discussion_contributions": ("discussion_contributions",),
    "problems_attempted": ("problems_attempted",),
    "problems_completed": ("problems_completed",),
    "problem_attempts_per_completed": ("attempts_per_completed_key", "-attempt_ratio_key"),
    "attempt_ratio_order": ("attempt_ratio_key",),
    "videos_viewed": ("videos_viewed",),
}


@dataclass(frozen=True)
class Facet:
    """The learners of a roster who agree in cohort, enrollment mode and segments."""

    id: int
    cohort: str | None
    enrollment_mode: str | None
    segments: tuple[str, ...]
    learners: int


@dataclass(frozen=True)
class CurrentRoster:
    """The roster of a course that is read now; without facets where nobody asked for them."""

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


def current_roster(*, course_id: str, with_facets: bool, using: str) -> CurrentRoster | None:
    """Return the roster that is read now, or None if the course has none."""
    statement = roster_with_facets if with_facets else roster_alone
    rows = list(compiled.rows(statement, using=using, course_id=course_id))
    if not rows:
        return None
    facets = [
        Facet(id, cohort, mode, tuple(segments), size)
        for in_roster, _learners, _averages, id, cohort, mode, segments, size in (rows if with_facets else ())
        if in_roster == rows[0][0] and id is not None
    ]
    roster_id, learners, averages = rows[0][:3]
    return CurrentRoster(roster_id, learners, averages, tuple(facets))


def roster_alone(course_id: str) -> QuerySet:
    return roster_of(course_id).values_list("id", "learners", "averages")[:1]


def roster_with_facets(course_id: str) -> QuerySet:
    facets = (f"rosterfacet__{name}" for name in ("id", "cohort", "enrollment_mode", "segments", "learners"))
    return roster_of(course_id).values_list("id", "learners", "averages", *facets)


def roster_of(course_id: str) -> QuerySet:
    return Roster.objects.filter(course_id=course_id, state=Roster.CURRENT).order_by("-id")


@dataclass(frozen=True)
class Selection:
    """The learners that the filters and the search of a request leave. ``facets`` is None where all of them remain."""

    roster: CurrentRoster
    facets: tuple[Facet, ...] | None
    search: Search | None
    using: str

    def terms(self) -> QuerySet:
        """The rows of terms that the search finds; a learner may have several of them."""
        search = self.search or Search()
        found = Q(term__in=search.exact) if search.exact else Q()
        for prefix in search.prefixes:
            found |= Q(term__gte=prefix, term__lt=prefix + LAST_CHARACTER)
        terms = RosterTerm.objects.using(self.using).filter(roster_id=self.roster.id)
        return terms.filter(found) if found else terms.none()

    def learners(self) -> QuerySet:
        learners = RosterLearner.objects.using(self.using).filter(roster=self.roster.id)
        if self.search:
            learners = learners.filter(id__in=self.terms().values("learner_id"))
        if self.facets is not None:
            learners = learners.filter(facet__in=[facet.id for facet in self.facets])
        return learners

    @property
    def finds_each_once(self) -> bool:
        """Whether a learner has at most one of the rows of terms."""
        return self.search is not None and len(self.search.exact) == 1 and not self.search.prefixes

    @property
    def counted_prefix(self) -> str | None:
        """The beginning that the search looks for, if the load has written down whether it is a common one."""
        search = self.search
        if not search or search.exact or len(search.prefixes) != 1 or self.roster.learners < MANY_LEARNERS:
            return None
        return search.prefixes[0] if len(search.prefixes[0]) <= LONGEST_PREFIX else None

    def common_prefix(self, prefix: str) -> tuple[int, list[int]] | None:
        """How many learners a common beginning finds and who the first of them are; None for one that is not common."""
        rows = RosterPrefix.objects.using(self.using).filter(roster_id=self.roster.id, prefix=prefix)
        row = rows.values_list("learners", "first").first()
        return row and (row[0], [self.roster.first_id + place for place in row[1]])

    def count(self) -> int:
        if self.search and self.facets is None:
            terms = self.terms()
            if self.finds_each_once:
                return terms.count()
            return terms.aggregate(learners=Count("learner_id", distinct=True))["learners"] or 0
        if self.search:
            return self.learners().count()
        return self.roster.learners if self.facets is None else sum(facet.learners for facet in self.facets)

    def all_ids(self, *, order_by: str, descending: bool) -> list[int]:
        """The ids of all learners in an order, where they are known to be few."""
        keys = sort_keys(order_by, descending=descending)
        return list(self.learners().order_by(*keys).values_list("id", flat=True))

    def ids(self, *, order_by: str, descending: bool, start: int, size: int, count: int) -> Iterable[int]:
        """The ids of the learners from place ``start`` on in an order. ``count`` is how many learners there are at all."""
        size = min(size, count - start)
        if size <= 0:
            return ()
        if order_by == "username" and self.search is None and self.facets is None:
            first = self.roster.first_id
            if descending:
                return range(first + count - 1 - start, first + count - 1 - start - size, -1)
            return range(first + start, first + start + size)
        if order_by == "username" and self.facets is None:
            ids = self.terms().values_list("learner_id", flat=True)
            ids = ids if self.finds_each_once else ids.distinct()
            keys: tuple[str, ...] = ("-learner_id",) if descending else ("learner_id",)
        else:
            ids = self.sorted_learners(order_by, start + size, count).values_list("id", flat=True)
            keys = sort_keys(order_by, descending=descending)
        # The nearer end is where to begin counting.
        from_end = count - start - size
        if from_end < start:
            return list(ids.order_by(*reversed_keys(keys))[from_end : from_end + size])[::-1]
        return ids.order_by(*keys)[start : start + size].iterator()

    def sorted_learners(self, order_by: str, end: int, count: int) -> QuerySet:
        """The learners, in the shape in which the database does the less work to sort the first ``end`` of them.

        Either it walks along the index of the order and skips those whom the filter leaves out, or it collects those
        whom the filter leaves and sorts them.
        """
        walked = end * self.roster.learners / count
        if self.search or self.facets is None or walked > count:
            return self.learners()
        learners = RosterLearner.objects.using(self.using)
        if order_by == "username":
            learners = learners.filter(id__gte=self.roster.first_id, id__lt=self.roster.end_id)
        else:
            learners = learners.filter(roster=self.roster.id)
        # An expression keeps the database from the facets' index.
        facets = [facet.id for facet in self.facets]
        return learners.annotate(walked_facet=F("facet_id") + 0).filter(walked_facet__in=facets)


def sort_keys(order_by: str, *, descending: bool) -> tuple[str, ...]:
    keys = SORT_KEYS[order_by]
    if not keys:
        return ("-id",) if descending else ("id",)
    return (*reversed_keys(keys), "id") if descending else (*keys, "id")


def reversed_keys(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key[1:] if key.startswith("-") else f"-{key}" for key in keys)


def select(roster: CurrentRoster, request: RosterRequest, *, using: str) -> Selection:
    """What a request leaves of a roster; a segment, cohort or mode that the course does not have is an error."""
    facets = None
    if request.has_filters:
        refuse_unknown_filters(roster.facets, request)
        facets = tuple(facet for facet in roster.facets if is_asked_for(facet, request))
    return Selection(roster=roster, facets=facets, search=request.search, using=using)


def is_asked_for(facet: Facet, request: RosterRequest) -> bool:
    return (
        (not request.cohort or facet.cohort == request.cohort)
        and (not request.enrollment_mode or facet.enrollment_mode == request.enrollment_mode)
        and (not request.segments or not set(facet.segments).isdisjoint(request.segments))
        and set(facet.segments).isdisjoint(request.ignore_segments)
    )


def refuse_unknown_filters(facets: Iterable[Facet], request: RosterRequest) -> None:
    segments = dict.fromkeys(SEGMENTS) | dict.fromkeys(sorted({name for facet in facets for name in facet.segments}))
    for segment in (*request.segments, *request.ignore_segments):
        if segment not in segments:
            raise SegmentNotFound(segment, segments)
    if request.cohort and all(facet.cohort != request.cohort for facet in facets):
        raise CohortNotFound(request.cohort)
    if request.enrollment_mode and all(facet.enrollment_mode != request.enrollment_mode for facet in facets):
        raise EnrollmentModeNotFound(request.enrollment_mode)
