"""Time the calls of the published Python client, whose default timeout is a quarter of a second."""

import statistics
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from timeit import timeit
from typing import Any

from tqdm import tqdm

from bench.tables import COURSE_ID, problem_id, video_id
from tests.support.measured_server import MeasuredServer
from tests.support.running import KEY

ALL_DAYS = "2023-01-01"
# Calls whose response has more than a megabyte, which no client requests with the default timeout.
LONG = {"course_summaries, 4,000 courses"}
LONG |= {f"courses.enrollment({kind}), three years" for kind in ("birth_year", "education", "location")}


@dataclass
class Call:
    """The figures of a call in milliseconds: the median, the slowest and the timeout."""

    name: str
    milliseconds: float
    slowest: float
    timeout: float
    may_be_longer: bool

    @property
    def holds(self) -> bool:
        return self.may_be_longer or self.slowest < self.timeout


def client_calls(client: Any) -> dict[str, Callable[[], Any]]:
    """Return the calls by name: each of the client's methods with the arguments that cost the most time by default."""
    course = client.courses(COURSE_ID)
    module = client.modules(COURSE_ID, problem_id(300))
    video = client.modules(COURSE_ID, video_id(200))
    summaries = client.course_summaries().course_summaries
    some_courses = [f"course-v1:bench+{number}+run" for number in range(100)]
    # These are properties that send a request.
    states = ("alive", "authenticated", "healthy")
    found = {f"status.{name}": lambda name=name: getattr(client.status, name) for name in states}
    for name in ("activity", "enrollment"):
        call = getattr(course, name)
        found |= {f"courses.{name}": call, f"courses.{name}, three years": lambda call=call: call(start_date=ALL_DAYS)}
    for name in ("recent_activity", "problems", "problems_and_tags", "videos"):
        found[f"courses.{name}"] = getattr(course, name)
    for name in ("answer_distribution", "grade_distribution", "sequential_open_distribution"):
        found[f"modules.{name}"] = getattr(module, name)
    for kind in ("birth_year", "education", "gender", "location", "mode"):
        found[f"courses.enrollment({kind})"] = lambda kind=kind: course.enrollment(kind)
        found[f"courses.enrollment({kind}), three years"] = lambda kind=kind: course.enrollment(kind, ALL_DAYS)
    return found | {
        "modules.video_timeline": video.video_timeline,
        "course_summaries, 100 courses": lambda: summaries(course_ids=some_courses),
        "course_summaries, 4,000 courses": summaries,
        "course_totals": client.course_totals().course_totals,
        "programs": client.programs().programs,
    }


def measure_calls(server: MeasuredServer, rounds: int) -> list[Call]:
    from analyticsclient.client import Client

    url = f"http://127.0.0.1:{server.port}/api/v0"
    timeout = Client(url).timeout * 1000
    # Calls that exceed the default timeout are measured too.
    client = Client(url, auth_token=KEY, timeout=60)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, call in tqdm(client_calls(client).items(), desc="published client", unit="call"):
            call()
            times = [1000 * timeit(call, number=1) for _round in range(rounds)]
            found.append(Call(name, statistics.median(times), max(times), timeout, name in LONG))
    return found


def calls_table(found: list[Call]) -> str:
    lines = [f"{'published client, milliseconds':44} {'median':>9} {'slowest':>9} {'remains':>9}"]
    for call in sorted(found, key=lambda call: call.slowest):
        note = "" if call.holds and not call.may_be_longer else "  over 1 MB" if call.holds else "  over"
        lines.append(
            f"{call.name:44} {call.milliseconds:9.2f} {call.slowest:9.2f} {call.timeout - call.slowest:9.2f}{note}"
        )
    return "\n".join(lines)
