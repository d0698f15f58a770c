"""Every route of the server has a sample, a query count, an entry in the description, and requires a key."""

import json

import pytest

from analytics_data_api.web.schema import SAMPLES, route_slug
from tests.support.description import committed_description
from tests.support.routes import DATA_SETS, ROUTES, all_endpoints, api_endpoints
from tests.v0.test_query_counts import COUNTS_FILE

pytestmark = pytest.mark.django_db(databases="__all__")

# Routes without rows, each with the reason why the table of routes lacks it.
WITHOUT_ROWS = {
    "/status/": "an empty object, which tests/server/test_service.py holds",
    "/authenticated/": "an empty object, likewise",
    "/health/": "the state of the databases, likewise",
    "/api-token-auth/": "answers with a key that it makes, likewise",
    **{
        f"/api/{version}/{path}": "whole data sets, which v0/tests/views/test_data_sets.py holds"
        for version in ("v0", "v1")
        for path in DATA_SETS
    },
    **{
        f"/api/{version}/courses/{{course_id}}/reports/{{report_name}}/": "a link; v0/tests/views/test_reports.py has it"
        for version in ("v0", "v1")
    },
}
# Routes that need no key, each with the reason.
PUBLIC = {
    "/status/": "balancers ask it",
    "/health/": "monitors ask it",
    "/api-token-auth/": "gives the key to those who have none yet",
}
# Routes outside the API, each with the reason why the description lacks it.
UNDESCRIBED = {
    "/": "redirects to the documentation",
    "/docs/": "the documentation itself",
    "/reports/download/{signed}/": "a link that an endpoint of the API gives out",
    "/docs/v0/": "redirects to the documentation",
    "/docs/v1/": "the documentation of version 1",
    **{
        f"/docs/{version}{dialect}.{kind}": "the description itself"
        for version in ("", "v0/", "v1/")
        for dialect in ("swagger", "openapi")
        for kind in ("json", "yaml")
    },
    "/api-auth/login/": "a page of the browsable API",
    "/api-auth/logout/": "a page of the browsable API",
    **{
        f"/api/{version}/{name}/": "redirects to the same page at the root"
        for version in ("v0", "v1")
        for name in ("status", "authenticated", "health")
    },
    **{
        f"/api/{version}/{name}": "the same endpoint for a POST without the trailing slash"
        for version in ("v0", "v1")
        for name in ("course_summaries", "course_totals", "programs")
    },
}

# Django makes the pages of operators; tests/auth/test_admin.py checks them.
PATHS = [path for path, _view in all_endpoints() if not path.startswith("/admin/")]
API_PATHS = [path for path, _view in api_endpoints()]


@pytest.mark.parametrize("path", PATHS)
def test_is_described_or_exempt(path):
    described = path in committed_description().paths
    assert described != (path in UNDESCRIBED), "the description has to be made anew, or the route exempted"


def test_nothing_is_described_that_is_not_there():
    assert sorted(committed_description().paths) == sorted(set(API_PATHS))


@pytest.mark.parametrize("path", API_PATHS)
def test_is_in_the_table_of_routes_or_exempt(path):
    table = {f"/api/{version}/{route.path}" for route in ROUTES for version in ("v0", "v1")}
    assert (path in table) != (path in WITHOUT_ROWS), "add a line to the table of routes"


def test_exemptions_are_of_routes_that_are_there():
    for exempt in (WITHOUT_ROWS, PUBLIC, UNDESCRIBED):
        assert set(exempt) <= set(PATHS)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug)
class TestRoute:
    def test_is_served_by_both_versions(self, route):
        assert {f"/api/v0/{route.path}", f"/api/v1/{route.path}"} <= set(PATHS)

    def test_has_samples(self, route):
        assert (SAMPLES / f"{route.slug}.json").is_file()
        assert (SAMPLES / f"{route.slug}.csv").is_file()

    def test_has_a_count_of_its_queries(self, route):
        assert route.slug in json.loads(COUNTS_FILE.read_text(encoding="utf-8"))


def test_nothing_else_has_samples_or_counts():
    slugs = {route.slug for route in ROUTES}
    assert {path.stem for path in SAMPLES.iterdir()} == slugs | {route_slug(f"/api/v0/{path}") for path in DATA_SETS}
    assert set(json.loads(COUNTS_FILE.read_text(encoding="utf-8"))) == slugs


def requests_of(path):
    """Return a method that a route serves and a URL of the route."""
    method = "get" if "get" in committed_description().paths[path] else "post"
    samples = {
        f"/api/{version}/{route.path}": f"/api/{version}/{route.sample}" for route in ROUTES for version in ("v0", "v1")
    }
    return method, samples.get(path, path)


@pytest.mark.parametrize("path", sorted(set(API_PATHS) - set(PUBLIC)))
class TestKey:
    def test_no_key(self, anonymous, path):
        method, url = requests_of(path)
        response = getattr(anonymous, method)(url)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Token"
        assert response.json()["error_code"] == "not_authenticated"
        assert response.json()["detail"] == "Authentication credentials were not provided."
        assert "Authorization: Token KEY" in response.json()["developer_message"]

    def test_wrong_key(self, anonymous, path):
        method, url = requests_of(path)
        response = getattr(anonymous, method)(url, HTTP_AUTHORIZATION="Token wrong")
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Token"
        assert response.json()["error_code"] == "authentication_failed"

    def test_no_key_for_csv_is_json_too(self, anonymous, path):
        method, url = requests_of(path)
        response = getattr(anonymous, method)(url, HTTP_ACCEPT="text/csv")
        assert response.status_code == 401
        assert response["Content-Type"] == "application/json"
        assert response.json()["error_code"] == "not_authenticated"


@pytest.mark.parametrize("path", PUBLIC)
def test_public_routes_do_not_ask_for_a_key(anonymous, path):
    method, url = requests_of(path)
    assert getattr(anonymous, method)(url).status_code != 401
