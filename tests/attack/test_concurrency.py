"""Many clients at once: each gets its own answer, whichever process and thread of the server it meets."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import local
from urllib.parse import quote

import pytest

from tests.attack import logs
from tests.attack.data import OLD_OPEN_COURSE, OPEN_COURSE, PROBLEM, SECRET_COURSE, SEQUENTIAL, VIDEO
from tests.attack.generator import GOOD_KEYS, KEYS, Request
from tests.attack.sending import Http
from tests.attack.server import own_databases, prepare, serving

pytestmark = pytest.mark.servers

CLIENTS, ROUNDS = 16, 2
COURSES = [quote(course_id) for course_id in (OPEN_COURSE, OLD_OPEN_COURSE, SECRET_COURSE)]
PATHS = [
    *(
        f"courses/{course}/{path}"
        for course in COURSES
        for path in ("enrollment/", "enrollment/mode/", "activity/", "videos/")
    ),
    *(f"learners/?course_id={course}&page_size=3" for course in COURSES),
    *(f"learners/shared/?course_id={course}" for course in COURSES),
    *(f"course_learner_metadata/{course}/" for course in COURSES),
    f"problems/{quote(PROBLEM)}/answer_distribution/",
    f"problems/{quote(PROBLEM)}/answer_distribution/?course_id={COURSES[0]}",
    f"problems/{quote(PROBLEM)}/grade_distribution/",
    f"problems/{quote(SEQUENTIAL)}/sequential_open_distribution/",
    f"videos/{quote(VIDEO)}/timeline/",
    "course_summaries/",
    "course_summaries/?page=1&page_size=2&fields=course_id,count",
    "course_totals/",
    "data_sets/enrollment/rows/?limit=2&updated_before=2020-01-01",
    "data_sets/course_activity/rows/?limit=all",
    f"courses/{COURSES[0]}/enrollment/?start_date=nonsense",
    "problems/unknown/grade_distribution/",
]
FORMATS = ("application/json", "text/csv")
WHO = (*GOOD_KEYS, "wrong")


@pytest.fixture(scope="module")
def url():
    with own_databases("concurrency") as (directory, environment):
        prepare(environment, "--small")
        with serving(environment, directory / "log") as url:
            yield url
        log = (directory / "log").read_text()
        assert list(logs.complaints(log, requests=1000, secrets=[KEYS[name].split()[1] for name in GOOD_KEYS])) == []


def test_each_client_gets_its_own_answer(url):
    requests = [
        Request(0, "GET", f"/api/{version}/{path}", (("Accept", kind),), key=key)
        for version, path, kind, key in product(("v0", "v1"), PATHS, FORMATS, WHO)
    ]
    clients = local()

    def send(request):
        if not hasattr(clients, "http"):
            clients.http = Http(url)
        answer = clients.http.send(request)
        names = ("content-type", "link", "resume-cursor", "etag", "www-authenticate")
        # The name of a roster's file ends with the time.
        file_name = (answer.header("content-disposition") or "").partition("--")[0]
        return answer.status, tuple(answer.header(name) for name in names), file_name, answer.body

    alone = {request: send(request) for request in requests}
    assert {answer[0] for answer in alone.values()} >= {200, 400, 401, 403, 404}
    for path, kind in product(PATHS, FORMATS):
        # The databases of the versions differ in every count.
        v0, v1 = (alone[Request(0, "GET", f"/api/{v}/{path}", (("Accept", kind),))] for v in ("v0", "v1"))
        assert v0 != v1 or v0[0] != 200, path
    # "Open" has one of the two courses that are open, and the key without personal data sees that one.
    totals = {alone[Request(0, "GET", "/api/v0/course_totals/", (("Accept", FORMATS[0]),), key=key)] for key in WHO}
    assert len(totals) == len(WHO) - 1

    mixed = requests * ROUNDS
    random.Random(1).shuffle(mixed)
    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(send, mixed))
    assert [request for request, answer in zip(mixed, answers, strict=True) if answer != alone[request]] == []
