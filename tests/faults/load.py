"""Clients that send requests at the same time, and the judge of each response."""

import gzip
import http.client
import json
import random
import re
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from tests.support.running import KEY

LARGE_COURSE = "course-v1:chaos+large+run"
COURSES = [f"course-v1:chaos+{number}+run" for number in range(1, 301)]
# Seconds after which a client gives up, and seconds between two of its requests.
HANGING, PAUSE, PAUSE_AFTER_FAULT = 15, 0.15, 0.1


class Outcome(Enum):
    RIGHT = "right"
    UNAVAILABLE = "503"
    # As many threads as may stream data sets do so.
    BUSY = "busy"
    BROKEN = "broken stream"
    WRONG = "WRONG"
    LATE = "LATE 503"
    HANGING = "HANGING"


@dataclass(frozen=True)
class LoadRequest:
    path: str
    body: bytes | None = None
    has_key: bool = True
    # True if the response is sent while it is read from the database.
    is_stream: bool = False
    headers: dict = field(default_factory=dict)
    # The parts that may differ between two right responses, such as the time of a load.
    varies: re.Pattern | None = None

    def constant(self, body):
        """Return the part that two right responses share."""
        return self.varies.sub(b"", body) if self.varies else body


def course_path(course_id, rest, version="v0"):
    return f"/api/{version}/courses/{quote(course_id)}/{rest}"


DEMO = "edX/DemoX/Demo_Course"
LONG = course_path(LARGE_COURSE, "enrollment/?start_date=1900-01-01")
PROBLEM = f"/api/v0/problems/i4x://{DEMO}/problem/268b43628e6d45f79c52453a590f9829/answer_distribution/"
DATA_SET = "/api/v0/data_sets/enrollment/rows/?limit=all&format="
REQUESTS = {
    "enrollment": LoadRequest(course_path(DEMO, "enrollment/")),
    "activity of v1": LoadRequest(course_path(DEMO, "activity/", "v1")),
    "learners": LoadRequest("/api/v0/learners/?course_id=my/cool/course"),
    "answers": LoadRequest(PROBLEM),
    "long JSON": LoadRequest(LONG),
    "course as CSV": LoadRequest(f"{LONG}&format=csv", is_stream=True),
    "data set": LoadRequest(f"{DATA_SET}ndjson", is_stream=True),
    "packed data set": LoadRequest(f"{DATA_SET}csv", is_stream=True, headers={"Accept-Encoding": "gzip"}),
    "summaries by POST": LoadRequest("/api/v0/course_summaries/", body=json.dumps({"course_ids": COURSES}).encode()),
    "authenticated": LoadRequest("/authenticated/"),
    "health": LoadRequest("/health/", has_key=False),
    "status": LoadRequest("/status/", has_key=False),
}


@dataclass(frozen=True)
class Result:
    """The outcome of a request, with a note on a fault. Times are those of time.monotonic()."""

    name: str
    outcome: Outcome
    start: float
    end: float
    note: str = ""

    @property
    def seconds(self):
        return self.end - self.start


class Load:
    """Clients that send one request after another, each in an order of its own, until they are stopped.

    A response is right if it equals the one that ``server`` sends while its databases are well, and a 503 is late if it
    takes more than ``maximum`` seconds.
    """

    def __init__(self, port, clients, maximum, requests=REQUESTS):
        self.port, self.maximum, self.requests = port, maximum, requests
        self.results = []
        self.ending = threading.Event()
        connection = self.connection()
        self.expected = {}
        for name, request in 2 * list(requests.items()):
            status, body = received(self.send(connection, request))
            body = request.constant(body)
            is_right = status == 200 and body == self.expected.setdefault(name, body)
            assert is_right, f"{name} is {status} while all is well"
        connection.close()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def run(self, number):
        connection = self.connection()
        order = random.Random(number)
        while not self.ending.is_set():
            result = self.ask(connection, order.choice(list(self.requests)))
            self.results.append(result)
            if result.outcome not in (Outcome.RIGHT, Outcome.UNAVAILABLE, Outcome.BUSY):
                connection.close()
            time.sleep(PAUSE if result.outcome is Outcome.RIGHT else PAUSE_AFTER_FAULT)
        connection.close()

    def connection(self):
        # http.client connects again after the server or the client has closed the connection.
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANGING)

    def send(self, connection, request):
        headers = {**request.headers, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Token {KEY}"} if request.has_key else {}
        connection.request("POST" if request.body else "GET", request.path, request.body, headers)
        return connection.getresponse()

    def ask(self, connection, name):
        """Send a request and judge the response."""
        request, response, note = self.requests[name], None, ""
        start = time.monotonic()
        try:
            response = self.send(connection, request)
            status, body = received(response)
        except TimeoutError:
            outcome, note = Outcome.HANGING, f"nothing for {HANGING} s"
        except (http.client.HTTPException, OSError) as error:
            is_seen = request.is_stream and response is not None and response.status == 200
            outcome, note = Outcome.BROKEN if is_seen else Outcome.WRONG, f"{type(error).__name__}: {error}"
        else:
            outcome = self.judge(name, status, response.headers, request.constant(body))
            if outcome is Outcome.WRONG:
                note = f"{status} {len(body)} bytes: {body[:200]!r}"
        end = time.monotonic()
        if outcome is Outcome.UNAVAILABLE and end - start > self.maximum:
            outcome, note = Outcome.LATE, f"503 after {end - start:.2f} s"
        return Result(name, outcome, start, end, note)

    def judge(self, name, status, headers, body):
        if status == 200 and body == self.expected[name]:
            return Outcome.RIGHT
        if status == 503 and (names_database if name == "health" else says_when_to_retry)(headers, body):
            return Outcome.UNAVAILABLE
        if status == 503 and says_when_to_retry(headers, body, "too_many_streams"):
            return Outcome.BUSY
        return Outcome.WRONG


def received(response):
    """Return the status and the unpacked body of a response, or the body as it is if it cannot be unpacked."""
    body = response.read()
    if response.headers.get("Content-Encoding") == "gzip":
        with suppress(OSError, EOFError, zlib.error):
            return response.status, gzip.decompress(body)
    return response.status, body


def says_when_to_retry(headers, body, code="analytics_database_unavailable"):
    with suppress(ValueError):
        return json.loads(body)["error_code"] == code and int(headers.get("Retry-After", 0)) > 0
    return False


def names_database(_headers, body):
    state = json.loads(body)
    return state["overall_status"] == "UNAVAILABLE" and "UNAVAILABLE" in state["detailed_status"].values()
