"""How long the calls of the published Python client take, whose default timeout is a quarter of a second."""

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from bench.ids import COURSE_ID, problem_id, video_id
from bench.server import KEY, Server

ALL_DAYS = "2023-01-01"


@dataclass
class Call:
    """What was measured of a call, in milliseconds: the median and the slowest, and what remains of the timeout.

    ``may_be_longer`` is a call whose answer has more than a megabyte, which no client asks for with that timeout.
    """

    name: str
    milliseconds: float
    slowest: float
    timeout: float
    may_be_longer: bool

    @property
    def remains(self) -> float:
        return self.timeout - self.slowest

    @property
    def holds(self) -> bool:
        return self.may_be_longer or self.remains > 0


def calls(client: Any) -> dict[str, Callable[[], Any]]:
    """The calls by name, each of the client's methods with what costs most by default."""
    course = client.courses(COURSE_ID)
    module = client.modules(COURSE_ID, problem_id(300))
    video = client.modules(COURSE_ID, video_id(200))
    summaries, programs = client.course_summaries(), client.programs()
    some_courses = [f"course-v1:bench+{number}+run" for number in range(100)]
    found = {
        "status.alive": lambda: client.status.alive,
        "status.authenticated": lambda: client.status.authenticated,
        "status.healthy": lambda: client.status.healthy,
        "courses.activity": course.activity,
        "courses.activity, three years": lambda: course.activity(start_date=ALL_DAYS),
        "courses.recent_activity": course.recent_activity,
        "courses.enrollment": course.enrollment,
        "courses.enrollment, three years": lambda: course.enrollment(start_date=ALL_DAYS),
        "courses.problems": course.problems,
        "courses.problems_and_tags": course.problems_and_tags,
        "courses.videos": course.videos,
        "modules.answer_distribution": module.answer_distribution,
        "modules.grade_distribution": module.grade_distribution,
        "modules.sequential_open_distribution": module.sequential_open_distribution,
        "modules.video_timeline": video.video_timeline,
        "course_summaries, 100 courses": lambda: summaries.course_summaries(course_ids=some_courses),
        "course_summaries, 4,000 courses": summaries.course_summaries,
        "course_totals": client.course_totals().course_totals,
        "programs": programs.programs,
    }
    for kind in ("birth_year", "education", "gender", "location", "mode"):
        found[f"courses.enrollment({kind})"] = lambda kind=kind: course.enrollment(kind)
        found[f"courses.enrollment({kind}), three years"] = lambda kind=kind: course.enrollment(kind, ALL_DAYS)
    return found


# More than a megabyte in one answer.
LONG = {
    "course_summaries, 4,000 courses",
    "courses.enrollment(birth_year), three years",
    "courses.enrollment(education), three years",
    "courses.enrollment(location), three years",
}


def measure(server: Server, rounds: int) -> list[Call]:
    from analyticsclient.client import Client

    url = f"http://127.0.0.1:{server.port}/api/v0"
    timeout = Client(url).timeout * 1000
    # A call that takes longer is to be measured, too.
    client = Client(url, auth_token=KEY, timeout=60)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, call in tqdm(calls(client).items(), desc="published client", unit="call"):
            call()
            times = []
            for _round in range(rounds):
                start = time.perf_counter()
                call()
                times.append((time.perf_counter() - start) * 1000)
            found.append(Call(name, statistics.median(times), max(times), timeout, name in LONG))
    return found


def table(found: list[Call]) -> str:
    lines = [f"{'published client, milliseconds':44} {'median':>9} {'slowest':>9} {'remains':>9}"]
    for call in sorted(found, key=lambda call: call.slowest):
        note = "" if call.holds and not call.may_be_longer else "  over 1 MB" if call.holds else "  over"
        lines.append(f"{call.name:44} {call.milliseconds:9.2f} {call.slowest:9.2f} {call.remains:9.2f}{note}")
    return "\n".join(lines)
