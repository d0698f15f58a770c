"""Responses to keys that may see only some courses, or no personal data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_data_api.auth.access import Access
from analytics_data_api.course_keys import Courses, is_course_id, parse
from analytics_data_api.errors import CourseAccessDenied
from analytics_data_api.web.traits import Personal
from analytics_data_api.web.views import RowsView
from tests.support.client import pull
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
    CourseProgramMetadataFactory,
    GradeDistributionFactory,
    KeyAccessFactory,
    TokenFactory,
    VideoFactory,
    VideoTimelineFactory,
)
from tests.support.routes import api_endpoints
from tests.test_course_keys import GOOD
from tests.v0.test_routes import PUBLIC, requests_of

pytestmark = pytest.mark.django_db(databases="__all__")

ROOT = Path(__file__).resolve().parents[2]
MINE, THEIRS = "course-v1:edX+DemoX+1", "course-v1:edX+DemoX+2"


def error_of(response):
    return response.status_code, response.json()["error_code"]


DENIED = (403, "course_access_denied")
PERSONAL = (403, "personal_data_access_denied")


class TestRule:
    """Access by id, without a database."""

    @pytest.mark.parametrize("course_id", [*GOOD, "library-v1:edX+DemoX"])
    def test_an_organization_is_the_one_of_the_id(self, course_id):
        org = parse(course_id).org
        assert course_id in Courses(orgs=frozenset([org]))
        for other in {org + "x", org[:-1], org.swapcase(), f"{org}.", ""} - {org}:
            assert course_id not in Courses(orgs=frozenset([other]))

    @settings(derandomize=True, max_examples=500, deadline=None)
    @given(
        st.sampled_from(["{}/{}/{}", "course-v1:{}+{}+{}", "ccx-v1:{}+{}+{}+ccx@1"]),
        st.lists(st.text("aAzé.-_~中%:", min_size=1, max_size=3), min_size=3, max_size=3),
        st.text("aAzé.-_~中%:", min_size=1, max_size=3),
    )
    def test_any_id(self, form, parts, org):
        course_id = form.format(*parts)
        if is_course_id(course_id):
            assert (course_id in Courses(orgs=frozenset([org]))) == (parse(course_id).org == org)

    @pytest.mark.parametrize(
        "spelled", [MINE.upper(), MINE + " ", " " + MINE, MINE + "/", MINE.replace("+", " "), MINE[:-1], MINE + "0", ""]
    )
    def test_another_spelling_is_another_course(self, spelled):
        access = Access.restricted(ids=[MINE], sees_personal_data=True)
        access.check_courses({"course_id": MINE, "course_ids": [MINE]})
        with pytest.raises(CourseAccessDenied):
            access.check_courses({"course_ids": [MINE, spelled]})

    def test_no_course_is_nobodys(self):
        assert None not in Courses(orgs=frozenset(["edX"]))


class TestCourses:
    @pytest.fixture
    def client(self, restricted):
        return restricted(courses=[MINE])

    @pytest.mark.parametrize("rows", [True, False])
    def test_a_denial_says_nothing_of_the_course(self, client, query_counter, rows):
        if rows:
            CourseEnrollmentDailyFactory(course_id=THEIRS)
        with query_counter() as queries:
            response = client.get(f"/api/v0/courses/{THEIRS}/enrollment/")
        assert error_of(response) == DENIED
        assert response.json()["developer_message"] == f"The key has no access to the course '{THEIRS}'."
        # Only the key was looked up, not the course.
        assert len(queries) == 1

    @pytest.mark.parametrize(
        "spelled", [THEIRS.replace("+", "%2B"), THEIRS.replace("course", "%63ourse"), MINE.replace("edX", "EDX")]
    )
    def test_spellings(self, client, spelled):
        assert error_of(client.get(f"/api/v0/courses/{spelled}/enrollment/")) == DENIED

    def test_a_malformed_id_is_malformed_for_everybody(self, client, api):
        for course_id in ("edX", "edX%252FDemoX%252F1", f"{THEIRS}%00"):
            url = f"/api/v0/courses/{course_id}/enrollment/"
            assert client.get(url).status_code == api.get(url).status_code == 400

    def test_without_the_slash_the_answer_is_the_redirect_of_any_course(self, client):
        for course_id in (MINE, THEIRS):
            assert client.get(f"/api/v0/courses/{course_id}/enrollment").status_code == 301

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("path", ["course_summaries/", "course_totals/"])
    def test_lists_with_a_course_that_is_hidden(self, client, method, path):
        for course_id in (MINE, THEIRS):
            CourseMetaSummaryEnrollmentFactory(course_id=course_id)
        assert client.get(f"/api/v0/{path}?course_ids={MINE.replace('+', '%2B')}").status_code == 200
        response = getattr(client, method)(f"/api/v0/{path}", {"course_ids": f"{MINE},{THEIRS}"})
        assert error_of(response) == DENIED
        assert THEIRS in response.json()["developer_message"] and MINE not in response.json()["developer_message"]

    def test_a_space_of_a_query_string_is_a_plus(self, client):
        GradeDistributionFactory(course_id=MINE, module_id="m")
        url = "/api/v0/problems/m/grade_distribution/?course_id="
        assert client.get(url + MINE).status_code == 200
        assert error_of(client.get(url + THEIRS)) == DENIED

    def test_programs(self, client):
        for course_id, program in ((MINE, "both"), (THEIRS, "both"), (THEIRS, "theirs")):
            CourseProgramMetadataFactory(course_id=course_id, program_id=program)
        [program] = client.rows("/api/v0/programs/")
        assert (program["program_id"], program["course_ids"]) == ("both", [MINE])

    @pytest.mark.parametrize("number", [10, 1000])
    def test_many_organizations(self, restricted, number):
        """A key may name 1000 organizations. A name does not match longer names that start with it."""
        client = restricted(orgs=["edX", *(f"Org{index}" for index in range(number - 1))])
        mine = ["edX/DemoX/1", "course-v1:Org3+a+1", "ccx-v1:Org4+a+1+ccx@1"]
        for course_id in (*mine, "edXtra/DemoX/1", "course-v1:org3+a+1", "course-v1:Organ+a+1", "Ed X/a/1"):
            CourseMetaSummaryEnrollmentFactory(course_id=course_id)
            CourseEnrollmentDailyFactory(course_id=course_id)
            video = VideoFactory(course_id=course_id, pipeline_video_id=f"{course_id}|v")
            VideoTimelineFactory(pipeline_video_id=video.pipeline_video_id)
        assert {row["course_id"] for row in client.rows("/api/v0/course_summaries/")} == set(mine)
        root = "/api/v0/data_sets/"
        assert {row["name"]: row["rows"] for row in client.rows(root)}["enrollment"] == 3
        for query in ({"limit": "2"}, {"limit": "all"}):
            assert {row["course_id"] for row in pull(client, "enrollment", **query)[0]} == set(mine)
            assert len(pull(client, "video_timelines", **query)[0]) == 3
        assert [row["course_id"] for row in client.rows(f"{root}enrollment/partitions/")] == sorted(mine)
        assert len(pull(client, "enrollment", org="Org3")[0]) == 1

    def test_totals_of_nothing(self, restricted):
        CourseMetaSummaryEnrollmentFactory(course_id=MINE)
        assert restricted().rows("/api/v0/course_totals/")["count"] == 0
        assert restricted().get("/api/v0/course_summaries/").status_code == 404

    def test_a_course_and_its_organization_count_once(self, restricted):
        CourseMetaSummaryEnrollmentFactory(course_id=MINE, count=3)
        assert restricted(courses=[MINE], orgs=["edX"]).rows("/api/v0/course_totals/")["count"] == 3


class TestVideos:
    """The rows of a timeline do not name their course."""

    @pytest.fixture(autouse=True)
    def videos(self):
        for video, courses in {"mine": [MINE], "both": [MINE, THEIRS], "theirs": [THEIRS], "nobodys": []}.items():
            VideoTimelineFactory(pipeline_video_id=video)
            for course_id in courses:
                VideoFactory(course_id=course_id, pipeline_video_id=video)

    @pytest.mark.parametrize(
        "courses, seen", [([MINE], ["mine"]), ([THEIRS], ["theirs"]), ([MINE, THEIRS], ["both", "mine", "theirs"])]
    )
    def test_needs_access_to_all_courses_of_the_video(self, restricted, courses, seen):
        client = restricted(courses=courses)
        unknown = client.get("/api/v0/videos/unknown/timeline/")
        for video in ("mine", "both", "theirs", "nobodys"):
            response = client.get(f"/api/v0/videos/{video}/timeline/")
            if video in seen:
                assert response.status_code == 200
            else:
                assert response.status_code == 404
                assert response.content == unknown.content.replace(b"unknown", video.encode())
        rows = client.rows("/api/v0/data_sets/video_timelines/rows/?format=json&updated_before=2030-01-01")
        assert sorted(row["pipeline_video_id"] for row in rows) == seen

    def test_of_one_of_its_courses(self, restricted):
        url = "/api/v0/videos/both/timeline/?course_id=" + MINE.replace("+", "%2B")
        assert restricted(courses=[MINE]).get(url).status_code == 404
        assert restricted(courses=[MINE, THEIRS]).get(url).status_code == 200

    def test_two_queries_beside_the_key(self, restricted, query_counter):
        client = restricted(courses=[MINE])
        client.get("/api/v0/videos/mine/timeline/")
        with query_counter() as queries:
            client.rows("/api/v0/videos/mine/timeline/")
        assert len(queries) == 3


def test_a_session_may_see_what_the_key_may(anonymous):
    CourseEnrollmentDailyFactory(course_id=MINE)
    user = TokenFactory().user
    anonymous.force_login(user)
    url = f"/api/v0/courses/{MINE}/enrollment/"
    assert anonymous.get(url).status_code == 200
    KeyAccessFactory(user=user, is_restricted=True, courses=THEIRS)
    assert error_of(anonymous.get(url)) == DENIED


PERSONAL_PATHS = [
    path for path, view in api_endpoints() if path not in PUBLIC and view.traits.personal is Personal.ALWAYS
]
PERSONAL_DATA_SETS = ["learner_engagement", "roster", "enrollments"]
OF_SITE = ["users", "organization_roles"]


class TestPersonalData:
    def test_which_it_is(self):
        names = {path.removeprefix("/api/v0/") for path in PERSONAL_PATHS if path.startswith("/api/v0/")}
        assert names == {
            "courses/{course_id}/reports/{report_name}/",
            "courses/{course_id}/user_engagement/",
            "engagement_timelines/{username}/",
            "learners/",
            "learners/{username}/",
            "learners/engagement_timelines/{username}/",
        }

    @pytest.mark.parametrize("path", PERSONAL_PATHS)
    def test_is_denied(self, anonymous, demo_data, path):
        key = TokenFactory(key="key")
        access = KeyAccessFactory(user=key.user, sees_personal_data=False)
        _method, url = requests_of(path)
        for kind in ("json", "csv"):
            response = anonymous.get(url, {"format": kind}, HTTP_AUTHORIZATION="Token key")
            assert error_of(response) == PERSONAL
        access.sees_personal_data = True
        access.save()
        # A report needs a file and has its own test.
        if path.startswith("/api/v0/") and "/reports/" not in path:
            assert anonymous.get(url, HTTP_AUTHORIZATION="Token key").status_code == 200

    def test_what_only_counts_is_not_denied(self, restricted, demo_data):
        client = restricted(orgs=["my"], sees_personal_data=False)
        assert client.get("/api/v0/course_learner_metadata/my/cool/course/").status_code == 200

    @pytest.mark.parametrize("name", PERSONAL_DATA_SETS)
    def test_data_sets(self, restricted, name):
        client = restricted(orgs=["edX"], sees_personal_data=False)
        for path in ("", "rows/", "partitions/"):
            assert error_of(client.get(f"/api/v0/data_sets/{name}/{path}")) == PERSONAL
        assert name not in {row["name"] for row in client.rows("/api/v0/data_sets/")}
        everything = restricted(orgs=["edX"])
        assert name in {row["name"] for row in everything.rows("/api/v0/data_sets/")}
        assert everything.get(f"/api/v0/data_sets/{name}/rows/").status_code == 200

    @pytest.mark.parametrize("name", OF_SITE)
    def test_data_sets_without_courses_need_an_unrestricted_key(self, restricted, api, name):
        client = restricted(orgs=["edX"])
        for path in ("", "rows/", "partitions/"):
            assert error_of(client.get(f"/api/v0/data_sets/{name}/{path}")) == DENIED
            assert api.get(f"/api/v0/data_sets/{name}/{path}").status_code == 200
        assert name not in {row["name"] for row in client.rows("/api/v0/data_sets/")}


WITHOUT = """
import json, django
django.setup()
from django.test import Client
from tests.support.routes import api_endpoints
client = Client()
paths = {paths!r}
print(json.dumps({{
    "statuses": {{path: client.get(path.replace("{{course_id}}", "edX/a/b")).status_code for path in paths}},
    "described": list(client.get("/docs/swagger.json").json()["paths"]),
    "unknown": client.get("/api/v0/learners/").json(),
}}))
"""


class TestWithoutPersonalData:
    """PERSONAL_DATA=off needs its own process, since it decides which routes exist."""

    @pytest.mark.servers
    def test_endpoints_are_not_there(self):
        others = [
            path
            for path, view in api_endpoints()
            if issubclass(view, RowsView) and path not in PERSONAL_PATHS and "{username}" not in path
        ]
        environment = {
            **os.environ,
            "PERSONAL_DATA": "off",
            "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.test",
        }
        run = subprocess.run(
            [sys.executable, "-c", WITHOUT.format(paths=[*PERSONAL_PATHS, *others])],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        told = json.loads(run.stdout)
        assert {told["statuses"][path] for path in PERSONAL_PATHS} == {404}
        # These pages require a key.
        assert {told["statuses"][path] for path in others} == {401}
        assert not set(PERSONAL_PATHS) & set(told["described"])
        assert set(others) <= set(told["described"])
        assert told["unknown"]["status"] == 404 and told["unknown"]["error_code"] == "not_found"

    @pytest.mark.parametrize("name", PERSONAL_DATA_SETS)
    def test_data_sets(self, api, settings, name):
        settings.PERSONAL_DATA = False
        unknown = api.get("/api/v0/data_sets/unknown/")
        for path in ("", "rows/", "partitions/"):
            response = api.get(f"/api/v0/data_sets/{name}/{path}")
            assert response.status_code == 404
            assert response.content == unknown.content.replace(b"unknown", name.encode())
        assert name not in {row["name"] for row in api.rows("/api/v0/data_sets/")}
