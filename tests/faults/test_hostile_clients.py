"""Clients that send slowly, do not read, are idle, guess passwords and send garbage, all at once: ``make chaos``."""

import json
import statistics
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from tests.faults.conftest import environment_of
from tests.faults.load import Load, Outcome
from tests.faults.report import in_columns
from tests.faults.test_chaos import CLIENTS, WARM_UP, resources
from tests.support.measured_server import measured_server
from tests.support.running import ROOT

pytestmark = pytest.mark.faults

WORKERS, THREADS, HONEST_CLIENTS = 2, 4, 3
# Seconds in which 99 of 100 honest requests are answered, and bytes of the largest process.
P99, MEMORY = 3, 300_000_000
# Seconds after which the server holds what it held before, and the bytes by which its processes may have grown.
REST, GROWTH = 10, 60_000_000


class Peak:
    """The largest memory of a process, looked at from time to time."""

    def __init__(self, server):
        self.server, self.bytes = server, 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.ending.wait(0.2):
            self.bytes = max(self.bytes, *self.server.memories())

    def stop(self):
        self.ending.set()
        self.thread.join()


def test_hostile_clients(mariadbs, tmp_path, capsys, request):
    users, figures = mariadbs
    with ExitStack() as stack:
        stack.enter_context(capsys.disabled())
        log = stack.enter_context((tmp_path / "log").open("w"))
        environment = environment_of(users.url(), figures.url())
        server = stack.enter_context(measured_server(environment, workers=WORKERS, threads=THREADS, log=log))
        # As in test_chaos, each thread has its connections and the memory that it needs.
        load = Load(server.port, CLIENTS, P99)
        time.sleep(WARM_UP)
        load.stop()
        before = resources(server, mariadbs)
        peak = Peak(server)
        stack.callback(peak.stop)
        load = Load(server.port, HONEST_CLIENTS, P99)
        stack.callback(load.stop)
        hostile = stack.enter_context(hostile_clients(server.port))
        time.sleep(request.config.getoption("seconds"))
        counts = json.loads(hostile.communicate()[0])
        load.stop()
        peak.stop()
        time.sleep(REST)
        after = resources(server, mariadbs)
    times = sorted(result.seconds for result in load.results)
    p99 = statistics.quantiles(times, n=100)[98]
    print_figures(times, p99, peak.bytes, counts, before, after, capsys)
    wrong = [result for result in load.results if result.outcome not in (Outcome.RIGHT, Outcome.BUSY)]
    assert not wrong, wrong[:5]
    assert p99 < P99
    assert peak.bytes < MEMORY
    assert after["memory"] < before["memory"] + GROWTH
    # Each thread may have opened its connections to the databases in the meantime.
    connections = WORKERS * THREADS * 3 - before["connections to the databases"]
    assert after["open files"] <= before["open files"] + connections
    assert after["threads"] <= before["threads"]


def hostile_clients(port):
    command = [sys.executable, "-m", "tests.faults.hostile", str(port)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def print_figures(times, p99, peak, counts, before, after, capsys):
    rows = [
        ("honest responses", str(len(times))),
        ("their median", f"{statistics.median(times):.3f} s"),
        ("their 99th percentile", f"{p99:.3f} s"),
        ("the slowest", f"{times[-1]:.3f} s"),
        ("largest process", f"{peak / 1e6:.1f} MB"),
        *((name, str(number)) for name, number in sorted(counts.items())),
        *((f"{name} before, after", f"{before[name]}, {after[name]}") for name in before),
    ]
    with capsys.disabled():
        print(f"\n{in_columns(rows)}")
