"""load_lms --url and --discovery, through a stub of the LMS's documented endpoints."""

import json
import logging
import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics_data_api.pipeline import lms_api, lms_api_loading, lms_client
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.site import write_site
from tests.pipeline.test_load_lms import loaded
from tests.support.lms_invented import invented_site
from tests.support.lms_site import STAFF
from tests.support.lms_stub import CLIENT_ID, CLIENT_SECRET, lms_stub

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

COURSE = FakeCourse("course-v1:edX+DemoX+Demo_Course", seed=1, end=date(2026, 3, 3), num_weeks=2)
OLD = "edX/Öther/2014"
TABLES = (
    "auth_user",
    "auth_userprofile",
    "course_blocks",
    "course_groups_courseusergroup",
    "course_groups_courseusergroup_users",
    "course_modes_coursemode",
    "course_overviews_courseoverview",
    "courseware_studentmodule",
    "grades_persistentcoursegrade",
    "student_courseaccessrole",
    "student_courseenrollment",
)


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    write_site(COURSE, folder)
    shutil.rmtree(folder / "logs")
    return folder


@pytest.fixture
def stub(site_folder, settings, events_dir, monkeypatch):
    """Return a running stub, which the settings name."""
    monkeypatch.setattr(lms_client, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(lms_client, "LONGEST_PAUSE", 0.002)
    site = invented_site(COURSE, site_folder / "lms.sqlite3")
    add_other_course(site)
    with lms_stub(site) as running:
        settings.LMS_URL, settings.LMS_DATABASE_URL = f"{running.url}/", None
        settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield running


def add_other_course(site):
    """Add a course of another organization, with a learner of both."""
    name = site.enrollments[COURSE.course_id][0]["user"]
    site.courses[OLD] = {**site.courses[COURSE.course_id], "id": OLD, "org": "other", "name": "Other", "pacing": "self"}
    enrollment = {"created": "2026-02-20T01:30:00+02:00", "mode": "audit", "is_active": True, "course_id": OLD}
    site.enrollments[OLD] = [enrollment | {"user": user} for user in (name, "çelik", "unknown user")]
    site.accounts["çelik"] = {
        "id": 77,
        "username": "çelik",
        "email": "c@example.com",
        "level_of_education": "o",
        "gender": "o",
    }
    site.cohorts[OLD] = {50 + number: {"id": 50 + number, "name": f"c{number}"} for number in range(23)}
    site.members |= {50: [{"username": "çelik"}]}
    site.blocks[OLD] = {"root": "i4x://edX/Other/course/2014", "blocks": {}}
    site.modes[OLD], site.grades[OLD], site.submissions[OLD] = [], [], []


def load(**options):
    """Run load_lms. Return its summaries."""
    out = StringIO()
    call_command("load_lms", json=True, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def everything_loaded(events_dir):
    return {table: loaded(events_dir, table) for table in TABLES if (events_dir / "lms" / f"{table}.parquet").exists()}


def test_a_load_gives_what_the_database_has(stub, events_dir, site_folder, settings, tmp_path):
    [summary] = load(grades=True, staff=["staff"])
    api = everything_loaded(events_dir)
    assert list(api) == list(TABLES)
    settings.EVENTS_DIR = str(tmp_path / "of_database")
    call_command("load_lms", database=f"sqlite:///{site_folder}/lms.sqlite3", verbosity=0)
    database = everything_loaded(tmp_path / "of_database")
    unknown_to_api = {
        # Accounts tell no city, location and language; nobody tells who is in no course but staff.
        "auth_userprofile": {"city", "location", "language"},
        "course_overviews_courseoverview": {"created"},
        "courseware_studentmodule": {"module_type", "created", "modified"},
        "grades_persistentcoursegrade": {"passed", "passed_timestamp", "modified"},
    }
    empty = {"gender": "", "level_of_education": ""}

    def comparable(table, row):
        kept = {name: value for name, value in row.items() if name not in unknown_to_api.get(table, ())}
        return {name: None if empty.get(name) == value else value for name, value in kept.items()}

    learners = {row["user_id"] for row in database["student_courseenrollment"]}
    active = {row["user_id"] for row in database["student_courseenrollment"] if row["is_active"]}
    cohorts = {row["id"] for row in database["course_groups_courseusergroup"] if row["group_type"] == "cohort"}
    for table, rows in database.items():
        expected = [comparable(table, row) for row in rows]
        found = [comparable(table, row) for row in api[table]]
        # Staff and visitors are in no course; the API shows cohorts, and grades of those who are enrolled.
        if table in ("auth_user", "auth_userprofile"):
            key = "id" if table == "auth_user" else "user_id"
            expected = [row for row in expected if row[key] in learners]
            found = [row for row in found if row[key] in learners]
        elif table == "course_groups_courseusergroup":
            expected = [row for row in expected if row["id"] in cohorts]
        elif table == "course_groups_courseusergroup_users":
            expected = [row for row in expected if row["courseusergroup_id"] in cohorts]
        elif table == "grades_persistentcoursegrade":
            expected = [row for row in expected if row["user_id"] in active]
        elif table == "courseware_studentmodule":
            expected = [comparable(table, row) for row in rows if row["module_type"] == "problem"]
        found = [row for row in found if row.get("course_id") != OLD and row.get("id") not in (OLD, *range(50, 78))]
        found = [row for row in found if row.get("courseusergroup_id", 0) < 50]
        key = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
        assert sorted(found, key=key) == sorted(expected, key=key), table
    assert summary["left_out"]["accounts that the LMS does not show"] == 1
    assert summary["rows"]["student_courseenrollment"] == len(database["student_courseenrollment"]) + 3


def test_rows(stub, events_dir):
    load()
    assert [row for row in loaded(events_dir, "student_courseenrollment") if row["user_id"] == 77] == [
        {"user_id": 77, "course_id": OLD, "created": "2026-02-19T23:30:00", "is_active": True, "mode": "audit"}
    ]
    [celik] = [row for row in loaded(events_dir, "auth_userprofile") if row["user_id"] == 77]
    assert (celik["level_of_education"], celik["gender"], celik["year_of_birth"]) == ("other", "o", None)
    overviews = {row["id"]: row for row in loaded(events_dir, "course_overviews_courseoverview")}
    assert overviews[OLD]["self_paced"] and not overviews[COURSE.course_id]["self_paced"]
    cohorts = loaded(events_dir, "course_groups_courseusergroup")
    assert len([row for row in cohorts if row["course_id"] == OLD]) == 23
    blocks = loaded(events_dir, "course_blocks")
    assert [block["position"] for block in blocks] == list(range(len(blocks)))
    by_id = {block["block_id"]: block for block in blocks}
    video = by_id[COURSE.videos[0].module_id]
    assert video["duration"] > 0 and by_id[video["parent_id"]]["type"] == "vertical"
    assert by_id[COURSE.sequentials[0].module_id]["format"] == "Homework"
    assert blocks[0]["parent_id"] is None and blocks[1]["type"] == "chapter"
    # Nobody asked for what is expensive, and every request fits into a URL of any server.
    assert not any("/grades/" in path or "course_ids" in path for path in stub.requests)
    assert max(map(len, stub.requests)) < lms_api.LONGEST_URL


def test_an_unchanged_site_keeps_its_files(stub, events_dir):
    load()
    before = {path.name: path.stat().st_mtime_ns for path in (events_dir / "lms").glob("*.parquet")}
    load()
    assert {path.name: path.stat().st_mtime_ns for path in (events_dir / "lms").glob("*.parquet")} == before
    assert not (events_dir / "lms" / "staging").exists()


def test_a_load_that_is_cut_off_three_times_ends_with_the_same_data(stub, events_dir, settings, tmp_path, monkeypatch):
    load(grades=True)
    expected = everything_loaded(events_dir)
    sent = len(stub.requests)
    settings.EVENTS_DIR = str(tmp_path / "again")
    monkeypatch.setattr(lms_api_loading, "BUFFERED_ROWS", 150)
    stub.requests.clear()
    for part in ("cursor=", "/cohorts/2/users/?page_size=100&page=2", "/accounts?username=l"):
        stub.fail(part, 500)
        with pytest.raises(CommandError, match="500"):
            load(grades=True)
        assert not list((tmp_path / "again" / "lms").glob("*.parquet"))
    load(grades=True)
    assert everything_loaded(tmp_path / "again") == expected
    # Three requests failed and were sent again, each load asked for a token and who it is, and the courses were read once.
    assert len(stub.requests) < sent + 15
    assert len([path for path in stub.requests if path.startswith("/api/courses/v1/courses/")]) == 1


def test_other_options_do_not_resume_a_load(stub, events_dir):
    stub.fail("/accounts", 500)
    with pytest.raises(CommandError):
        load()
    stub.requests.clear()
    load(course=[OLD])
    assert f"/api/courses/v1/courses/edX/%C3%96ther/2014/?username={STAFF}" in stub.requests


def test_what_may_pass_is_tried_again(stub, events_dir):
    for number, status in enumerate((408, 429, 502, 503, 504, 520)):
        stub.fail(("enrollments", "cohorts", "blocks", "accounts", "course_modes", "/me")[number], status, times=2)
    stub.fail("/oauth2/", 503)
    stub.fail("cursor=", None)
    load()
    assert len(loaded(events_dir, "auth_user")) > 700


@pytest.mark.parametrize("retry_after", ["0", "0.2", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", None])
def test_throttles(stub, events_dir, retry_after):
    stub.throttle, stub.retry_after = 5, retry_after
    load()
    assert len(loaded(events_dir, "auth_user")) > 700


def test_retries_end(stub, events_dir, monkeypatch):
    monkeypatch.setattr(lms_client, "PATIENCE", 0.01)
    stub.fail("/accounts", 503, times=50)
    with pytest.raises(CommandError, match="/api/user/v1/accounts failed again and again: status 503"):
        load()


def test_tokens_that_expire(stub, events_dir):
    stub.token_requests = 7
    load()
    assert stub.tokens_given > 3
    assert len(loaded(events_dir, "auth_user")) > 700


def test_a_server_that_does_not_answer(settings, events_dir, stub):
    with pytest.raises(CommandError, match="failed again and again: the connection failed"):
        load(url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"LMS_CLIENT_SECRET": "wr0ng-secret"}, "invalid_client.*check LMS_CLIENT_ID and LMS_CLIENT_SECRET"),
        ({"LMS_CLIENT_SECRET": None, "LMS_CLIENT_ID": ""}, "set LMS_CLIENT_ID, LMS_CLIENT_SECRET"),
        ({"LMS_URL": "ftp://lms"}, "malformed"),
        ({"LMS_URL": "https://user:wr0ng-secret@lms"}, "must not contain a user or a password"),
        ({"LMS_URL": None}, "no source is named"),
    ],
)
def test_wrong_settings(stub, settings, events_dir, change, message):
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match=message) as error:
        load()
    assert "wr0ng-secret" not in str(error.value)


def test_a_user_without_permission(stub, events_dir):
    stub.is_staff = False
    with pytest.raises(CommandError, match="403.*must be staff of the whole site"):
        load()


@pytest.mark.parametrize(
    ("part", "body", "message"),
    [
        ("/me", b"<html>Sign in</html>", "does not respond with JSON: is this the URL"),
        ("enrollments", b'{"results": [{"created": null}], "next": null}', "another form than its documents say"),
        ("blocks", b"[]", "another form than its documents say"),
        ("enrollments", b'{"results": [], "next": "?course_id=edX/x"}', "names a page as its own next one"),
    ],
)
def test_wrong_answers(stub, events_dir, part, body, message):
    stub.fail(part, 200, times=3, body=body)
    with pytest.raises(CommandError, match=message):
        load()


def test_courses_that_are_gone_or_hidden_are_counted(stub, events_dir):
    stub.site.deleted.add(OLD)
    stub.fail("/blocks/", 403)
    [summary] = load()
    assert summary["left_out"]["courses whose modes the LMS does not show (status 404)"] == 1
    assert summary["left_out"]["courses whose blocks the LMS does not show (status 403)"] == 1
    assert summary["left_out"]["courses whose cohorts the LMS does not show (status 404)"] == 1


def test_one_course_or_organization_at_a_time(stub, events_dir):
    """A load of some courses leaves the rows of the others as they are."""
    load(org=["EDX"])
    assert {row["course_id"] for row in loaded(events_dir, "student_courseenrollment")} == {COURSE.course_id}
    users = len(loaded(events_dir, "auth_user"))
    stub.site.enrollments[COURSE.course_id].clear()
    load(course=[OLD])
    enrollments = loaded(events_dir, "student_courseenrollment")
    assert len([row for row in enrollments if row["course_id"] == OLD]) == 2
    assert len(enrollments) == users + 2
    assert len(loaded(events_dir, "auth_user")) == users + 1
    assert {row["id"] for row in loaded(events_dir, "course_overviews_courseoverview")} == {COURSE.course_id, OLD}
    members = {row["courseusergroup_id"] for row in loaded(events_dir, "course_groups_courseusergroup_users")}
    assert members == {1, 2, 50}
    stub.site.members[50].clear()
    load(course=[OLD])
    members = {row["courseusergroup_id"] for row in loaded(events_dir, "course_groups_courseusergroup_users")}
    assert members == {1, 2}
    with pytest.raises(CommandError, match="the LMS has no course edX/x/y, which --course names"):
        load(course=["edX/x/y"])


def test_a_database_knows_better(stub, events_dir, site_folder):
    database = f"sqlite:///{site_folder}/lms.sqlite3"
    load(database=database)
    before = everything_loaded(events_dir)
    stub.requests.clear()
    [summary] = load(url=stub.url)
    after = everything_loaded(events_dir)
    assert {table: after[table] for table in before} == before and after["course_blocks"]
    assert summary["rows"].keys() == {"course_blocks"}
    assert "student_courseenrollment" in summary["kept"]
    assert not any("enrollments" in path or "accounts" in path for path in stub.requests)
    sources = json.loads((events_dir / "lms" / "sources.json").read_text())
    assert sources["auth_user"]["kind"] == "database" and sources["course_blocks"]["kind"] == "API"
    # A database replaces what an API gave.
    (events_dir / "lms" / "sources.json").unlink()
    load(url=stub.url)
    load(database=database)
    assert everything_loaded(events_dir) == after


def test_all_sources_of_the_environment(stub, events_dir, settings, site_folder):
    settings.LMS_DATABASE_URL = f"sqlite:///{site_folder}/lms.sqlite3"
    settings.DISCOVERY_URL = stub.url
    assert len(load()) == 3
    [program, _other] = loaded(events_dir, "catalog_programs")
    assert program["course_id"] == COURSE.course_id and program["program_type"] and program["program_title"]
    [run] = loaded(events_dir, "catalog_course_runs")
    assert (run["title"], run["course"], run["pacing_type"]) == ("Numbers and Places", "edX+DemoX", "instructor_paced")


def test_pages_of_the_catalog(stub, events_dir):
    [run] = stub.site.runs
    stub.site.runs = [{**run, "key": f"course-v1:edX+{number}+r", "programs": None} for number in range(250)]
    [summary] = load(discovery=stub.url)
    assert len(loaded(events_dir, "catalog_course_runs")) == 250 and summary["rows"] == {"catalog_course_runs": 250}
    assert loaded(events_dir, "catalog_programs") == []


def test_credentials_are_in_no_log(stub, events_dir, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    stub.fail("/accounts", 503)
    out = StringIO()
    call_command("load_lms", stdout=out)
    printed = capsys.readouterr()
    for text in (caplog.text, out.getvalue(), printed.out, printed.err, (events_dir / "lms/sources.json").read_text()):
        assert CLIENT_SECRET not in text and "token-1" not in text


def test_options_that_contradict(stub, events_dir, site_folder):
    with pytest.raises(CommandError, match="--course and --org exclude each other"):
        load(course=[OLD], org=["edX"])
    with pytest.raises(CommandError, match="what --url reads"):
        load(database=f"sqlite:///{site_folder}/lms.sqlite3", grades=True)
