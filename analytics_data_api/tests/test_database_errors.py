"""A database that does not answer, or that has no tables, is 503 and never anything else."""

import pytest
from django.db import OperationalError, connections

from analytics_data_api.tests import databases
from analytics_data_api.tests.routes import ROUTES

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug),
]
ALIASES = {"v0": "analytics", "v1": "analytics_v1"}


def refused(response):
    assert (response.status_code, response["Content-Type"]) == (503, "application/json")
    assert int(response["Retry-After"]) > 0
    body = response.json()
    assert body["error_code"] == "analytics_database_unavailable"
    return body["developer_message"]


@pytest.mark.parametrize("version", ALIASES)
@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
def test_unreachable(api, tmp_path, route, version, accept):
    with databases.unreachable(ALIASES[version], tmp_path):
        with pytest.raises(OperationalError):
            connections[ALIASES[version]].ensure_connection()
        message = refused(api.get(f"/api/{version}/{route.sample}", HTTP_ACCEPT=accept))
    # Neither its address nor its password is a client's business.
    assert str(tmp_path) not in message and "127.0.0.1" not in message


def test_is_back(api, demo_data, tmp_path, route):
    with databases.unreachable("analytics", tmp_path):
        refused(api.get(f"/api/v0/{route.sample}"))
    assert api.get(f"/api/v0/{route.sample}").status_code == 200


def test_only_the_database_of_the_version_counts(api, demo_data, tmp_path, route):
    with databases.unreachable("analytics_v1", tmp_path):
        assert api.get(f"/api/v0/{route.sample}").status_code == 200


def test_users_unreachable(api, demo_data, tmp_path, route):
    with databases.unreachable("default", tmp_path):
        refused(api.get(f"/api/v0/{route.sample}"))


def test_missing_table(api, tmp_path, route):
    with databases.empty("analytics", tmp_path):
        assert "migrations" in refused(api.get(f"/api/v0/{route.sample}"))
