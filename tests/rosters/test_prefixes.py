"""Common prefixes, compared with counting every prefix."""

import random

import pytest

from analytics_data_api.rosters import prefixes
from analytics_data_api.rosters.models import LONGEST_PREFIX


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("many, first", [(1, 3), (4, 100), (20, 2)])
def test_common_prefixes(monkeypatch, seed, many, first):
    monkeypatch.setattr(prefixes, "MANY_LEARNERS", many)
    monkeypatch.setattr(prefixes, "FIRST", first)
    choose = random.Random(seed)
    terms = sorted(
        {
            ("".join(choose.choices("ab山😀", k=choose.randint(1, 12))), choose.randrange(40))
            for _ in range(choose.randint(1, 300))
        }
    )
    expected = {}
    for term, place in terms:
        for length in range(1, min(LONGEST_PREFIX, len(term)) + 1):
            expected.setdefault(term[:length], set()).add(place)
    found = list(prefixes.common_prefixes(iter(terms), 40))
    assert len({prefix for prefix, _number, _first in found}) == len(found)
    assert {prefix: (number, places) for prefix, number, places in found} == {
        prefix: (len(places), sorted(places)[:first]) for prefix, places in expected.items() if len(places) >= many
    }


def test_no_terms():
    assert list(prefixes.common_prefixes(iter(()), 0)) == []
