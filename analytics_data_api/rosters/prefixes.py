"""Common prefixes: beginnings that the terms of many learners share.

A search for a rare prefix reads its few terms. There are few common prefixes, so the load stores for each the number of
its learners and the first of them, which is the page that a type-ahead field shows.
"""

from array import array
from collections.abc import Iterable, Iterator
from heapq import nsmallest

from analytics_data_api.rosters.models import LONGEST_PREFIX, MANY_LEARNERS

# Stored learners of a prefix, as many as the largest page of JSON holds.
FIRST = 100


def common_prefixes(terms: Iterable[tuple[str, int]], learners: int) -> Iterator[tuple[str, int, list[int]]]:
    """Yield each prefix of at least ``MANY_LEARNERS`` learners with their number and the places of the first of them.

    ``terms`` are sorted pairs of a term and the place of a learner among ``learners``. A learner counts once for a
    prefix, however many of the learner's terms begin with it.
    """
    current = [""] * (LONGEST_PREFIX + 1)
    places: list[list[int]] = [[] for _ in current]
    # The group in which a learner was last seen, by length. Sets of a million places would take ten times the memory.
    seen = [array("L", bytes(array("L").itemsize * learners)) for _ in current]
    group = [1] * (LONGEST_PREFIX + 1)
    for term, place in terms:
        for length in range(1, min(LONGEST_PREFIX, len(term)) + 1):
            prefix = term[:length]
            if prefix != current[length]:
                if len(places[length]) >= MANY_LEARNERS:
                    yield current[length], len(places[length]), nsmallest(FIRST, places[length])
                current[length] = prefix
                places[length] = []
                group[length] += 1
            if seen[length][place] != group[length]:
                seen[length][place] = group[length]
                places[length].append(place)
    for prefix, found in zip(current, places, strict=True):
        if len(found) >= MANY_LEARNERS:
            yield prefix, len(found), nsmallest(FIRST, found)
