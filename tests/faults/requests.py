"""What is asked of the server, and what its answers are worth."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from bench.server import KEY

# A client that waits so long, in seconds, has been left hanging.
PATIENCE = 15

COURSE = "edX/DemoX/Demo_Course"
LARGE_COURSE = "course-v1:chaos+large+run"
COURSES = [f"course-v1:chaos+{number}+run" for number in range(300)]


class Outcome(Enum):
    RIGHT = "right"
    UNAVAILABLE = "503"
    BROKEN = "broken stream"
    WRONG = "WRONG"
    LATE = "LATE 503"
    HANGING = "HANGING"


@dataclass(frozen=True)
class Request:
    path: str
    # Of a POST.
    body: bytes | None = None
    has_key: bool = True
    # Whether the answer is sent while it is read from the database.
    is_stream: bool = False
    # Whether a 503 says which database is down instead of an error code.
    is_health: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def course_path(course_id: str, rest: str) -> str:
    return f"/api/v0/courses/{quote(course_id)}/{rest}"


REQUESTS = {
    "enrollment": Request(course_path(COURSE, "enrollment/")),
    "activity of v1": Request(course_path(COURSE, "activity/").replace("/v0/", "/v1/")),
    "learners": Request("/api/v0/learners/?course_id=my/cool/course"),
    "answers": Request(
        "/api/v0/problems/i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829/answer_distribution/"
    ),
    "long JSON": Request(course_path(LARGE_COURSE, "enrollment/?start_date=1900-01-01")),
    "course as CSV": Request(course_path(LARGE_COURSE, "enrollment/?start_date=1900-01-01&format=csv"), is_stream=True),
    "data set": Request("/api/v0/data_sets/enrollment/rows/?limit=all&format=ndjson", is_stream=True),
    "packed data set": Request(
        "/api/v0/data_sets/enrollment/rows/?limit=all&format=csv", is_stream=True, headers={"Accept-Encoding": "gzip"}
    ),
    "summaries by POST": Request("/api/v0/course_summaries/", body=json.dumps({"course_ids": COURSES}).encode()),
    "authenticated": Request("/authenticated/"),
    "health": Request("/health/", has_key=False, is_health=True),
    "status": Request("/status/", has_key=False),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Result:
    """What became of a request. Times are those of time.monotonic()."""

    name: str
    outcome: Outcome
    start: float
    end: float
    # What is wrong with a wrong one.
    note: str = ""

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Client:
    """Asks over one connection, which is made anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(self, request: Request) -> http.client.HTTPResponse:
        headers = {**request.headers, **({"Authorization": f"Token {KEY}"} if request.has_key else {})}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(request.method, request.path, request.body, headers)
        return self.connection.getresponse()

    def get(self, request: Request) -> Answer:
        response = self.send(request)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def close(self) -> None:
        self.connection.close()

    def ask(self, name: str, request: Request, right: Callable[[Answer], bool], most: float) -> Result:
        """Ask once and judge: a 503 has to come within ``most`` seconds."""
        start = time.monotonic()
        status = None
        try:
            response = self.send(request)
            status = response.status
            headers = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(status, headers, response.read())
        except TimeoutError:
            outcome, note = Outcome.HANGING, f"nothing for {PATIENCE} s"
        except (http.client.HTTPException, OSError) as error:
            note = f"{type(error).__name__}: {error}"
            broke_off = request.is_stream and status == 200
            outcome = Outcome.BROKEN if broke_off else Outcome.WRONG
        else:
            outcome, note = judge(request, answer, right)
        end = time.monotonic()
        if outcome not in (Outcome.RIGHT, Outcome.UNAVAILABLE):
            self.close()
        if outcome is Outcome.UNAVAILABLE and end - start > most:
            outcome, note = Outcome.LATE, f"503 after {end - start:.2f} s"
        return Result(name, outcome, start, end, note)


def judge(request: Request, answer: Answer, right: Callable[[Answer], bool]) -> tuple[Outcome, str]:
    if answer.status == 200 and right(answer):
        return Outcome.RIGHT, ""
    if answer.status == 503 and (says_which_database(answer) if request.is_health else is_clear(answer)):
        return Outcome.UNAVAILABLE, ""
    return Outcome.WRONG, f"{answer.status} {len(answer.body)} bytes: {answer.body[:200]!r}"


def is_clear(answer: Answer) -> bool:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return False
    return body["error_code"] == "analytics_database_unavailable" and int(answer.headers.get("retry-after", 0)) > 0


def says_which_database(answer: Answer) -> bool:
    body = json.loads(answer.body)
    return body["overall_status"] == "UNAVAILABLE" and "UNAVAILABLE" in body["detailed_status"].values()
