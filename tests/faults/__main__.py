"""Clients ask the production server while its databases, which are its own, are stopped, frozen and killed."""

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tqdm import tqdm

from bench.server import Server, running
from tests.faults import report
from tests.faults.data import environment, fill
from tests.faults.load import Load
from tests.faults.mariadb import MariaDB
from tests.faults.phases import SHORTEST_FREEZE, Fault, faults

STATEMENT_TIMEOUT = 2
# A 503 comes within a second of what is waited for.
MOST = STATEMENT_TIMEOUT + 1
WORKERS, THREADS, CLIENTS = 2, 4, 12
# Below so many seconds there are fewer faults.
SHORT = 40
WARM_UP = 3


@dataclass
class Phase:
    """A fault and the rest after it. Times are those of time.monotonic()."""

    name: str
    start: float
    # When the fault began, and when the databases answered again.
    fault: float = 0.0
    back: float = 0.0
    end: float = 0.0


@dataclass
class State:
    """What the server holds while nobody asks."""

    memory: int
    connections: int
    open_files: int
    threads: int

    @classmethod
    def of(cls, server: Server, databases: tuple[MariaDB, ...]) -> "State":
        time.sleep(1)
        connections = sum(database.connections() for database in databases)
        return cls(server.memory(), connections, server.open_files(), server.running_threads())


@dataclass
class Run:
    """All that was seen."""

    phases: list[Phase] = field(default_factory=list)
    load: Load | None = None
    before: State | None = None
    after: State | None = None


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long the clients ask (default: %(default)s)")
    parser.add_argument("--log", default=os.devnull, help="a file for what the server logs")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with open(arguments.log, "w", encoding="utf-8") as log, ExitStack() as stack:
            run = chaos(arguments.seconds, log, stack)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print(report.table(run))
    # Each thread keeps a connection to each database. The main thread of a process comes on top.
    complaints = report.complaints(run, connections=WORKERS * THREADS * 3, threads=WORKERS * (THREADS + 1))
    for complaint in complaints:
        print(f"FAILED: {complaint}")
    return 1 if complaints else 0


def chaos(seconds: float, log: IO, stack: ExitStack) -> Run:
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
    form = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total} s"
    # Where nobody watches there is no bar.
    bar = stack.enter_context(tqdm(total=round(seconds), bar_format=form, disable=None))
    bar.set_description_str("two databases")
    users = MariaDB(directory / "users")
    figures = MariaDB(directory / "figures", like=users)
    for database in (users, figures):
        stack.callback(database.stop)
        database.start()
    environ = environment(users, figures, statement_timeout=STATEMENT_TIMEOUT)
    bar.set_description_str("their data")
    fill(users, figures, environ)
    bar.set_description_str("the server")
    server = stack.enter_context(running(environ, workers=WORKERS, threads=THREADS, log=log))
    run = Run()
    rehearse(server)
    run.before = State.of(server, (users, figures))
    run.load = load = Load(server.port, CLIENTS, MOST)
    stack.callback(load.stop)
    load.start()
    clock = Clock(bar, seconds)
    planned = faults(users, figures, is_short=seconds < SHORT)
    each = seconds / len(planned)
    for number, fault in enumerate(planned):
        run.phases.append(suffer(fault, clock, each * number, each * (number + 1)))
    load.stop()
    run.after = State.of(server, (users, figures))
    return run


def rehearse(server: Server) -> None:
    """The same load while all is well: afterwards every thread has its connections and the memory that it needs."""
    load = Load(server.port, CLIENTS, MOST)
    load.start()
    try:
        time.sleep(WARM_UP)
    finally:
        load.stop()


class Clock:
    """Waits, and moves the bar while it does."""

    def __init__(self, bar: tqdm, seconds: float) -> None:
        self.bar = bar
        self.seconds = seconds
        self.start = time.monotonic()

    def until(self, moment: float) -> None:
        """Wait until so many seconds after the start."""
        while (now := time.monotonic() - self.start) < moment:
            self.bar.update(min(now, self.seconds) - self.bar.n)
            time.sleep(min(0.25, moment - now))


def suffer(fault: Fault, clock: Clock, start: float, end: float) -> Phase:
    """A fault between two rests."""
    rest = (end - start) / 5
    lasting = (end - start) * 2 / 5
    if fault.is_freeze:
        lasting = max(lasting, SHORTEST_FREEZE)
    clock.bar.set_description_str(f"{fault.name:16}")
    phase = Phase(fault.name, time.monotonic())
    clock.until(time.monotonic() - clock.start + rest)
    phase.fault = time.monotonic()
    for database in fault.databases:
        fault.begin(database)
    clock.until(time.monotonic() - clock.start + lasting)
    for database in fault.databases:
        fault.end(database)
    for database in fault.databases:
        database.wait()
    phase.back = time.monotonic()
    # At least the time that it may take until all is well again.
    clock.until(max(end, phase.back - clock.start + 2.5))
    phase.end = time.monotonic()
    return phase


if __name__ == "__main__":
    sys.exit(main())
