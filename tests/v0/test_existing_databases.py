"""The server reads databases whose tables a pipeline made, as a user without write access."""

import json
from collections import Counter

import pytest
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.models import ModelOperation

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.rosters.load import load_roster
from analytics_data_api.simulation.documented import SMALL_ROSTERS
from analytics_data_api.sql.adoption import CreateOrAdoptModel
from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.web.schema import SAMPLES
from tests.support import databases, pipeline_tables
from tests.support.client import content, pull
from tests.support.demo_data import demo_rows
from tests.support.routes import ROUTES

pytestmark = pytest.mark.django_db(databases="__all__")

# Rows that older servers have written in the databases that they migrated.
OLDER_MIGRATIONS = [
    ("contenttypes", "0001_initial"),
    ("v0", "0001_initial"),
    *(("v0", f"{number:04}_auto_20150401_1205") for number in range(2, 16)),
    ("enterprise_data", "0001_initial"),
]
ABSENT_IN_OLDER_ANSWERS = {"first_response_count", "last_response_count"}


@pytest.fixture(params=pipeline_tables.shapes_for(connections["analytics"]), ids=str)
def shape(request):
    return request.param


@pytest.fixture
def dump(shape, tmp_path):
    """Yield a database of a pipeline in place of the alias analytics."""
    with pipeline_tables.dumped("analytics", shape, demo_rows(), tmp_path) as connection:
        yield connection


def is_of_the_roster(route):
    return "learner" in route.path or "engagement_timelines" in route.path


def sample(route, shape):
    rows = json.loads((SAMPLES / f"{route.slug}.json").read_text(encoding="utf-8"))
    if shape.has_older_answers and "answer_distribution" in route.path:
        return [{key: value for key, value in row.items() if key not in ABSENT_IN_OLDER_ANSWERS} for row in rows]
    return rows


def test_as_it_stands(api, dump, shape):
    """Without a migration every endpoint works, except those of rosters, which no pipeline makes."""
    before = pipeline_tables.state(dump)
    with pipeline_tables.read_only("analytics", dump):
        for route in ROUTES:
            response = api.get(f"/api/v0/{route.sample}")
            if is_of_the_roster(route) and response.status_code != 200:
                assert response.status_code == 503
                assert response.json()["error_code"] == "analytics_database_unavailable"
                assert "lacks the table" in response.json()["developer_message"]
            else:
                assert response.json() == sample(route, shape), route.path
            response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT="text/csv")
            assert response.status_code in ((200, 503) if is_of_the_roster(route) else (200,))
            content(response)
        assert api.get("/health/").json()["overall_status"] == "OK"
    assert pipeline_tables.state(dump) == before


# Texts that a narrow character set cannot represent. Comparing them with a column must not be an error.
IMPOSSIBLE = [
    "courses/course-v1:Ж+Ж+Ж/enrollment/",
    "courses/course-v1:Ж+Ж+Ж/activity/?start_date=2014-01-01",
    "courses/course-v1:Ж+Ж+Ж/videos/",
    "problems/i4x://😀/answer_distribution/",
    "problems/i4x://Ж/grade_distribution/?course_id=course-v1:Ж+Ж+Ж",
    "problems/i4x://edX/DemoX/Demo_Course/problem/97fd93e33a18495488578e9e74fa4cae/grade_distribution/"
    "?course_id=course-v1:Ж+Ж+Ж",
    "videos/😀/timeline/",
    "engagement_timelines/😀/?course_id=edX/DemoX/Demo_Course",
]


LISTS = [
    "course_summaries/?fields=course_id&course_ids=",
    "course_summaries/?fields=course_id&programs=true&recent_date=2014-12-09&course_ids=",
    "course_totals/?course_ids=",
]


@pytest.mark.parametrize("path", LISTS)
def test_lists_with_ids_that_a_table_cannot_hold(api, dump, path):
    """The response has the other texts of the list."""
    possible = "edX/DemoX/Demo_Course"
    answer = api.get(f"/api/v0/{path}{possible}").json()
    assert answer and "error_code" not in answer
    assert api.get(f"/api/v0/{path}course-v1:Ж+Ж+Ж,{possible},course-v1:日本+Ж+Ж").json() == answer


@pytest.mark.parametrize(
    "access",
    [{"orgs": ["edX", "Ж"]}, {"courses": ["edX/DemoX/Demo_Course", "course-v1:Ж+Ж+Ж"]}],
    ids=["organizations", "courses"],
)
def test_keys_with_courses_that_a_table_cannot_hold(restricted, dump, access):
    client = restricted(**access)
    for path in ("course_summaries/", "course_totals/", "data_sets/enrollment/", "data_sets/enrollment/partitions/"):
        assert client.get(f"/api/v0/{path}").status_code == 200, path
    assert {row["course_id"] for row in pull(client, "enrollment")[0]} >= {"edX/DemoX/Demo_Course"}


@pytest.mark.parametrize("query", [{"org": "Ж"}, {"course_id": "course-v1:Ж+Ж+Ж"}], ids=["organization", "course"])
def test_data_sets_of_what_a_table_cannot_hold(api, dump, query):
    for name in ("enrollment", "video_timelines"):
        assert pull(api, name, **query)[0] == []
        assert api.rows(f"/api/v0/data_sets/{name}/partitions/", query) == []


@pytest.mark.parametrize("limit", [2, 7, "all"])
def test_data_sets(api, dump, limit):
    """A pull returns each row once and in order, at any precision of times, with or without an index on them."""
    for data_set in DATA_SETS.values():
        if not issubclass(data_set.model, PipelineTable):
            continue
        rows, cursor = pull(api, data_set.name, limit=limit)
        with dump.cursor() as reader:
            reader.execute(f"SELECT id FROM {data_set.table} ORDER BY created, id")
            assert [row["id"] for row in rows] == [row[0] for row in reader.fetchall()], data_set.name
        assert pull(api, data_set.name, limit=limit, cursor=cursor)[0] == []
        if data_set.has_course_id:
            partitions = api.rows(f"/api/v0/data_sets/{data_set.name}/partitions/")
            sizes = Counter(row["course_id"] for row in rows)
            assert [(each["course_id"], each["rows"]) for each in partitions] == sorted(sizes.items()), data_set.name


def test_migrated(api, dump, shape):
    """The migrations create the rosters' tables and do not change the others."""
    before = pipeline_tables.state(dump)
    databases.migrate("analytics")
    load_roster([str(SMALL_ROSTERS)], using="analytics")
    if dump.vendor == "mysql":
        migrated = pipeline_tables.state(dump)
        assert {table: migrated[table] for table in before} == before
    migrated = pipeline_tables.state(dump)
    with pipeline_tables.read_only("analytics", dump):
        for route in ROUTES:
            assert api.get(f"/api/v0/{route.sample}").json() == sample(route, shape), route.path
        for path in IMPOSSIBLE:
            assert api.get(f"/api/v0/{path}").status_code == 404, path
    assert pipeline_tables.state(dump) == migrated


def test_the_reader_cannot_write(dump):
    """The user of these tests really has SELECT alone."""
    with (
        pipeline_tables.read_only("analytics", dump) as reader,
        pytest.raises(DatabaseError, match="readonly|denied"),
    ):
        databases.execute(reader, "DELETE FROM course_activity")


def test_of_an_older_server(api, shape, tmp_path):
    """An older server has recorded migrations of the same app, but ours adopt its tables one by one."""
    absent = ["video", "video_timeline", "course_program_metadata"]
    with pipeline_tables.dumped("analytics", shape, demo_rows(), tmp_path, without=absent) as dump:
        databases.execute(
            dump,
            "CREATE TABLE django_migrations"
            " (id INTEGER PRIMARY KEY, app VARCHAR(255), name VARCHAR(255), applied DATETIME)",
            *(
                f"INSERT INTO django_migrations VALUES ({number}, '{app}', '{name}', '2015-04-01 12:05:00')"
                for number, (app, name) in enumerate(OLDER_MIGRATIONS, start=1)
            ),
        )
        if dump.vendor == "mysql":
            databases.execute(dump, "ALTER TABLE django_migrations MODIFY id INT AUTO_INCREMENT")
        before = tables_and_columns(dump)
        databases.migrate("analytics")
        after = tables_and_columns(dump)
        assert set(absent) <= after.keys() - before.keys()
        assert {table: after[table] for table in before} == before
        # A second run has nothing to do.
        databases.migrate("analytics")
        assert tables_and_columns(dump) == after
        assert api.get("/api/v0/courses/edX/DemoX/Demo_Course/videos/").status_code == 404
        assert api.get("/api/v0/courses/edX/DemoX/Demo_Course/activity/").status_code == 200


def tables_and_columns(connection):
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        return {
            name: [column[:4] for column in connection.introspection.get_table_description(cursor, name)]
            for name in names
        }


class TestOperations:
    """No migration alters a table that a pipeline owns."""

    OPERATIONS = [
        pytest.param(operation, id=f"{name}: {operation.describe()}")
        for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items())
        if app == "v0"
        for operation in migration.operations
    ]
    PIPELINE = {
        model._meta.model_name for model in pipeline_tables.checks.KEYS.keys() | {pipeline_tables.OLDER_ANSWERS}
    }

    def test_there_are_some(self):
        assert len(self.OPERATIONS) > len(self.PIPELINE)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_operation(self, operation):
        name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
        if isinstance(operation, CreateOrAdoptModel):
            assert name.lower() in self.PIPELINE
        else:
            # RunSQL and RunPython do not name the models that they alter.
            assert isinstance(operation, ModelOperation) or hasattr(operation, "model_name"), operation
            assert name.lower() not in self.PIPELINE

    def test_every_table_is_a_pipelines_or_ours(self):
        assert {model for model in PipelineTable.__subclasses__() if not model._meta.abstract} <= (
            pipeline_tables.checks.KEYS.keys() | {pipeline_tables.OLDER_ANSWERS}
        )
