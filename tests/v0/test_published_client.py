"""Every method of the published Python client, with a running server on the databases of an older one."""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import analyticsclient
import pytest
from analyticsclient.client import Client
from analyticsclient.constants import activity_types, data_formats, demographics
from analyticsclient.exceptions import ClientError, InvalidRequestError, NotFoundError
from django.db import connections

from analytics_data_api.web.schema import SAMPLES
from tests.support import deployment, pipeline_tables
from tests.support.demo_data import demo_rows
from tests.support.routes import (
    DEMO_COURSE,
    DEMO_GRADED_PROBLEM,
    DEMO_PROBLEM,
    DEMO_SEQUENTIAL,
    DEMO_VIDEO,
)

pytestmark = pytest.mark.servers

# Longer than any machine needs, because these tests check responses and not their time.
TIMEOUT = 60
CSV = data_formats.CSV
DEMO_PROGRAM = "3f1d5a0c-6c1b-4b53-9f0e-8d2a7b6c4e11"
# The deployment's web server serves the report files here.
FILES = "http://files.example.com/"
REPORT = "edX_DemoX_Demo_Course_problem_response.csv"
UNKNOWN_COURSE = "course-v1:edX+Unknown+2014"


@pytest.fixture(scope="module")
def server(tmp_path_factory, django_db_setup, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        deployment.deployed(demo_rows(), tmp_path_factory.mktemp("deployment")) as running,
    ):
        (running.reports / REPORT).write_text("a,b")
        yield running


@pytest.fixture(params=["v0", "v1"])
def version(request):
    return request.param


@pytest.fixture
def client(server, version):
    return Client(server.root(version), auth_token=deployment.KEY, timeout=TIMEOUT)


@dataclass(frozen=True)
class Call:
    """A call of a method with its expected result from the demo data."""

    method: str
    call: Callable[[Client], Any]
    # The expected sample of version 0. Version 1 has other counts and must not equal it.
    slug: str | None = None
    # A condition on the result of both versions, instead of a sample.
    holds: Callable[[Any], bool] = lambda answer: True

    def __str__(self):
        return f"{self.method} {self.slug or ''}"


def course(method, slug=None, *arguments, holds=lambda answer: bool(answer), **options):
    return Call(
        f"Course.{method}",
        lambda client: getattr(client.courses(DEMO_COURSE), method)(*arguments, **options),
        slug,
        holds,
    )


def module(method, module_id, slug, **options):
    return Call(
        f"Module.{method}", lambda client: getattr(client.modules(DEMO_COURSE, module_id), method)(**options), slug
    )


DEMOGRAPHICS = {
    demographics.BIRTH_YEAR: "birth_year",
    demographics.EDUCATION: "education",
    demographics.GENDER: "gender",
    demographics.LOCATION: "location",
    "mode": "mode",
}
COURSE_CALLS = [
    course("activity", "courses-activity"),
    course("activity", "courses-activity", data_format=CSV),
    course("activity", None, activity_types.PLAYED_VIDEO, "2014-11-24", "2014-12-25"),
    *(course("recent_activity", activity_type=kind, holds=lambda answer: answer["count"] >= 0) for kind in ("any",)),
    course("recent_activity", "courses-recent_activity"),
    course("recent_activity", "courses-recent_activity", data_format=CSV),
    course("enrollment", "courses-enrollment"),
    course("enrollment", "courses-enrollment", data_format=CSV),
    course("enrollment", None, None, "2014-12-08", "2014-12-10", holds=lambda days: len(days) == 2),
    *(course("enrollment", f"courses-enrollment-{slug}", kind) for kind, slug in DEMOGRAPHICS.items()),
    *(course("enrollment", f"courses-enrollment-{slug}", kind, data_format=CSV) for kind, slug in DEMOGRAPHICS.items()),
    course("reports", None, "problem_response", holds=lambda report: report["download_url"] == f"{FILES}{REPORT}"),
    course("videos", "courses-videos"),
    course("videos", "courses-videos", data_format=CSV),
]
PROBLEM_CALLS = [
    course("problems", "courses-problems"),
    course("problems", "courses-problems", data_format=CSV),
    course("problems_and_tags", "courses-problems_and_tags"),
    course("problems_and_tags", "courses-problems_and_tags", data_format=CSV),
]
# Too many ids for a URL, so that the client sends a POST.
MANY_COURSES = [f"course-v1:edX+Many+{number}" for number in range(4000)]


def summaries(slug=None, holds=bool, **options):
    return Call(
        "CourseSummaries.course_summaries",
        lambda client: client.course_summaries().course_summaries(**options),
        slug,
        holds,
    )


def totals(slug=None, holds=bool, **options):
    return Call(
        "CourseTotals.course_totals", lambda client: client.course_totals().course_totals(**options), slug, holds
    )


def programs(slug=None, holds=bool, **options):
    return Call("Programs.programs", lambda client: client.programs().programs(**options), slug, holds)


def course_ids(answer):
    return [row["course_id"] for row in answer]


SUMMARY_CALLS = [
    summaries(),
    summaries(data_format=CSV),
    summaries(course_ids=[DEMO_COURSE], holds=lambda rows: course_ids(rows) == [DEMO_COURSE]),
    summaries(course_ids=[DEMO_COURSE, *MANY_COURSES], holds=lambda rows: course_ids(rows) == [DEMO_COURSE]),
    summaries(
        course_ids=[DEMO_COURSE],
        fields=["course_id", "count"],
        holds=lambda rows: [list(row) for row in rows] == [["course_id", "count"]],
    ),
    summaries(exclude=["created", "enrollment_modes"], holds=lambda rows: all("created" not in row for row in rows)),
    summaries(availability=["Current"], holds=lambda rows: {row["availability"] for row in rows} == {"Current"}),
    summaries(pacing_type=["instructor_paced"], text_search="demo", holds=lambda rows: DEMO_COURSE in course_ids(rows)),
    summaries(program_ids=["no such program"], holds=lambda rows: rows == []),
    summaries(order_by="count", sort_order="desc", page=1, page_size=1, holds=lambda page: len(page["results"]) == 1),
    summaries(request_all=True, page=2, page_size=1, holds=lambda rows: isinstance(rows, list)),
    summaries(recent_date=date(2014, 12, 9), holds=lambda rows: all("recent_count_change" in row for row in rows)),
    summaries(recent_date="2014-12-09"),
    totals("course_totals"),
    totals("course_totals", data_format=CSV),
    totals(course_ids=[DEMO_COURSE], holds=lambda sums: sums["count"] > 0),
    totals(course_ids=[DEMO_COURSE, *MANY_COURSES], holds=lambda sums: sums["count"] > 0),
    totals(course_ids=MANY_COURSES, holds=lambda sums: set(sums.values()) == {0}),
    # The result has no counts, so it is the same for both versions.
    programs(holds=lambda rows: rows == sample("programs", rows)),
    programs(data_format=CSV, holds=lambda rows: rows == sample("programs", rows)),
    programs(fields=["program_id"], holds=lambda rows: all(list(row) == ["program_id"] for row in rows)),
    programs(
        program_ids=[DEMO_PROGRAM, "no such program"],
        exclude=["created"],
        holds=lambda rows: [row["program_id"] for row in rows] == [DEMO_PROGRAM] and "created" not in rows[0],
    ),
]
MODULE_CALLS = [
    call
    for method, module_id, slug in (
        ("grade_distribution", DEMO_GRADED_PROBLEM, "problems-grade_distribution"),
        ("sequential_open_distribution", DEMO_SEQUENTIAL, "problems-sequential_open_distribution"),
        ("video_timeline", DEMO_VIDEO, "videos-timeline"),
        ("answer_distribution", DEMO_PROBLEM, "problems-answer_distribution"),
    )
    for call in (module(method, module_id, slug), module(method, module_id, slug, data_format=CSV))
]
STATUS_CALLS = [
    Call(f"Status.{name}", lambda client, name=name: getattr(client.status, name), holds=lambda answer: answer is True)
    for name in ("alive", "authenticated", "healthy")
]
PLAIN_CALLS = [
    Call("Client.get", lambda client: client.get(f"courses/{DEMO_COURSE}/videos/"), "courses-videos"),
    Call("Client.request", lambda client: client.request("GET", f"courses/{DEMO_COURSE}/videos/"), "courses-videos"),
    Call("Client.has_resource", lambda client: client.has_resource("status/"), holds=lambda answer: answer is True),
]
CALLS = [*COURSE_CALLS, *PROBLEM_CALLS, *SUMMARY_CALLS, *MODULE_CALLS, *STATUS_CALLS, *PLAIN_CALLS]

# Methods without a call here, each with the reason.
INDIRECT = {
    "PostableCourseIDsEndpoint.do_request": "what course_summaries and course_totals are made of",
    "Course.do_request": "inherited; it has no path of its own",
    "CourseSummaries.do_request": "called by course_summaries",
    "CourseTotals.do_request": "called by course_totals",
}


def public_methods():
    """Return the public methods and properties of all classes of the client."""
    for info in pkgutil.walk_packages(analyticsclient.__path__, "analyticsclient."):
        for name, kind in inspect.getmembers(importlib.import_module(info.name), inspect.isclass):
            if kind.__module__ == info.name and not issubclass(kind, Exception):
                for method, value in inspect.getmembers(kind):
                    if not method.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                        yield f"{name}.{method}"


def test_no_method_is_forgotten():
    methods = set(public_methods())
    assert {"Course.enrollment", "Status.alive", "Client.get"} <= methods
    assert methods == {call.method for call in CALLS} | INDIRECT.keys()


def sample(slug, answer):
    """Return the sample in the form of a response."""
    if isinstance(answer, str):
        return (SAMPLES / f"{slug}.csv").read_bytes().decode()
    rows = json.loads((SAMPLES / f"{slug}.json").read_text(encoding="utf-8"))
    if slug == "problems-answer_distribution":
        return [without_first_and_last(row) for row in rows]
    return rows


def without_first_and_last(row):
    return {key: value for key, value in row.items() if key not in ("first_response_count", "last_response_count")}


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.filterwarnings("ignore:recent_activity has been deprecated:DeprecationWarning")
def test_method(client, version, call):
    answer = call.call(client)
    assert call.holds(answer)
    if call.slug is None:
        return
    expected = sample(call.slug, answer)
    if version == "v1":
        assert answer != expected, "the answer is of the database of version 0"
        assert len(answer) == len(expected) or isinstance(answer, str)
    elif isinstance(answer, str) and call.slug == "problems-answer_distribution":
        # The older table lacks these two columns, which are empty in CSV.
        assert len(answer.splitlines()) == len(expected.splitlines())
    else:
        assert answer == expected


class TestErrors:
    def test_no_data(self, client):
        with pytest.raises(NotFoundError):
            client.courses(UNKNOWN_COURSE).enrollment()

    @pytest.mark.parametrize("data_format", [data_formats.JSON, CSV])
    def test_bad_request(self, client, data_format):
        with pytest.raises(InvalidRequestError):
            client.courses(DEMO_COURSE).enrollment(start_date="yesterday", data_format=data_format)

    def test_no_course(self, client):
        with pytest.raises(InvalidRequestError):
            client.courses("no course").activity(data_format=CSV)

    def test_wrong_key(self, server, version):
        stranger = Client(server.root(version), auth_token="wrong", timeout=TIMEOUT)
        assert (stranger.status.alive, stranger.status.authenticated) == (True, False)
        with pytest.raises(ClientError, match="401"):
            stranger.courses(DEMO_COURSE).enrollment()

    def test_rosters_are_not_there(self, client):
        """No pipeline makes the tables of rosters. The response reports that instead of a crash."""
        with pytest.raises(ClientError, match="503"):
            client.get(f"learners/?course_id={DEMO_COURSE}")


def test_concurrent_requests_of_both_versions(server):
    """Each version reads its own database in every process and thread."""
    clients = {version: Client(server.root(version), deployment.KEY, timeout=TIMEOUT) for version in ("v0", "v1")}
    calls = [call for call in (*COURSE_CALLS, *MODULE_CALLS) if call.slug and call.slug != "courses-recent_activity"]
    alone = {(version, call): call.call(client) for version, client in clients.items() for call in calls}
    assert all(alone["v0", call] != alone["v1", call] for call in calls)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda key: (key, key[1].call(clients[key[0]])), [*alone] * 3))
    assert [key for key, answer in answers if answer != alone[key]] == []


def test_the_log_says_what_is_ignored_and_nothing_of_crashes(server):
    log = server.log.read_text()
    assert log.count("ELASTICSEARCH_LEARNERS_HOST is ignored") == 1
    assert "Traceback" not in log


def test_the_databases_differ_in_shape():
    here = pipeline_tables.shapes_for(connections["default"])
    assert here[0].has_older_answers and here[0] != here[1]
