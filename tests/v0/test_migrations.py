"""Migrations create missing tables and do not change existing ones."""

import pytest
from django.core.management import call_command
from django.db import connections

from tests.support import databases
from tests.support.factories import DEMO_COURSE
from tests.v0.test_models import TABLES

pytestmark = pytest.mark.django_db(databases="__all__")

STANDING = {
    "sqlite": [
        "CREATE TABLE course_enrollment_daily (id integer PRIMARY KEY, course_id varchar(50) COLLATE NOCASE NOT NULL,"
        " date date NOT NULL, count integer NOT NULL, created datetime NOT NULL, shard varchar(9) DEFAULT 'one')",
        "CREATE INDEX an_index_of_the_pipeline ON course_enrollment_daily (count)",
    ],
    "mysql": [
        "CREATE TABLE course_enrollment_daily (id int PRIMARY KEY, course_id varchar(50) NOT NULL,"
        " date date NOT NULL, count int NOT NULL, created timestamp NOT NULL, shard varchar(9) DEFAULT 'one')"
        " CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci",
        "CREATE INDEX an_index_of_the_pipeline ON course_enrollment_daily (count)",
    ],
}
ROW = (
    "INSERT INTO course_enrollment_daily (id, course_id, date, count, created)"
    f" VALUES (7, '{DEMO_COURSE}', '2014-12-10', 1892, '2014-12-10 19:31:46')"
)


def described(connection, table):
    """Return everything that a database reports about a table."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
        constraints = connection.introspection.get_constraints(cursor, table)
        if connection.vendor == "mysql":
            cursor.execute(f"SHOW CREATE TABLE {connection.ops.quote_name(table)}")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s ORDER BY name", [table])
        return columns, constraints, cursor.fetchall()


@pytest.mark.parametrize("alias", ["analytics", "analytics_v1"])
def test_a_standing_table_is_left_exactly_as_it_was(api, tmp_path, alias):
    with databases.empty(alias, tmp_path) as connection:
        databases.execute(connection, *STANDING[connection.vendor], ROW)
        before = described(connection, "course_enrollment_daily")
        databases.migrate(alias)
        assert described(connection, "course_enrollment_daily") == before
        assert set(connection.introspection.table_names()) > {table for table, *_ in TABLES.values()}
        # Additional columns do not matter to the endpoint.
        version = {"analytics": "v0", "analytics_v1": "v1"}[alias]
        assert api.rows(f"/api/{version}/courses/{DEMO_COURSE}/enrollment/") == [
            {"course_id": DEMO_COURSE, "date": "2014-12-10", "count": 1892, "created": "2014-12-10T193146"}
        ]
        assert connection.vendor == "sqlite" or collation_of(connection, "course_enrollment_daily").endswith("_ci")

        databases.migrate(alias)
        assert described(connection, "course_enrollment_daily") == before


def test_a_view_is_left_as_well(api, tmp_path):
    with databases.empty("analytics", tmp_path) as connection:
        statements = [
            text.replace("course_enrollment_daily", "enrollment_of_shard") for text in STANDING[connection.vendor]
        ]
        view = "CREATE VIEW course_enrollment_daily AS SELECT * FROM enrollment_of_shard"
        databases.execute(connection, *statements, view, ROW.replace("course_enrollment_daily", "enrollment_of_shard"))
        databases.migrate("analytics")
        assert api.rows(f"/api/v0/courses/{DEMO_COURSE}/enrollment/")[0]["count"] == 1892


def collation_of(connection, table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_collation FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", sorted({table for table, *_ in TABLES.values()}))
def test_created_tables_compare_text_by_code_point(table):
    connection = connections["analytics"]
    if connection.vendor != "mysql":
        pytest.skip("SQLite compares so by default, which test_functions.py holds")
    assert collation_of(connection, table) in ("utf8mb4_nopad_bin", "utf8mb4_0900_bin", "utf8mb4_bin")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND collation_name IS NOT NULL",
            [table],
        )
        assert cursor.fetchall() == ((collation_of(connection, table),),)


def test_migrations_are_those_of_the_models(capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes" in capsys.readouterr().out
