"""Beginnings that many learners' terms share.

A search for a rare beginning reads the few terms that begin so. For the others, of which there cannot be many, the loader
writes down how many learners they lead to and who the first of them are: what a type-ahead field asks for.
"""

from array import array
from collections.abc import Iterable, Iterator
from heapq import nsmallest

from analytics_data_api.rosters.models import LONGEST_PREFIX, MANY_LEARNERS

# How many learners of a beginning: what the largest ordinary page holds.
FIRST = 100


def common_prefixes(terms: Iterable[tuple[str, int]], learners: int) -> Iterator[tuple[str, int, list[int]]]:
    """Each beginning of at least ``MANY_LEARNERS`` learners: itself, their number and the places of the first of them.

    ``terms`` are sorted pairs of a term and the place of a learner among ``learners``. A learner with several terms that
    begin alike counts once.
    """
    current = [""] * (LONGEST_PREFIX + 1)
    places: list[list[int]] = [[] for _ in current]
    # Which group a learner was last seen in, by length: a set of a million places would take ten times the memory.
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
