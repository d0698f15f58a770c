"""The committed samples equal the responses on the demo data. ``make samples`` rewrites them."""

import json

import pytest

from analytics_data_api.v0.models import Roster
from analytics_data_api.web.schema import SAMPLES, route_slug
from tests.support.client import content
from tests.support.routes import CREATED, DATA_SETS, ROUTES

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug)
class TestSample:
    def test_json(self, api, demo_data, rewrite, route):
        rows = api.rows(f"/api/v0/{route.sample}")
        # Comparing texts checks the order of the keys too.
        compare(f"{route.slug}.json", (json.dumps(rows, indent=2, ensure_ascii=False) + "\n").encode(), rewrite)

    def test_csv(self, api, demo_data, rewrite, route):
        response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT="text/csv")
        assert response.status_code == 200
        compare(f"{route.slug}.csv", content(response), rewrite)


@pytest.mark.parametrize("path", DATA_SETS)
@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_data_sets(api, demo_data, rewrite, path, suffix):
    Roster.objects.using("analytics").update(touched=CREATED)
    response = api.get(
        f"/api/v0/{DATA_SETS[path]}", HTTP_ACCEPT={"json": "application/json", "csv": "text/csv"}[suffix]
    )
    assert response.status_code == 200
    body = content(response)
    if suffix == "json":
        body = (json.dumps(json.loads(body), indent=2, ensure_ascii=False) + "\n").encode()
    compare(f"{route_slug(f'/api/v0/{path}')}.{suffix}", body, rewrite)


def compare(name, body, rewrite):
    path = SAMPLES / name
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    assert body.decode() == path.read_bytes().decode()
