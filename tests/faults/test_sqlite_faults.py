"""SQLite files that are missing, locked, damaged or replaced."""

import sqlite3
from contextlib import closing

import pytest
from django.db import DatabaseError, OperationalError, connections

from analyticsdataserver.db import limits
from tests.support import databases
from tests.support.routes import ROUTES

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="the tests' databases are not SQLite files"),
]
FAULTS = pytest.mark.parametrize(
    "fault", [databases.no_database, databases.damaged, databases.locked, databases.unreachable]
)


@pytest.fixture
def enforced_limits():
    """Enforce the limits of a server that serves requests."""
    limits.enforce(10)
    yield
    limits.enforce(None)


def unavailable_message(response):
    assert (response.status_code, response["Content-Type"]) == (503, "application/json")
    assert int(response["Retry-After"]) > 0
    assert response.json()["error_code"] == "analytics_database_unavailable"
    return response.json()["developer_message"]


@FAULTS
@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
def test_every_route(api, tmp_path, fault, accept):
    with fault("analytics", tmp_path):
        for route in ROUTES:
            assert "migrations" not in unavailable_message(api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept))


@FAULTS
def test_users(api, tmp_path, fault):
    with fault("default", tmp_path):
        unavailable_message(api.get(f"/api/v0/{ROUTES[0].sample}"))
        unavailable_message(api.get("/authenticated/"))
        unavailable_message(api.post("/api-token-auth/", {"username": "a", "password": "b"}))


@FAULTS
@pytest.mark.parametrize("alias", ["default", "analytics", "analytics_v1"])
def test_health(anonymous, tmp_path, fault, alias):
    with fault(alias, tmp_path):
        response = anonymous.get("/health/")
    states = response.json()["detailed_status"]
    assert (response.status_code, states.pop(f"{alias}_db_status")) == (503, "UNAVAILABLE")
    if alias == "analytics_v1":
        # A monitor of an older server reads one key for both versions.
        assert states.pop("analytics_db_status") == "UNAVAILABLE"
    assert set(states.values()) == {"OK"}


def test_a_missing_file_is_not_made(api, anonymous, tmp_path, enforced_limits):
    file = tmp_path / "missing.sqlite3"
    with databases.replaced("analytics", NAME=str(file)):
        assert "migrations" not in unavailable_message(api.get(f"/api/v0/{ROUTES[0].sample}"))
        assert anonymous.get("/health/").status_code == 503
        assert not file.exists()


def test_a_file_of_any_name_and_the_wait_for_a_lock(tmp_path, enforced_limits):
    file = tmp_path / "100% café? #1.sqlite3"
    sqlite3.connect(file).close()
    with databases.replaced("analytics", NAME=str(file)) as connection, connection.cursor() as cursor:
        connection.ask()
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (limits.CONNECT * 1000,)


class TestReplacedFile:
    @pytest.fixture
    def file(self, tmp_path):
        self.write(tmp_path / "figures.sqlite3", "old")
        return tmp_path / "figures.sqlite3"

    def write(self, path, text):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE figures (text TEXT)")
            connection.execute("INSERT INTO figures VALUES (?)", [text])

    def read(self, connection):
        # Django does this at the beginning of a request.
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM figures")
            return cursor.fetchone()[0]

    def test_is_read(self, file, tmp_path, enforced_limits):
        options = {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 600}
        with databases.replaced("analytics", NAME=str(file), **options) as connection:
            assert self.read(connection) == "old"
            self.write(tmp_path / "new.sqlite3", "new")
            (tmp_path / "new.sqlite3").rename(file)
            assert self.read(connection) == "new"
            file.unlink()
            with pytest.raises(OperationalError):
                self.read(connection)

    def test_a_file_without_a_name_is_asked_again(self):
        with databases.replaced("analytics", NAME=":memory:") as connection:
            with pytest.raises(DatabaseError):
                self.read(connection)
            assert connection.is_usable()
