"""./manage.py check --database analytics reports what a database lacks and how to add it."""

import pytest
from django.core import checks as django_checks
from django.core.management import CommandError, call_command
from django.db import connections

from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0 import checks
from tests.support import databases, pipeline_tables

pytestmark = pytest.mark.django_db(databases="__all__")


def found(alias="analytics", id=None):
    """Return the findings of the checks of a database."""
    messages = django_checks.run_checks(tags=[checks.TAG], databases=[alias])
    return [message for message in messages if id in (None, message.id)]


def apply_hint(connection, message):
    """Execute the SQL of a hint."""
    statements = [line for line in message.hint.splitlines() if line.startswith("CREATE ")]
    assert statements, message.hint
    databases.execute(connection, *statements)


@pytest.fixture
def bare_shape():
    """Return a shape without any index."""
    return next(shape for shape in pipeline_tables.shapes_for(connections["analytics"]) if not shape.indexes)


def test_our_own_tables_lack_nothing():
    assert found("analytics") == found("analytics_v1") == []


def test_not_asked_for():
    assert django_checks.run_checks(tags=[checks.TAG]) == []


def test_users_are_elsewhere():
    assert found("default") == []


def test_every_table_has_its_keys():
    pipelines = {model for model in checks.MANAGED_MODELS if issubclass(model, PipelineTable)}
    assert checks.KEYS.keys() == pipelines


@pytest.mark.parametrize(
    ("model", "key"), [(model, key) for model, keys in checks.KEYS.items() for key in keys], ids=str
)
def test_our_own_indexes_begin_with_the_keys(model, key):
    assert checks.own_index(model, key).fields[: len(key)] == list(key)


def test_missing_tables(tmp_path):
    with databases.empty("analytics", tmp_path) as connection:
        missing = found()
        assert [message.id for message in missing] == ["analytics.W001"] * len(checks.MANAGED_MODELS)
        assert "no table answer_distribution" in missing[0].msg
        assert "./manage.py migrate --database analytics" in missing[0].hint
        apply_hint(connection, missing[0])
        assert found() == missing[1:]
        databases.migrate("analytics")
        assert found() == []


def test_hint_for_a_table_that_was_dropped_works(tmp_path):
    """migrate does nothing, since its record says that the table exists."""
    with databases.empty("analytics", tmp_path) as connection:
        databases.migrate("analytics")
        databases.execute(connection, "DROP TABLE video")
        [message] = found()
        assert "no table video:" in message.msg and "migrate --database" not in message.hint
        databases.migrate("analytics")
        assert found() == [message]
        apply_hint(connection, message)
        assert found() == []


def test_missing_indexes(tmp_path, bare_shape):
    with pipeline_tables.dumped("analytics", bare_shape, [], tmp_path) as connection:
        missing = found(id="analytics.W002")
        assert len(missing) == sum(map(len, checks.KEYS.values()))
        for message in missing:
            apply_hint(connection, message)
        assert found(id="analytics.W002") == []


def test_missing_indexes_of_time(tmp_path, bare_shape):
    with pipeline_tables.dumped("analytics", bare_shape, [], tmp_path) as connection:
        missing = found(id="analytics.W004")
        assert len(missing) == len(checks.KEYS)
        for message in missing:
            apply_hint(connection, message)
        assert found(id="analytics.W004") == []


def test_other_indexes_do(tmp_path):
    """Indexes may have other names, more columns after the key, or the key's columns in another order."""
    shape = next(shape for shape in pipeline_tables.shapes_for(connections["analytics"]) if shape.indexes)
    with pipeline_tables.dumped("analytics", shape, [], tmp_path) as connection:
        assert found(id="analytics.W002") == []
        with connection.cursor() as cursor:
            indexes = connection.introspection.get_constraints(cursor, "module_engagement")
        name = next(name for name, index in indexes.items() if index["columns"] == ["course_id", "username"])
        on_table = " ON module_engagement" if connection.vendor == "mysql" else ""
        databases.execute(connection, f"DROP INDEX {name}{on_table}")
        assert len(found(id="analytics.W002")) == 1
        databases.execute(connection, "CREATE INDEX other ON module_engagement (username, course_id, date)")
        assert found(id="analytics.W002") == []


def test_missing_columns(tmp_path, bare_shape):
    with pipeline_tables.dumped("analytics", bare_shape, [], tmp_path) as connection:
        assert found(id="analytics.W003") == []
        databases.execute(connection, "ALTER TABLE course_activity DROP COLUMN label")
        [message] = found(id="analytics.W003")
        assert "course_activity" in message.msg and "no column label" in message.msg


def test_views_need_no_index(tmp_path, bare_shape):
    with pipeline_tables.dumped("analytics", bare_shape, [], tmp_path) as connection:
        databases.execute(
            connection,
            "ALTER TABLE video RENAME TO videos_of_today",
            "CREATE VIEW video AS SELECT * FROM videos_of_today",
        )
        assert not [message for message in found() if "table video " in message.msg]


def test_by_a_user_who_may_only_read(tmp_path, bare_shape):
    with pipeline_tables.dumped("analytics", bare_shape, [], tmp_path) as connection:
        expected = found()
        with pipeline_tables.read_only("analytics", connection):
            assert found() == expected != []


class TestCommands:
    def test_check(self, tmp_path, capsys):
        with databases.empty("analytics", tmp_path):
            call_command("check", databases=["analytics"])
        printed = capsys.readouterr()
        assert "(analytics.W001)" in printed.out + printed.err

    @pytest.mark.parametrize(
        "command", [("check", {"databases": ["analytics"]}), ("migrate", {"database": "analytics"})]
    )
    def test_a_database_that_does_not_answer_is_one_line(self, tmp_path, command):
        name, options = command
        with databases.unreachable("analytics", tmp_path), pytest.raises(CommandError) as refused:
            call_command(name, **options)
        message = str(refused.value)
        assert "(analytics.E001) the database 'analytics' does not respond" in message and "\n" not in message

    def test_migrate_does_not_complain_of_what_it_creates(self, tmp_path, capsys):
        with databases.empty("analytics", tmp_path):
            call_command("migrate", database="analytics", verbosity=0, skip_checks=False)
        assert capsys.readouterr() == ("", "")
