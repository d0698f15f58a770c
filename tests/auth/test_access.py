"""No route reveals to a restricted key anything about a forbidden course.

Each route gets many requests, first while the tables hold only an allowed course, and again when they hold other courses as
well: the responses must be the same, byte for byte. The responses to an unrestricted key must differ, since otherwise the
requests would prove nothing.
"""

import re
from collections import defaultdict
from itertools import product
from urllib.parse import quote, urlencode

import pytest

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import Cursor, Place
from analytics_data_api.web.views import RowsView
from tests.support import databases, two_courses
from tests.support.client import content
from tests.support.routes import api_endpoints
from tests.support.two_courses import MINE, NEIGHBOUR, THEIRS, UNKNOWN
from tests.v0.test_routes import PUBLIC

pytestmark = pytest.mark.django_db(databases="__all__")

# Values for URLs and parameters, by name. A new name needs values here.
COURSES = (MINE, *THEIRS, NEIGHBOUR, UNKNOWN, MINE.upper(), MINE.replace("/", "%2F"), f"{MINE} ", "edX/DemoX")
PROBLEMS = (two_courses.SHARED_PROBLEM, two_courses.MY_PROBLEM, two_courses.THEIR_PROBLEM, "unknown")
IDS = {
    "course_id": COURSES,
    "problem_id": PROBLEMS,
    "module_id": PROBLEMS,
    "video_id": (two_courses.SHARED_VIDEO, two_courses.MY_VIDEO, two_courses.THEIR_VIDEO, "unknown"),
    "username": (two_courses.LEARNER, two_courses.THEIR_LEARNER),
    "data_set": (*DATA_SETS, "unknown"),
    "report_name": ("problem_response",),
}
KINDS_OF_DATA_SETS = ("enrollment", "video_timelines", "roster", "enrollments", "users")
THEIR_PLACE = Cursor("enrollment", Place("2014-12-10 10:00:00.000000", 1)).text()
VALUES = {
    "activity_type": ("any", "played_video"),
    "all": ("true",),
    "availability": ("Current",),
    "cohort": ("cohort-1", "cohort-2000"),
    "course_id": COURSES,
    "course_ids": (MINE, THEIRS[0], f"{MINE},{THEIRS[0]}", UNKNOWN),
    "cursor": (THEIR_PLACE,),
    "end_date": ("2030-01-01",),
    "enrollment_mode": ("mode-2000",),
    "exclude": ("created",),
    "fields": ("course_id", "count"),
    "highlight": ("true",),
    "ignore_segments": ("segment-2000",),
    "label": ("active",),
    "limit": ("1", "all"),
    "order_by": ("count", "email"),
    "org": (two_courses.ORG, "edXtra", "EDX"),
    "pacing_type": ("instructor_paced",),
    "page": ("1", "2"),
    "page_size": ("1",),
    "program_ids": (two_courses.SHARED_PROGRAM, two_courses.THEIR_PROGRAM),
    "programs": ("true",),
    "recent_date": ("2014-12-10",),
    "segments": ("segment-1", "segment-2000"),
    "sort_order": ("desc",),
    "start_date": ("2000-01-01",),
    "text_search": ("ada", "title 2000", "edxtra"),
    "updated_after": ("2014-12-10T110000",),
    "updated_before": ("2014-12-10T130000",),
}
FORMATS = ("json", "csv", "ndjson")
HEADERS = ("Content-Type", "Content-Disposition", "Link", "Resume-Cursor", "Location", "Allow", "ETag")

# Routes with the same response for every key, each with the reason.
WITHOUT_COURSES = {
    "/authenticated/": "says only that the key is good",
}
# Routes whose responses to an unrestricted key do not differ, each with the reason.
HELD_ELSEWHERE = {
    "courses/{course_id}/reports/{report_name}/": "v0/tests/views/test_reports.py: a file is there or not, whoever has rows",
}
ROUTES = [(path, view) for path, view in api_endpoints() if path not in PUBLIC and path not in WITHOUT_COURSES]


def requests_of(path, view, *, all_parameters=True):
    """Yield method, URL and body of requests. Without ``all_parameters``, only courses vary."""
    names = re.findall(r"{(\w+)}", path)
    parameters = view.parameters.parameters()
    wanted = view.parameters.required_parameters
    methods = ["get"] + ["post"] * ("POST" in view().allowed_methods)
    for values in product(*(IDS[name] for name in names)):
        url = path
        for name, value in zip(names, values, strict=True):
            url = url.replace(f"{{{name}}}", quote(value, safe="/"))
        # One request for each of the other courses is enough.
        is_others = "course_id" in names and values[names.index("course_id")] != MINE
        # Similar data sets need no requests of their own.
        is_others |= "data_set" in names and values[0] not in KINDS_OF_DATA_SETS
        common = [dict.fromkeys(wanted, MINE)]
        queries = [{"format": kind} for kind in FORMATS]
        if not is_others:
            asked = [name for name in parameters if all_parameters or name == "course_id"]
            queries += [{name: value} for name in asked for value in VALUES[name]]
            queries += [{"highlight": "true", "text_search": "ada"}] if "highlight" in asked else []
            queries += [{"programs": "true", "recent_date": "2014-12-10"}] if "programs" in asked else []
        for method, query, required in product(methods, queries, common):
            query = {**required, **query}
            if method == "get":
                yield "get", f"{url}?{urlencode(query)}", None
            else:
                yield "post", f"{url}?format={query.pop('format', 'json')}", query


def answers(client, requests):
    found = {}
    for method, url, body in requests:
        options = {} if body is None else {"data": body, "format": "json"}
        response = getattr(client, method)(url, **options)
        assert response.status_code < 500, url
        headers = {name: response.get(name) for name in HEADERS}
        # Two routes report the time.
        headers["Content-Disposition"] = re.sub(r"--\d.*--", "", headers["Content-Disposition"] or "")
        headers["Link"] = re.sub(r"updated_before=[^&>]*", "", headers["Link"] or "")
        found[method, url, str(body)] = (response.status_code, headers, content(response))
    return found


def differences(before, after):
    """Return the requests of each route whose responses differ."""
    return {key for key in before if before[key] != after[key]}


@pytest.fixture
def tables(request, tmp_path):
    """Give the tables of version 0 this collation."""
    if request.param == "as created":
        yield request.param
        return
    with databases.empty("analytics", tmp_path):
        databases.migrate("analytics")
        two_courses.ignore_case("analytics")
        yield request.param


KEYS = {
    "courses": ({"courses": [MINE]}, (*THEIRS, NEIGHBOUR)),
    "organization": ({"orgs": [two_courses.ORG]}, THEIRS),
    "nothing": ({}, (MINE, *THEIRS)),
}


@pytest.mark.parametrize(
    "kind, tables, version",
    [
        *((kind, "as created", "v0") for kind in KEYS),
        ("courses", "ignoring case", "v0"),
        ("organization", "ignoring case", "v0"),
        ("courses", "as created", "v1"),
    ],
    indirect=["tables"],
)
def test_nothing_leaks(restricted, api, tables, version, kind):
    access, hidden = KEYS[kind]
    client = restricted(**access)
    # Other tests check each kind of response against the description.
    client.described = api.described = False
    using = {"v0": "analytics", "v1": "analytics_v1"}[version]
    requests = defaultdict(list)
    for path, view in ROUTES:
        if path.startswith(f"/api/{version}/"):
            assert issubclass(view, RowsView), f"{path} is unknown to this test"
            requests[path] += requests_of(path, view, all_parameters=version == "v0")
    if MINE not in hidden:
        two_courses.insert_mine(using)
    every = [entry for entries in requests.values() for entry in entries]
    before = answers(client, every)
    asks_all = kind == "courses" and tables == "as created"
    all_before = answers(api, every) if asks_all else {}
    if MINE in hidden:
        two_courses.insert_mine(using)
    two_courses.insert_theirs([course for course in hidden if course != MINE], using)
    after = answers(client, every)

    leaks = differences(before, after)
    assert not leaks, "\n".join(f"{key}\n  {before[key]}\n  {after[key]}" for key in sorted(leaks)[:5])
    if not asks_all:
        return
    all_after = answers(api, every)
    for path, entries in requests.items():
        seen = differences(
            {(m, u, str(b)): all_before[m, u, str(b)] for m, u, b in entries},
            {(m, u, str(b)): all_after[m, u, str(b)] for m, u, b in entries},
        )
        assert bool(seen) != (path.removeprefix(f"/api/{version}/") in HELD_ELSEWHERE), f"nothing is shown of {path}"


@pytest.mark.parametrize("path", [path for path, _view in api_endpoints()])
def test_every_route_is_known(path):
    views = dict(api_endpoints())
    if issubclass(views[path], RowsView):
        assert set(re.findall(r"{(\w+)}", path)) <= set(IDS), "add values to IDS"
        assert set(views[path].parameters.parameters()) <= set(VALUES), "add values to VALUES"
    else:
        assert path in PUBLIC or path in WITHOUT_COURSES, "say why its answers are the same for everybody"


def test_a_view_that_forgets_is_closed(restricted, rf):
    """A view that is not about one course, and does not declare that it filters courses, refuses restricted keys."""

    class Forgetful(RowsView):
        pass

    client = restricted(courses=[MINE])
    request = rf.get("/", headers={"Authorization": client._credentials["HTTP_AUTHORIZATION"]})
    response = Forgetful.as_view()(request)
    assert response.status_code == 403
