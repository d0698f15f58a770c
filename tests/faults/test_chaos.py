"""Clients load a server while its databases are stopped, frozen, killed and started again: ``make chaos``."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from tqdm import tqdm

from tests.faults import report
from tests.faults.conftest import environment_of
from tests.faults.load import Load
from tests.support.measured_server import measured_server

pytestmark = pytest.mark.faults

STATEMENT_TIMEOUT = 2
# Seconds within which a 503 has to come.
MAXIMUM = STATEMENT_TIMEOUT + 1
WORKERS, THREADS, CLIENTS = 2, 4, 12
WARM_UP = 3
# The faults of a run shorter than SHORT seconds, and those of other runs before them.
FEWER_FAULTS, SHORT = ("figures frozen", "users stopped", "both killed"), 40
FAULTS = ("figures stopped", "figures killed", "users frozen", "both frozen", *FEWER_FAULTS)
# How each fault begins and ends. A database that is launched need not answer yet.
METHODS = {"stopped": ("stop", "launch"), "frozen": ("freeze", "thaw"), "killed": ("kill", "launch")}
# A freeze has to last longer than a statement and its retry may take.
SHORTEST_FREEZE = 3.5


@dataclass
class Phase:
    """A fault between two rests. Times are those of time.monotonic()."""

    name: str
    start: float
    # The fault begins, and later the databases answer again.
    fault: float = 0.0
    back: float = 0.0
    end: float = 0.0


@dataclass
class Run:
    results: list
    # The resources that the server holds while nobody sends requests.
    before: dict[str, int]
    phases: list[Phase] = field(default_factory=list)
    after: dict[str, int] = field(default_factory=dict)


def wait_until(bar, moment):
    """Wait until a moment of time.monotonic(), and move the progress bar in the meantime."""
    while (now := time.monotonic()) < moment:
        time.sleep(min(0.25, moment - now))
        bar.update(min(time.monotonic() - now, bar.total - bar.n))


def suffer(name, databases, bar, start, end):
    """Return the phase of a fault that lasts two fifths of the time, after a rest of one fifth."""
    fifth = (end - start) / 5
    kind = name.split()[1]
    bar.set_description_str(f"{name:16}")
    phase = Phase(name, time.monotonic())
    wait_until(bar, phase.start + fifth)
    phase.fault = time.monotonic()
    for database in databases:
        getattr(database, METHODS[kind][0])()
    wait_until(bar, time.monotonic() + max(2 * fifth, SHORTEST_FREEZE if kind == "frozen" else 0))
    for database in databases:
        getattr(database, METHODS[kind][1])()
    for database in databases:
        database.wait()
    phase.back = time.monotonic()
    # The rest lasts at least as long as the recovery may take.
    wait_until(bar, max(end, phase.back + report.RECOVERY + 0.5))
    phase.end = time.monotonic()
    return phase


def resources(server, databases):
    time.sleep(1)
    return {
        "memory": server.memory(),
        "connections to the databases": sum(database.connections() for database in databases),
        "open files": server.open_files(),
        "threads": server.running_threads(),
    }


def warm_up(server):
    """Load the server while all is well, so that each thread has its connections and the memory that it needs."""
    load = Load(server.port, CLIENTS, MAXIMUM)
    time.sleep(WARM_UP)
    load.stop()


def test_chaos(mariadbs, tmp_path, capsys, request):
    seconds = request.config.getoption("seconds")
    users, figures = mariadbs
    environment = environment_of(users.url(), figures.url(), STATEMENT_TIMEOUT)
    with ExitStack() as stack:
        stack.enter_context(capsys.disabled())
        log = stack.enter_context((tmp_path / "log").open("w"))
        server = stack.enter_context(measured_server(environment, workers=WORKERS, threads=THREADS, log=log))
        warm_up(server)
        before = resources(server, mariadbs)
        load = Load(server.port, CLIENTS, MAXIMUM)
        stack.callback(load.stop)
        run = Run(load.results, before)
        form = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total} s"
        bar = stack.enter_context(tqdm(total=round(seconds), bar_format=form, disable=None))
        planned = FEWER_FAULTS if seconds < SHORT else FAULTS
        first, each = time.monotonic(), seconds / len(planned)
        for number, name in enumerate(planned):
            databases = {"users": [users], "figures": [figures], "both": mariadbs}[name.split()[0]]
            start = first + each * number
            run.phases.append(suffer(name, databases, bar, start, start + each))
        load.stop()
        run.after = resources(server, mariadbs)
        # Each thread has a connection to each database. A worker process has its main thread besides.
        limits = {"connections": WORKERS * THREADS * 3, "threads": WORKERS * (THREADS + 1)}
        complaints = [f"FAILED: {complaint}" for complaint in report.exceeded_limits(run, **limits)]
        print("", report.run_table(run), *complaints, sep="\n")
    assert not complaints
