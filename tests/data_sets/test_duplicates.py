"""The check for rows of one key that are there twice, and the SQL that removes the older ones."""

from datetime import UTC, date, datetime

import pytest
from django.core import checks as django_checks
from django.core.management import call_command
from django.db import connections

from analytics_data_api.data_sets import duplicates
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0.checks import TAG
from tests.support import databases, factories

pytestmark = pytest.mark.django_db(databases="__all__")

TABLES = {name: data_set.model for name, data_set in DATA_SETS.items() if issubclass(data_set.model, PipelineTable)}
OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def found():
    messages = django_checks.run_checks(tags=[TAG], databases=["analytics"])
    return [message for message in messages if message.id == "analytics.W005"]


def remove(message):
    databases.execute(connections["analytics"], message.hint.split("\n", 1)[1])


def ids(model):
    return set(model.objects.values_list("id", flat=True))


@pytest.mark.parametrize("model", TABLES.values(), ids=list(TABLES))
def test_the_latest_row_of_each_key_stays(model):
    factory = getattr(factories, f"{model.__name__}Factory")
    first = factory(created=NEW)
    key = {
        field.name: getattr(first, field.name) for field in model._meta.fields if field.name not in ("id", "created")
    }
    # The row with the higher id is the older one, and two are of the same time.
    factory(**key, created=OLD)
    last = factory(**key, created=NEW)
    [message] = found()
    assert f"the table {model._meta.db_table} " in message.msg and f"the ids {first.id} and {last.id}" in message.msg
    remove(message)
    assert ids(model) == {last.id}
    assert found() == []


def test_demo_data_has_none(demo_data):
    call_command("generate_fake_course_data", num_weeks=1, verbosity=0)
    assert found() == []


def test_null_is_a_value():
    rows = [factories.CourseEnrollmentByGenderFactory(gender=gender, created=OLD) for gender in (None, "f", None)]
    [message] = found()
    remove(message)
    assert ids(type(rows[0])) == {rows[1].id, rows[2].id}


def test_texts_that_are_not_the_same(tmp_path):
    """A collation may ignore case, and the beginning of long texts may be the same."""
    with databases.empty("analytics", tmp_path) as connection:
        databases.migrate("analytics")
        if connection.vendor == "mysql":
            databases.execute(
                connection,
                "ALTER TABLE answer_distribution CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            )
        for text in ("Yes", "yes", "yés", "x" * 5000, "x" * 5000 + "y"):
            factories.ProblemFirstLastResponseAnswerDistributionFactory(answer_value=text)
        assert found() == []


class TestLargeTables:
    @pytest.fixture
    def rows(self, monkeypatch):
        """Return the rows of ten courses, in a table that is too large to be read as a whole."""
        monkeypatch.setattr(duplicates, "MAX_ROWS", 20)
        monkeypatch.setattr(duplicates, "NEWEST", 3)
        return [
            factories.CourseEnrollmentDailyFactory(course_id=f"edX/a/{course}", date=date(2026, 1, day), created=OLD)
            for day in range(1, 6)
            for course in range(10)
        ]

    def test_a_day_that_was_loaded_twice_long_ago(self, rows):
        assert found() == []
        # Only the last courses are compared.
        factories.CourseEnrollmentDailyFactory(course_id="edX/a/8", date=date(2026, 1, 1), created=NEW)
        [message] = found()
        remove(message)
        assert len(ids(type(rows[0]))) == len(rows)

    def test_of_a_course_some_learners_are_compared(self, monkeypatch):
        monkeypatch.setattr(duplicates, "MAX_ROWS", 20)
        monkeypatch.setattr(duplicates, "MAX_ROWS_OF_COURSE", 10)
        for day in (1, 2, 3, 1):
            for number in range(10):
                factories.ModuleEngagementFactory(username=f"learner-{number}", date=date(2026, 1, day))
        assert len(found()) == 1

    def test_costs_a_few_statements_of_bounded_size(self, rows, django_assert_num_queries):
        connection = connections["analytics"]
        statements = duplicates.Statements(DATA_SETS["enrollment"], connection)
        with django_assert_num_queries(5, connection=connection) as captured, connection.cursor() as cursor:
            assert duplicates.first_duplicate(statements, cursor) is None
        assert all(" LIMIT " in query["sql"] for query in captured)
