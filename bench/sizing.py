"""Measure what one request costs the server's processors, what a worker process holds, and what the metrics add.

The times are those of the server's processes alone, as the kernel counts them, without the client and a database server.
Two servers, one with METRICS_PORT, take turns. The data are those of the demo.
"""

import http.client
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench import counts_of_arguments
from tests.support.measured_server import MeasuredServer, measured_server
from tests.support.own_database import own_database
from tests.support.running import ROOT, free_port, install, manage

COURSE = "edX/DemoX/Demo_Course"
PATHS = {
    "/status/": "/status/",
    "/authenticated/": "/authenticated/",
    "enrollment, latest": f"/api/v0/courses/{COURSE}/enrollment/",
    "enrollment by education": f"/api/v0/courses/{COURSE}/enrollment/education/",
    "learners, first page": f"/api/v0/learners/?course_id={COURSE}",
    "course_summaries": "/api/v0/course_summaries/",
    "answer_distribution": "/api/v0/problems/i4x%3A%2F%2FedX%2FDemoX%2FDemo_Course%2Fproblem%2F"
    "268b43628e6d45f79c52453a590f9829/answer_distribution/",
}
REQUESTS = 50
MEGABYTE = 1_000_000


def processor_seconds(server: MeasuredServer) -> float:
    """Return the seconds that all threads of the workers have computed."""
    files = [file for worker in server.workers() for file in (worker / "task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def cost(server: MeasuredServer, work: Callable[[], object], times: int) -> float:
    """Return the milliseconds that the server computes for one call."""
    before = processor_seconds(server)
    for _time in range(times):
        work()
    return (processor_seconds(server) - before) / times * 1000


def scrape(port: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    connection.request("GET", "/metrics")
    size = len(connection.getresponse().read())
    connection.close()
    return size


def fill(environment: dict[str, str]) -> None:
    install(environment)
    fixtures, rosters = (sorted(map(str, (ROOT / "fixtures").glob(kind))) for kind in ("*.json", "*.jsonl*"))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manage(environment, "loaddata", "--database", "analytics", *fixtures, **quiet)
    manage(environment, "load_roster", *rosters, **quiet)


def measure_servers(plain: MeasuredServer, measured: MeasuredServer, metrics_port: str, rounds: int) -> None:
    print(f"{'processor milliseconds':30}{'alone':>10}{'with metrics':>14}{'added':>8}")
    for name, path in PATHS.items():
        for server in (plain, measured):
            if server.get(path)[0] != 200:
                raise RuntimeError(path)
        columns: list[list[float]] = [[], []]
        for _round in range(rounds):
            for server, column in zip((plain, measured), columns, strict=True):
                column.append(cost(server, lambda server=server, path=path: server.get(path), REQUESTS))
        # The lowest times have the least of other processes in them.
        alone, counted = map(min, columns)
        print(f"{name:30}{alone:10.2f}{counted:14.2f}{counted - alone:8.2f}")
    scrapes = cost(measured, lambda: scrape(metrics_port), rounds)
    print(f"{'a scrape':30}{'':10}{scrapes:14.2f}")
    memories = [server.memory() / MEGABYTE for server in (plain, measured)]
    print(f"{'memory of a worker, MB':30}{memories[0]:10.0f}{memories[1]:14.0f}{memories[1] - memories[0]:8.0f}")


def main() -> None:
    options = counts_of_arguments(__doc__, rounds=20)
    with ExitStack() as stack:
        environment = stack.enter_context(own_database("bench_sizing"))
        fill(environment)
        metrics_port = str(free_port())
        folder = Path(environment["DATABASE_URL"].removeprefix("sqlite:///")).parent
        counted = environment | {"METRICS_PORT": metrics_port, "TMPDIR": str(folder)}
        plain, measured = (stack.enter_context(measured_server(each, threads=4)) for each in (environment, counted))
        measure_servers(plain, measured, metrics_port, options.rounds)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
    main()
