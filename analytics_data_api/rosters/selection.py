"""The learners of a roster that a request selects.

A page costs what the page holds: a page of the whole roster is a range of ids, or a range of the index of its order. The
load has already counted the learners of each facet and of each common prefix of terms.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from analytics_data_api.constants import SEGMENTS
from analytics_data_api.errors import CohortNotFound, EnrollmentModeNotFound, SegmentNotFound
from analytics_data_api.rosters.current import CurrentRoster, Facet
from analytics_data_api.rosters.models import (
    LONGEST_PREFIX,
    MANY_LEARNERS,
    SORT_KEYS,
    RosterLearner,
    RosterPrefix,
    RosterTerm,
    reversed_keys,
)
from analytics_data_api.rosters.name_search import Search
from analytics_data_api.rosters.request import RosterRequest

# Sorts after every character that a term can hold.
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Selection:
    """The learners that match the filters and the search. ``facets`` is None if no filter excludes any."""

    roster: CurrentRoster
    facets: tuple[Facet, ...] | None
    search: Search | None
    using: str

    def terms(self) -> QuerySet:
        """Return the matching rows of terms. A learner may have several of them."""
        search = self.search or Search()
        condition = Q(term__in=search.exact) if search.exact else Q()
        for prefix in search.prefixes:
            condition |= Q(term__gte=prefix, term__lt=prefix + LAST_CHARACTER)
        terms = RosterTerm.objects.using(self.using).filter(roster_id=self.roster.id)
        return terms.filter(condition) if condition else terms.none()

    def learners(self) -> QuerySet:
        learners = RosterLearner.objects.using(self.using).filter(roster=self.roster.id)
        if self.search:
            learners = learners.filter(id__in=self.terms().values("learner_id"))
        if self.facets is not None:
            learners = learners.filter(facet__in=[facet.id for facet in self.facets])
        return learners

    @property
    def finds_each_once(self) -> bool:
        """True if a learner has at most one of the rows of terms."""
        return self.search is not None and len(self.search.exact) == 1 and not self.search.prefixes

    @property
    def only_prefix(self) -> str | None:
        """The prefix if the search is for one prefix alone and the load has counted prefixes of its length."""
        search = self.search
        if not search or search.exact or len(search.prefixes) != 1 or self.roster.learners < MANY_LEARNERS:
            return None
        return search.prefixes[0] if len(search.prefixes[0]) <= LONGEST_PREFIX else None

    def common_prefix(self, prefix: str) -> tuple[int, list[int]] | None:
        """Return the number of learners that a prefix finds and the first of them, or None if it is not common."""
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
        """Return the ids of all learners in an order. Call it only if they are known to be few."""
        keys = sort_keys(order_by, descending=descending)
        return list(self.learners().order_by(*keys).values_list("id", flat=True))

    def ids(self, *, order_by: str, descending: bool, start: int, size: int, count: int) -> Iterable[int]:
        """Return the ids of ``size`` learners from place ``start`` of an order. ``count`` is the number of all learners."""
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
        # The database skips fewer rows when it counts from the nearer end.
        from_end = count - start - size
        if from_end < start:
            return list(ids.order_by(*reversed_keys(keys))[from_end : from_end + size])[::-1]
        return ids.order_by(*keys)[start : start + size].iterator()

    def sorted_learners(self, order_by: str, end: int, count: int) -> QuerySet:
        """Return the learners in the shape that makes sorting the first ``end`` of them cheaper.

        The database either walks along the index of the order and skips the learners that the filter excludes, or
        collects the matching learners and sorts them.
        """
        walked = end * self.roster.learners / count
        if self.search or self.facets is None or walked > count:
            return self.learners()
        learners = RosterLearner.objects.using(self.using)
        if order_by == "username":
            learners = learners.filter(id__gte=self.roster.first_id, id__lt=self.roster.end_id)
        else:
            learners = learners.filter(roster=self.roster.id)
        # The expression keeps the database from using the index of facets.
        facets = [facet.id for facet in self.facets]
        return learners.annotate(walked_facet=F("facet_id") + 0).filter(walked_facet__in=facets)


def sort_keys(order_by: str, *, descending: bool) -> tuple[str, ...]:
    keys = SORT_KEYS[order_by]
    if not keys:
        return ("-id",) if descending else ("id",)
    return (*reversed_keys(keys), "id") if descending else (*keys, "id")


def select(roster: CurrentRoster, request: RosterRequest, *, using: str) -> Selection:
    """Return the selection of a request. Raise if the course lacks a requested segment, cohort or mode."""
    facets = None
    if request.has_filters:
        refuse_unknown_filters(roster.facets, request)
        facets = tuple(facet for facet in roster.facets if is_requested(facet, request))
    return Selection(roster=roster, facets=facets, search=request.search, using=using)


def is_requested(facet: Facet, request: RosterRequest) -> bool:
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
