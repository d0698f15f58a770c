"""Expiry and last use of keys, and users' databases that the migrations have not reached."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connections

from analytics_data_api.auth import keys as authentication
from analytics_data_api.auth.models import KeyAccess
from tests.support import databases
from tests.support.client import ApiClient
from tests.support.factories import KeyAccessFactory, TokenFactory

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def forgotten():
    authentication.unrecorded.clear()
    yield
    authentication.unrecorded.clear()


def today():
    return datetime.now(UTC).date()


def answer(key, path="/authenticated/"):
    return ApiClient().get(path, HTTP_AUTHORIZATION=f"Token {key}")


class TestExpiry:
    @pytest.mark.parametrize("days, status", [(1, 200), (0, 401), (-1, 401)])
    def test_the_day_is_exclusive(self, days, status):
        token = TokenFactory(key="key")
        KeyAccessFactory(user=token.user, expires=today() + timedelta(days=days))
        assert answer("key").status_code == status

    def test_is_a_wrong_key(self):
        KeyAccessFactory(user=TokenFactory(key="key").user, expires=today())
        expired, wrong = answer("key"), answer("wrong")
        assert (expired.status_code, expired.content) == (401, wrong.content)
        assert expired["WWW-Authenticate"] == wrong["WWW-Authenticate"]

    def test_of_a_login(self, anonymous):
        token = TokenFactory()
        anonymous.force_login(token.user)
        assert anonymous.get("/authenticated/").status_code == 200
        KeyAccessFactory(user=token.user, expires=today())
        assert anonymous.get("/authenticated/").status_code == 401

    def test_of_a_user_who_is_not_active(self):
        TokenFactory(key="key", user__is_active=False)
        assert answer("key").status_code == 401


class TestLastUse:
    def used(self):
        return KeyAccess.objects.values_list("last_used", flat=True).get()

    def test_of_a_key_of_which_nothing_is_stored(self):
        TokenFactory(key="key")
        assert answer("key").status_code == 200
        assert self.used() == today()

    def test_keeps_the_restrictions(self):
        KeyAccessFactory(user=TokenFactory(key="key").user, is_restricted=True, orgs="edX")
        assert answer("key").status_code == 200
        assert KeyAccess.objects.values_list("is_restricted", "orgs", "last_used").get() == (True, "edX", today())

    def test_is_written_once_a_day(self, query_counter):
        KeyAccessFactory(user=TokenFactory(key="key").user, last_used=today() - timedelta(days=1))
        answer("key")
        assert self.used() == today()
        with query_counter() as queries:
            answer("key")
        assert len(queries) == 1 and "INSERT" not in queries[0]

    def test_a_wrong_key_is_not_used(self):
        KeyAccessFactory(user=TokenFactory(key="key").user, expires=today())
        answer("key")
        assert self.used() is None

    def test_where_nothing_can_be_written(self, query_counter, monkeypatch):
        """The users' database is a read-only replica."""
        TokenFactory(key="key")
        table = connections["default"].ops.quote_name(KeyAccess._meta.db_table)

        def refuse(execute, sql, params, many, context):
            if table in sql and not sql.startswith("SELECT"):
                raise OperationalError(1290, "the server runs with --read-only")
            return execute(sql, params, many, context)

        with connections["default"].execute_wrapper(refuse):
            assert answer("key").status_code == 200
            with query_counter() as queries:
                assert answer("key").status_code == 200
        assert len(queries) == 1
        assert not KeyAccess.objects.exists()


class TestOtherDatabases:
    """The users' database is from an older server and lacks this server's table."""

    @pytest.fixture
    def older(self, tmp_path):
        with databases.empty("default", tmp_path) as connection:
            databases.migrate("default")
            databases.execute(connection, f"DROP TABLE {KeyAccess._meta.db_table}")
            yield connection

    def test_keys_work_as_they_did(self, older):
        user = get_user_model().objects.create(username="ada")
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO authtoken_token (`key`, user_id, created) VALUES ('key', %s, '2014-12-10 19:31:46')",
                [user.pk],
            )
        assert answer("key").status_code == 200
        assert answer("key", "/api/v0/course_totals/").status_code == 200
        assert answer("wrong").status_code == 401

    def test_logins_work_as_they_did(self, older, anonymous):
        user = get_user_model().objects.create(username="ada")
        anonymous.force_login(user)
        assert anonymous.get("/api/v0/course_totals/").status_code == 200

    def test_a_column_that_is_missing_opens_nothing(self, older):
        """An unreadable table may hold a restriction."""
        databases.execute(older, f"CREATE TABLE {KeyAccess._meta.db_table} (user_id INTEGER PRIMARY KEY)")
        assert answer("key").status_code == 503


def test_a_key_costs_one_query(query_counter):
    KeyAccessFactory(user=TokenFactory(key="key").user, is_restricted=True, orgs="edX", last_used=today())
    answer("key")
    with query_counter() as queries:
        assert answer("key").status_code == 200
    assert len(queries) == 1


class TestWrongKeys:
    @pytest.mark.parametrize("key", ["ключ", "é", "a\x7f", "KEY", "key ", "k", "keys", "k\u0301ey"])
    def test_refused(self, key):
        TokenFactory(key="key")
        response = ApiClient().get("/authenticated/", HTTP_AUTHORIZATION=f"Token {key}".encode().decode("latin-1"))
        assert response.status_code == (200 if key.strip() == "key" else 401)

    @pytest.mark.parametrize("kind", ["utf8mb4 COLLATE utf8mb4_general_ci", "latin1", "utf8mb4 COLLATE utf8mb4_bin"])
    def test_as_the_table_of_an_older_server_compares_them(self, kind, tmp_path):
        if connections["default"].vendor != "mysql":
            pytest.skip("SQLite compares keys as they are")
        with databases.empty("default", tmp_path) as connection:
            databases.migrate("default")
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE authtoken_token CONVERT TO CHARACTER SET {kind}")
            TokenFactory(key="abcDEF")
            assert [answer(key).status_code for key in ("abcDEF", "ABCDEF", "abcdef")] == [200, 401, 401]
            for key in ("ábcDEF", "ключ"):
                text = f"Token {key}".encode().decode("latin-1")
                assert ApiClient().get("/authenticated/", HTTP_AUTHORIZATION=text).status_code == 401


class TestKeyWithoutTheWord:
    """User interfaces for the API's description send what a person enters."""

    @pytest.mark.parametrize(
        "header, status",
        [
            ("key", 200),
            (" key ", 200),
            ("wrong", 401),
            ("Token", 401),
            ("JWT", 401),
            ("Bearer", 401),
            ("Basic key", 401),
        ],
    )
    def test_is_understood(self, header, status):
        TokenFactory(key="key")
        response = ApiClient().get("/authenticated/", HTTP_AUTHORIZATION=header)
        assert response.status_code == status

    @pytest.mark.parametrize("header", ["k\xe9y", "\xff", "key\x00"])
    def test_other_characters_are_no_key(self, header):
        assert ApiClient().get("/authenticated/", HTTP_AUTHORIZATION=header).status_code == 401
