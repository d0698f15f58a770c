"""Compare this checkout with another commit: the CPU time of each response, and the requests per second over loopback.

Both run in turns on the same database, so that what else the machine does meets both. The ratios are medians over the turns.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.endpoints import endpoints
from bench.in_process import LAYERS
from tests.support.measured_server import PRODUCTION, MeasuredServer, measured_server
from tests.support.own_database import own_database
from tests.support.running import KEY, ROOT, install

SERVICE = {"/status/": "/status/", "/authenticated/": "/authenticated/"}
# The responses that wrk requests over loopback, and whose layers are shown.
SHORT = (*SERVICE, "enrollment, latest")
# Microseconds of CPU time of a turn.
TURN = 50_000
# Maximum ratio of the time of a response.
MAXIMUM = 1.05
WRK = ("wrk", "--threads", "1", "--connections", "8", "--header", f"Authorization: Token {KEY}")


class Compared(NamedTuple):
    """The figures of a request before and after, and the median of their ratios."""

    name: str
    before: float
    after: float
    ratio: float


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Yield the directory of a commit's files, which are removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory) / "checkout"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", root, commit], cwd=ROOT, check=True)
        try:
            yield root
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", root], cwd=ROOT, check=True)


class Application:
    """A process that calls the application of a checkout."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "bench" / "in_process.py", KEY],
            cwd=root,
            env={**environment, "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> "Application":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate()

    def ask(self, number: int, path: str, *wanted: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        print(number, path, *wanted, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def microseconds(self, number: int, path: str) -> float:
        return self.ask(number, path)["microseconds"]


def compared(name: str, turns: list[list[float]]) -> Compared:
    before, after = map(statistics.median, zip(*turns, strict=True))
    return Compared(name, before, after, statistics.median(own / other for other, own in turns))


def times(applications: list[Application], paths: dict[str, str], rounds: int) -> Iterator[Compared]:
    """Yield the CPU time of each response in microseconds."""
    for name, path in paths.items():
        warm = max(application.microseconds(3, path) for application in applications)
        number = max(1, round(TURN / warm))
        yield compared(name, [[each.microseconds(number, path) for each in applications] for _turn in range(rounds)])


def layers(applications: list[Application], path: str) -> Iterator[tuple[str, float, float]]:
    """Yield the CPU time of each layer in microseconds: its share by the profiler of the time without the profiler."""
    plain = [min(each.microseconds(200, path) for _turn in range(5)) for each in applications]
    found = [each.ask(500, path, "layers")["layers"] for each in applications]
    for layer in LAYERS:
        before, after = (time * shares[layer] for time, shares in zip(plain, found, strict=True))
        yield layer, before, after


def rate(server: MeasuredServer, path: str, seconds: int) -> float:
    """Return the requests that the server answers in a second."""
    command = [*WRK, "--duration", f"{seconds}s", f"http://127.0.0.1:{server.port}{path}"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in report:
        raise RuntimeError(report)
    return float(report.partition("Requests/sec:")[2].split()[0])


def print_times(applications: list[Application], rounds: int) -> bool:
    """Print the times of all responses and of the layers of the short ones, and return True if none is over the limit."""
    paths = {**SERVICE, **endpoints()}
    holds = True
    print(heading("microseconds of CPU time"))
    for row in times(applications, paths, rounds):
        is_over = row.ratio > MAXIMUM
        holds = holds and not is_over
        print(f"{line_of(row)}{'  over' if is_over else ''}", flush=True)
    for name in SHORT:
        print(f"\n{name}: microseconds by layer")
        for layer, before, after in layers(applications, paths[name]):
            print(f"{layer:32}{before:12,.0f}{after:12,.0f}")
    return holds


def print_rates(servers: list[MeasuredServer], rounds: int, seconds: int) -> None:
    paths = {**SERVICE, **endpoints()}
    print("\n" + heading(f"requests per second, {os.cpu_count()} cores"))
    for name in SHORT:
        turns = [[rate(server, paths[name], seconds) for server in servers] for _turn in range(rounds)]
        print(line_of(compared(name, turns)), flush=True)


def heading(title: str) -> str:
    return f"{title:32}{'before':>12}{'after':>12}{'ratio':>8}"


def line_of(row: Compared) -> str:
    return f"{row.name:32}{row.before:12,.0f}{row.after:12,.0f}{row.ratio:8.2f}"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rates", type=int, default=5, help="number of turns of wrk")
    parser.add_argument("--seconds", type=int, default=3, help="duration of a turn of wrk")
    options = parser.parse_args()
    with ExitStack() as stack:
        environment = stack.enter_context(own_database("beside"))
        install(environment)
        fill = [sys.executable, "-m", "bench.tables"]
        subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        environment = {**environment, **PRODUCTION}
        roots = [stack.enter_context(checkout(options.commit)), ROOT]
        with ExitStack() as processes:
            holds = print_times(
                [processes.enter_context(Application(root, environment)) for root in roots], options.rounds
            )
        default = {"workers": None, "threads": None}
        servers = [stack.enter_context(measured_server(environment, root=root, **default)) for root in roots]
        print_rates(servers, options.rates, options.seconds)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
