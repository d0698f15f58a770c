"""A database that does not respond or has no tables always results in 503."""

import pytest
from django.db import OperationalError, connections

from tests.support import databases
from tests.support.routes import ROUTES

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug),
]
ALIASES = {"v0": "analytics", "v1": "analytics_v1"}


# Queries to append to the request of each route. Without the database none of them may result in 200 or 404.
HOSTILE = (
    "start_date=yesterday",
    "start_date=2014-12-31&end_date=2014-01-01",
    "start_date=0001-01-01&end_date=9999-12-31",
    "end_date=10000-01-01",
    "course_id=%00%27%3B--",
    "course_id=course-v1%3AnoneX%2BnoneX%2Bnone",
    "course_ids=&program_ids=",
    "course_ids=%ED%A0%80,a/b/c",
    "page=0&page_size=99999999999999999999",
    "page=2&page_size=1&all=true",
    "order_by=%F0%9F%92%A3&sort_order=up",
    "fields=count,nothing&exclude=nothing",
    "text_search=%25%5F%5C%27*&segments=a,,b&ignore_segments=c&cohort=%00",
    "limit=all&cursor=e30&updated_after=%2B",
    "activity_type=%3Cscript%3E&label=ANY",
    "format=xml",
    "format=csv&fields==1%2B1",
)


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
    # The message must not disclose the address of the database.
    assert str(tmp_path) not in message and "127.0.0.1" not in message


@pytest.mark.parametrize("alias", ["analytics", "default"])
def test_whatever_is_asked(api, tmp_path, route, alias):
    beside = "&" if "?" in route.sample else "?"
    with databases.unreachable(alias, tmp_path):
        for query in HOSTILE:
            response = api.get(f"/api/v0/{route.sample}{beside}{query}")
            assert response.status_code in (400, 503), (query, response.status_code)
        if "POST" in route.allow:
            for body in ({}, {"course_ids": ["a/b/c"]}, {"course_ids": "\x00"}, [], {"program_ids": ["x"] * 2000}):
                response = api.post(f"/api/v0/{route.path}", body, format="json")
                assert response.status_code in (400, 503), (body, response.status_code)


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
        assert "lacks the table" in refused(api.get(f"/api/v0/{route.sample}"))
