"""Data sets: their descriptions, their rows in every format, and invalid requests."""

import csv
import gc
import gzip
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from jsonschema import Draft202012Validator, FormatChecker

from analytics_data_api.data_sets import queries
from analytics_data_api.data_sets import sources as data_set_sources
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import Courses, Cursor, Place
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0 import models
from tests.support import databases, factories
from tests.support.client import content, next_of, objects_of, pull
from tests.support.rosters import load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

ROOT = "/api/v0/data_sets/"
ROWS = f"{ROOT}enrollment/rows/"
LATER = "2030-01-01"


@pytest.fixture
def settled_rosters(demo_data):
    models.Roster.objects.using("analytics").update(touched=datetime(2015, 11, 9, 5, 0, 0, 250_000, tzinfo=UTC))


def enrollment(**values):
    return factories.CourseEnrollmentDailyFactory(**values)


class TestDescriptions:
    def test_every_table_and_the_roster(self, api, demo_data):
        described = api.rows(ROOT)
        tables = {
            model._meta.db_table
            for model in vars(models).values()
            if isinstance(model, type)
            and issubclass(model, (PipelineTable, models.Record))
            and not model._meta.abstract
        }
        assert {data_set["table"] for data_set in described} == tables | {"learner_roster_learner"}
        assert len({data_set["name"] for data_set in described}) == len(described) == 26

    def test_sizes_and_times(self, api):
        enrollment(created=datetime(2020, 1, 1, 1, 2, 3, 999_999, tzinfo=UTC))
        enrollment(created=datetime(2019, 1, 1, tzinfo=UTC))
        found = {data_set["name"]: data_set for data_set in api.rows(ROOT)}
        assert (found["enrollment"]["rows"], found["enrollment"]["last_refreshed"]) == (2, "2020-01-01T010203")
        assert (found["videos"]["rows"], found["videos"]["last_refreshed"]) == (0, None)
        assert (found["roster"]["rows"], found["roster"]["last_refreshed"]) == (0, None)

    def test_links_lead_there(self, api, demo_data):
        for data_set in api.rows(ROOT):
            assert api.rows(data_set["links"]["self"])["name"] == data_set["name"]
            assert api.get(data_set["links"]["rows"]).status_code == 200
            assert api.get(data_set["links"]["partitions"]).status_code == 200

    def test_version_1_has_links_of_its_own(self, api):
        assert all("/api/v1/" in data_set["links"]["rows"] for data_set in api.rows("/api/v1/data_sets/"))

    def test_personal_data(self, api):
        personal = {d["name"]: [c["name"] for c in d["columns"] if c["personal"]] for d in api.rows(ROOT)}
        assert {name for name, columns in personal.items() if columns} == {
            *("learner_engagement", "roster", "users", "enrollments", "learner_activity", "problem_responses"),
            *("page_views", "organization_roles"),
        }
        assert personal["learner_engagement"] == ["username"]
        assert {"username", "email", "name", "mailing_address", "user_id"} <= set(personal["roster"])
        assert personal["problem_responses"] == ["user_id", "response"]
        assert [d["name"] for d in api.rows(ROOT) if d["personal"]] == [n for n, columns in personal.items() if columns]

    @pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=lambda data_set: data_set.name)
    def test_columns_are_explained(self, data_set):
        names = [column.name for column in data_set.columns]
        assert len(set(names)) == len(names)
        assert set(data_set.unique_key) <= set(names)
        assert names[0] == "id" and names[-1] in ("created", "record_updated")
        for column in data_set.columns:
            assert column.description, column.name
            counts = column.type in ("integer", "number") and column.name not in NO_UNIT
            assert bool(column.unit) == counts, column.name

    def test_unknown_data_set(self, api):
        for path in ("", "rows/", "partitions/"):
            response = api.get(f"{ROOT}enrolment/{path}")
            assert (response.status_code, response.json()["error_code"]) == (404, "not_found")
            assert "'enrolment'" in response.json()["developer_message"]
            assert "enrollment_by_mode" in response.json()["developer_message"]

    def test_csv(self, api, demo_data):
        header, first, *_ = csv.reader(api.csv(ROOT))
        row = dict(zip(header, first, strict=True))
        assert row["columns"].split(", ") == [column.name for column in DATA_SETS[row["name"]].columns]
        (described,) = csv.DictReader(api.csv(f"{ROOT}enrollment/"))
        assert json.loads(described["schema"]) == api.rows(f"{ROOT}enrollment/")["schema"]


NO_UNIT = {"id", "position", "user_id", "variant", "segment", "attempt_ratio_order", "low_value", "high_value"}


class TestFormats:
    @pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=lambda data_set: data_set.name)
    def test_rows_are_valid_and_the_same_in_each(self, api, settled_rosters, data_set):
        schema = api.rows(f"{ROOT}{data_set.name}/")["schema"]
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        url = f"{ROOT}{data_set.name}/rows/"
        rows = api.rows(url, {"format": "json"})
        assert rows, "the demo data has rows of each data set"
        for row in rows:
            validator.validate(row)
        assert objects_of(api.get(url, HTTP_ACCEPT="application/x-ndjson")) == rows
        assert objects_of(api.get(url, {"format": "ndjson", "limit": "all"})) == rows
        texts = objects_of(api.get(url))
        assert [list(row) for row in texts] == [list(row) for row in rows] == [list(schema["required"])] * len(rows)
        assert [{key: unguarded(cell) for key, cell in row.items()} for row in texts] == [
            {key: as_text(value) for key, value in row.items()} for row in rows
        ]

    def test_csv_is_the_default(self, api):
        for accept in ("*/*", "text/csv", "text/html,application/xhtml+xml,*/*;q=0.8"):
            response = api.get(ROWS, HTTP_ACCEPT=accept)
            assert response["Content-Type"] == "text/csv; charset=utf-8"
            assert response["Content-Disposition"] == "attachment; filename=enrollment.csv"
        assert api.get(ROWS, HTTP_ACCEPT="application/json")["Content-Type"] == "application/json"

    def test_no_rows(self, api):
        assert content(api.get(ROWS)) == b"id,course_id,date,count,created\r\n"
        assert content(api.get(ROWS, {"format": "ndjson"})) == b""
        assert content(api.get(ROWS, {"format": "json"})) == b"[]"
        assert next_of(api.get(ROWS)) is None

    def test_gzip(self, api):
        models.CourseEnrollmentDaily.objects.using("analytics").bulk_create(
            factories.CourseEnrollmentDailyFactory.build_batch(3000)
        )
        packed = api.get(ROWS, HTTP_ACCEPT_ENCODING="gzip")
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(content(packed)) == content(api.get(ROWS))

    def test_no_etag(self, api):
        assert "ETag" not in api.get(ROWS, HTTP_IF_NONE_MATCH="*")

    def test_head(self, api):
        enrollment()
        response = api.head(ROWS)
        assert (response.status_code, content(response)) == (200, b"")
        assert response["Resume-Cursor"] == api.get(ROWS)["Resume-Cursor"]

    def test_formulas(self, api):
        factories.ProblemFirstLastResponseAnswerDistributionFactory(answer_value="=1+1", question_text="-5")
        url = f"{ROOT}problem_answers/rows/"
        (row,) = objects_of(api.get(url))
        assert (row["answer_value"], row["question_text"]) == ("'=1+1", "-5")
        assert api.rows(url, {"format": "json"})[0]["answer_value"] == "=1+1"

    def test_fields(self, api):
        row = enrollment()
        response = api.get(ROWS, {"fields": "count,course_id,count", "format": "json"})
        assert content(response) == b'[{"count":%d,"course_id":"%s"}]' % (row.count, row.course_id.encode())
        assert content(api.get(ROWS, {"fields": "date"})) == b"date\r\n2014-12-10\r\n"

    def test_numbers_that_json_does_not_have(self, api):
        factories.GradeDistributionFactory(grade=2.0, max_grade=2.5)
        if connections["analytics"].vendor == "sqlite":
            factories.GradeDistributionFactory(grade=float("inf"), max_grade=None)
        rows = objects_of(api.get(f"{ROOT}problem_grades/rows/", {"fields": "grade,max_grade"}))
        assert rows[0] == {"grade": "2", "max_grade": "2.5"}
        assert rows[1:] in ([], [{"grade": "", "max_grade": ""}])


def unguarded(cell):
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell


def as_text(value):
    """Return a JSON value as the text of a CSV cell."""
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


class TestSelection:
    def test_course(self, api):
        enrollment(course_id="course-v1:edX+DemoX+1")
        enrollment(course_id="edX/DemoX/1")
        for course_id in ("course-v1:edX+DemoX+1", "course-v1:edX DemoX 1", "edX/DemoX/1"):
            (row,) = pull(api, "enrollment", course_id=course_id)[0]
            assert row["course_id"] == course_id.replace(" ", "+")
        assert pull(api, "enrollment", course_id="edX/DemoX/2")[0] == []

    def test_organization(self, api):
        ids = ["edX/a/1", "edX2/a/1", "course-v1:edX+b+1", "course-v1:edX2+b+1", "course-v1:edXX/edX+b", "e_X/a/1"]
        ids += ["ccx-v1:edX+b+1+ccx@1", "ccx-v1:edX2+b+1+ccx@1", "edXX/edX/1", "EDX/a/1"]
        for course_id in ids:
            enrollment(course_id=course_id)
        for org, number in (("edX", 3), ("edX2", 3), ("e_X", 1), ("ed", 0), ("edX.", 0)):
            rows, _cursor = pull(api, "enrollment", org=org)
            assert len(rows) == number, org
        found = {row["course_id"] for row in pull(api, "enrollment", org="edX")[0]}
        assert found == {"edX/a/1", "course-v1:edX+b+1", "ccx-v1:edX+b+1+ccx@1"}
        assert pull(api, "enrollment", org="edX", course_id="edX2/a/1")[0] == []
        assert len(pull(api, "enrollment", org="edX", course_id="edX/a/1")[0]) == 1

    def test_timelines_through_their_videos(self, api):
        for video, course_id in (("v1", "edX/a/1"), ("v1", "edX/a/2"), ("v2", "edX2/a/1")):
            factories.VideoFactory(pipeline_video_id=video, course_id=course_id)
        for video, segments in (("v1", 2), ("v2", 1), ("v3", 1)):
            for segment in range(segments):
                factories.VideoTimelineFactory(pipeline_video_id=video, segment=segment)
        assert len(pull(api, "video_timelines")[0]) == 4
        assert len(pull(api, "video_timelines", course_id="edX/a/2")[0]) == 2
        assert len(pull(api, "video_timelines", org="edX2")[0]) == 1
        url = f"{ROOT}video_timelines/partitions/"
        sizes = {row["course_id"]: row["rows"] for row in api.rows(url)}
        assert sizes == {"edX/a/1": 2, "edX/a/2": 2, "edX2/a/1": 1, None: 1}
        assert [row["course_id"] for row in api.rows(url, {"org": "edX2"})] == ["edX2/a/1"]

    def test_time_bounds_are_exact(self, api):
        times = [datetime(2020, 1, 1, 0, 0, 1, micro, tzinfo=UTC) for micro in (0, 1, 500_000, 999_999)]
        times.append(datetime(2020, 1, 1, 0, 0, 2, tzinfo=UTC))
        for count, created in enumerate(times):
            enrollment(created=created, count=count)
        for after in range(5):
            for before in range(after, 5):
                rows, _cursor = pull(
                    api, "enrollment", updated_after=times[after].isoformat(), updated_before=times[before].isoformat()
                )
                assert [row["count"] for row in rows] == list(range(after + 1, before + 1))

    def test_young_rows_are_left_to_the_next_pull(self, api):
        enrollment(created=datetime.now(UTC) - timedelta(seconds=10))
        rows, cursor = pull(api, "enrollment")
        assert rows == []
        assert len(pull(api, "enrollment", updated_before=LATER, cursor=cursor)[0]) == 1

    def test_nothing_new(self, api):
        enrollment()
        _rows, cursor = pull(api, "enrollment")
        assert pull(api, "enrollment", cursor=cursor) == ([], cursor)
        rows, later = pull(api, "enrollment", updated_after=datetime.now(UTC).isoformat())
        assert rows == []
        assert pull(api, "enrollment", cursor=later)[0] == []

    def test_allowed_courses(self):
        """The query returns only rows of the courses that a key may see."""
        for course_id in ("edX/a/1", "edX/a/2", "course-v1:B+b+1"):
            enrollment(course_id=course_id)
        allowed = Courses(ids=frozenset(["edX/a/1"]), orgs=frozenset(["B"]))
        for courses, number in ((allowed, 2), (Courses(), 0), (None, 3)):
            scope = Scope("analytics", courses)
            assert queries.size(data_set=DATA_SETS["enrollment"], scope=scope)[0] == number


class TestPartitions:
    def test_sizes_by_course(self, api):
        for course_id, second in (("b/b/b", 1), ("b/b/b", 3), ("a/a/a", 2), ("Z/z/z", 2)):
            enrollment(course_id=course_id, created=datetime(2020, 1, 1, 0, 0, second, tzinfo=UTC))
        url = f"{ROOT}enrollment/partitions/"
        assert [list(row.values()) for row in api.rows(url)] == [
            ["Z/z/z", 1, "2020-01-01T000002", "2020-01-01T000002"],
            ["a/a/a", 1, "2020-01-01T000002", "2020-01-01T000002"],
            ["b/b/b", 2, "2020-01-01T000001", "2020-01-01T000003"],
        ]
        assert [row["rows"] for row in api.rows(url, {"updated_before": "2020-01-01T000002"})] == [1, 1, 1]
        assert [row["course_id"] for row in api.rows(url, {"org": "b"})] == ["b/b/b"]
        assert api.csv(url)[0] == "course_id,first_created,last_created,rows"

    @pytest.mark.parametrize("size", [1, 2, 50])
    def test_some_courses_in_a_statement(self, api, size, monkeypatch):
        monkeypatch.setattr(data_set_sources, "COURSES_AT_A_TIME", size)
        courses = [f"{org}/{course}/1" for org in ("A", "B", "a") for course in "edcba"]
        for number, course_id in enumerate(courses):
            for _row in range(number % 3 + 1):
                enrollment(course_id=course_id)
        expected = sorted((course_id, number % 3 + 1) for number, course_id in enumerate(courses))
        url = f"{ROOT}enrollment/partitions/"
        assert [(row["course_id"], row["rows"]) for row in api.rows(url)] == expected
        found = [(row["course_id"], row["rows"]) for row in api.rows(url, {"org": "a"})]
        assert found == [each for each in expected if each[0].startswith("a/")]
        assert [row["course_id"] for row in api.rows(url, {"org": "a", "course_id": "a/c/1"})] == ["a/c/1"]
        assert api.rows(url, {"org": "a", "course_id": "A/c/1"}) == []

    def test_none(self, api):
        assert api.rows(f"{ROOT}enrollment/partitions/") == []

    def test_rosters(self, api, settled_rosters):
        rows, _cursor = pull(api, "roster")
        for partition in api.rows(f"{ROOT}roster/partitions/"):
            of_course = [row for row in rows if row["course_id"] == partition["course_id"]]
            assert len(of_course) == partition["rows"]
            assert {row["created"] for row in of_course} == {partition["first_created"]} == {partition["last_created"]}


class TestRoster:
    def test_a_new_load_takes_the_place_of_the_old_one(self, api):
        load_learners("a/a/a", [{"username": "ada"}, {"username": "bob"}])
        load_learners("b/b/b", [{"username": "cleo", "segments": ["x", "y"], "cohort": "K"}])
        rows, cursor = pull(api, "roster", updated_before=LATER, limit=1)
        assert [row["username"] for row in rows] == ["ada", "bob", "cleo"]
        assert (rows[2]["segments"], rows[2]["cohort"], rows[2]["course_id"]) == (["x", "y"], "K", "b/b/b")
        load_learners("a/a/a", [{"username": "ada"}, {"username": "dora"}])
        new, cursor = pull(api, "roster", updated_before=LATER, limit=1, cursor=cursor)
        assert [row["username"] for row in new] == ["ada", "dora"]
        assert pull(api, "roster", updated_before=LATER, cursor=cursor)[0] == []
        everything, _cursor = pull(api, "roster", updated_before=LATER, limit="all")
        assert [row["username"] for row in everything] == ["cleo", "ada", "dora"]
        assert len(pull(api, "roster", updated_before=LATER, course_id="a/a/a")[0]) == 2

    @pytest.mark.parametrize("limit", [1, 3, 7, 1000, "all"])
    def test_every_page_size(self, api, limit):
        for course in range(5):
            load_learners(f"a/a/{course}", [{"username": f"learner-{number}"} for number in range(course * 3 + 1)])
        models.Roster.objects.using("analytics").filter(course_id__in=["a/a/1", "a/a/2"]).update(
            touched=datetime(2020, 1, 1, tzinfo=UTC)
        )
        rows, _cursor = pull(api, "roster", updated_before=LATER, limit=limit)
        assert len({row["id"] for row in rows}) == len(rows) == 1 + 4 + 7 + 10 + 13
        assert [row["created"] for row in rows] == sorted(row["created"] for row in rows)


def cursor_of(*content):
    return Cursor(*content).text()


REFUSED = [
    *(("limit", value) for value in ("0", "-1", "20201", "1.5", "many", "７", "1e3")),
    *((name, value) for name in ("updated_after", "updated_before") for value in ("yesterday", "2020-13-01", "0")),
    *(("org", value) for value in ("edX/DemoX", "a+b", "%", " ")),
    *(("fields", value) for value in ("colour", "id,colour", "ID")),
    *(("format", value) for value in ("xml", "parquet", "api")),
    *(("cursor", value) for value in ("x", "é", "====", "WyJ", "bnVsbA", "W10", "WyJhIiwiYiJd", "e30", "IiI", "MQ")),
    ("cursor", cursor_of("videos", None)),
    ("cursor", cursor_of("videos", Place("2020-01-01 00:00:00", 1))),
    ("cursor", cursor_of("enrollment", Place("2020-02-31 00:00:00", 1))),
    ("cursor", cursor_of("enrollment", Place("2020-01-01 00:00:00", -1))),
    ("cursor", cursor_of("enrollment", Place("2020-01-01 00:00:00", 2**63))),
    ("cursor", cursor_of("enrollment", Place("' OR 1 --", 1))),
]


class TestRefused:
    @pytest.mark.parametrize("name, value", REFUSED)
    def test_illegal_values(self, api, name, value):
        response = api.get(ROWS, {name: value})
        assert (response.status_code, response["Content-Type"]) == (400, "application/json")
        body = response.json()
        assert body["error_code"] == "illegal_parameter_values"
        assert body["developer_message"].startswith(name)
        assert "expected" in body["developer_message"]

    def test_reversed_times(self, api):
        response = api.get(ROWS, {"updated_after": "2020-01-02", "updated_before": "2020-01-01"})
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
        assert content(api.get(ROWS, {"updated_after": "2020-01-01", "updated_before": "2020-01-01"})).count(b"\n") == 1

    def test_malformed_course(self, api):
        for path in ("rows/", "partitions/"):
            response = api.get(f"{ROOT}enrollment/{path}", {"course_id": "DemoX"})
            assert (response.status_code, response.json()["error_code"]) == (400, "course_key_malformed")

    def test_unknown_accept(self, api):
        assert api.get(ROWS, HTTP_ACCEPT="application/pdf").status_code == 406

    @pytest.mark.parametrize("path", ["", "enrollment/", "enrollment/rows/", "enrollment/partitions/"])
    def test_no_key(self, anonymous, path):
        assert anonymous.get(f"{ROOT}{path}").status_code == 401

    @pytest.mark.parametrize("path", ["", "enrollment/", "enrollment/rows/", "roster/rows/", "enrollment/partitions/"])
    def test_no_database(self, api, tmp_path, path):
        with databases.unreachable("analytics", tmp_path):
            response = api.get(f"{ROOT}{path}")
        assert (response.status_code, response.json()["error_code"]) == (503, "analytics_database_unavailable")
        with databases.empty("analytics", tmp_path):
            assert api.get(f"{ROOT}{path}").status_code == 503


def test_versions_read_their_own_databases(api):
    enrollment(using="analytics_v1", date=date(2020, 1, 1))
    assert len(pull(api, "enrollment", version="v1")[0]) == 1
    assert pull(api, "enrollment")[0] == []


class TestStreams:
    """At most half of a process's threads stream whole data sets."""

    @pytest.fixture
    def stream(self, settings, api):
        settings.MAX_SLOW_REQUESTS = 2
        # A response that another test left in a cycle holds its slot until it is collected.
        gc.collect()
        enrollment()
        # The client of the tests would read each response to its end.
        api.described = False
        return lambda **parameters: api.get(ROWS, {"limit": "all", "format": "ndjson", **parameters})

    def test_more_are_refused(self, stream):
        streams = [stream(), stream()]
        refused = stream()
        assert (refused.status_code, refused.json()["error_code"]) == (503, "too_many_streams")
        assert int(refused["Retry-After"]) > 0
        assert content(streams[0])
        assert stream().status_code == 200

    def test_a_client_that_goes_gives_its_slot_back(self, stream):
        responses = []
        for _time in range(5):
            response = stream()
            responses.append(response)
            assert response.status_code == 200
            next(response.streaming_content)
            # The client of the tests wraps the stream, so that its end does not close the connection of the test.
            response._iterator.close()

    def test_a_response_that_is_never_sent_gives_its_slot_back(self, stream):
        for _time in range(5):
            assert stream().status_code == 200
            gc.collect()

    def test_pages_and_heads_are_not_refused(self, stream, api):
        streams = [stream(), stream()]
        assert stream(limit="20000").status_code == 200
        assert api.head(ROWS, {"limit": "all"}).status_code == 200
        assert len(streams) == 2
