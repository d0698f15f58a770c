"""A request costs the committed number of queries, regardless of the number of rows.

``make samples`` writes the file anew.
"""

import json
from pathlib import Path

import pytest

from tests.support.client import ApiClient, content
from tests.support.factories import TokenFactory
from tests.support.routes import ROUTES

COUNTS_FILE = Path(__file__).resolve().parent / "query_counts.json"
FEW = 10
MANY = 10_000

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug)
def test_queries(query_counter, rewrite, route):
    # Checking thousands of rows against the description would take longer than the rest of the test.
    api = ApiClient(described=False)
    api.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
    url = f"/api/v0/{route.large}"
    route.insert(range(FEW))
    api.get(url)  # what a process asks only once
    few = queries_of(api, query_counter, url)
    if rewrite:
        note(route.slug, len(few))
    expected = json.loads(COUNTS_FILE.read_text(encoding="utf-8"))[route.slug]
    assert len(few) == expected, "\n".join(few)

    route.insert(range(FEW, MANY))
    many = queries_of(api, query_counter, url)
    assert len(many) == len(few), "\n".join(many)


def queries_of(api, query_counter, url):
    with query_counter() as queries:
        response = api.get(url)
        assert response.status_code == 200, content(response)
    return queries


def note(slug, count):
    counts = json.loads(COUNTS_FILE.read_text(encoding="utf-8")) if COUNTS_FILE.is_file() else {}
    counts[slug] = count
    COUNTS_FILE.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
