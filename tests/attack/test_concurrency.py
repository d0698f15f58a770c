"""Many clients at once: each gets its own response, whichever process and thread of the server it reaches."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import local
from urllib.parse import quote

import pytest

from tests.attack.request import OPEN, SECRET_COURSE, VALID_KEYS, AttackClient, AttackRequest
from tests.attack.server import fill_databases, log_violations, own_databases, serving

CLIENTS, ROUNDS = 16, 2
COURSES = [quote(course_id) for course_id in (*OPEN, SECRET_COURSE)]
PROBLEM, SEQUENTIAL, VIDEO = (
    quote(text)
    for text in (
        "i4x://Shared/Course/problem/shared",
        "i4x://Shared/Course/sequential/shared",
        "Shared|i4x-Shared-Course-video-shared",
    )
)
PATHS = [
    *(
        f"courses/{course}/{path}"
        for course in COURSES
        for path in ("enrollment/", "enrollment/mode/", "activity/", "videos/")
    ),
    *(f"learners/?course_id={course}&page_size=3" for course in COURSES),
    *(f"learners/shared/?course_id={course}" for course in COURSES),
    *(f"course_learner_metadata/{course}/" for course in COURSES),
    f"problems/{PROBLEM}/answer_distribution/",
    f"problems/{PROBLEM}/answer_distribution/?course_id={COURSES[0]}",
    f"problems/{PROBLEM}/grade_distribution/",
    f"problems/{SEQUENTIAL}/sequential_open_distribution/",
    f"videos/{VIDEO}/timeline/",
    "course_summaries/",
    "course_summaries/?page=1&page_size=2&fields=course_id,count",
    "course_totals/",
    "data_sets/enrollment/rows/?limit=2&updated_before=2020-01-01",
    "data_sets/course_activity/rows/?limit=all",
    f"courses/{COURSES[0]}/enrollment/?start_date=nonsense",
    "problems/unknown/grade_distribution/",
]
FORMATS = ("application/json", "text/csv")
KEYS = (*VALID_KEYS, "wrong")
HEADERS = ("content-type", "link", "resume-cursor", "etag", "www-authenticate")


def request_of(path, media_type, key="unrestricted"):
    return AttackRequest("GET", f"/api/{path}", (("Accept", media_type),), key=key)


@pytest.fixture(scope="module")
def url():
    with own_databases("concurrency") as (directory, environment):
        fill_databases(environment, "--small")
        with serving(environment, directory / "log") as url:
            yield url
        assert list(log_violations((directory / "log").read_text(), requests=1000)) == []


def test_each_client_gets_its_own_response(url):
    clients = local()

    def send(request):
        clients.client = getattr(clients, "client", None) or AttackClient(url)
        response = clients.client.fetch(request)
        # The name of a roster's file ends with the time.
        file_name = response.headers.get("content-disposition", "").partition("--")[0]
        return response.status, [response.headers.get(name) for name in HEADERS], file_name, response.body

    paths = [f"{version}/{path}" for version, path in product(("v0", "v1"), PATHS)]
    alone = {request: send(request) for request in map(request_of, *zip(*product(paths, FORMATS, KEYS), strict=True))}
    assert {status for status, *_rest in alone.values()} >= {200, 400, 401, 403, 404}
    for path, media_type in product(PATHS, FORMATS):
        # The databases of the versions differ in every count.
        v0, v1 = (alone[request_of(f"{version}/{path}", media_type)] for version in ("v0", "v1"))
        assert v0 != v1 or v0[0] != 200, path
    # The organization's key sees one open course, and so does the key without personal data.
    totals = {alone[request_of("v0/course_totals/", FORMATS[0], key)][3] for key in KEYS}
    assert len(totals) == len(KEYS) - 1

    mixed = [*alone] * ROUNDS
    random.Random(1).shuffle(mixed)
    with ThreadPoolExecutor(CLIENTS) as threads:
        responses = list(threads.map(send, mixed))
    assert [request for request, response in zip(mixed, responses, strict=True) if response != alone[request]] == []
