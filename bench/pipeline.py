"""Load a seeded tracking log and compute all tables from it, next to a bare loop that only parses the lines.

The log has as many events as asked for, then as many times more; 90 days each, of which the last comes on its own. The
ratios count. Everything lies in a temporary directory (TMPDIR), which needs room for about the size of the log twice.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bench import counts_of_arguments
from bench.events import DAYS, Log
from tests.support.own_database import own_database
from tests.support.running import ROOT, install

MAXIMUM_LOAD, MAXIMUM_COMPUTE, MAXIMUM_DAY, MAXIMUM_STORE, MAXIMUM_GROWTH = 5.0, 1.0, 0.7, 0.25, 4.5
MAXIMUM_MEMORY = 10**9
BARE_LOOP = "import orjson, sys\nfor line in open(sys.argv[1], 'rb', 1 << 20): orjson.loads(line)"


@dataclass
class FinishedCommand:
    """A finished command. ``memory`` is the peak of its largest process in bytes."""

    seconds: float
    memory: int


@dataclass
class Measurements:
    bare: FinishedCommand
    load: FinishedCommand
    compute: FinishedCommand
    new_day: FinishedCommand
    log: int
    store: int
    tables: int

    @property
    def seconds(self) -> float:
        return self.load.seconds + self.compute.seconds + self.new_day.seconds


def timed(environment: dict[str, str], *arguments: str) -> FinishedCommand:
    """Run Python with these arguments."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, *map(peak_memory, (process.pid, *descendants(process.pid))))
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: exit code {process.returncode}")
    return FinishedCommand(time.perf_counter() - began, peak)


def descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # The thread has ended.
            continue
        for child in map(int, found):
            yield child
            yield from descendants(child)


def peak_memory(pid: int) -> int:
    """Return the largest resident size that the process has had, 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def write_log(events: int, whole: Path, last_day: Path) -> None:
    """Write the log without its last day, and that day."""
    lines = Log(events).lines()
    for path, count in ((whole, events - events // DAYS), (last_day, None)):
        with path.open("wb", buffering=1 << 20) as file:
            file.writelines(islice(lines, count))


def measure(environment: dict[str, str], events: int) -> Measurements:
    with tempfile.TemporaryDirectory(prefix="bench-events-") as directory:
        whole, last_day, store = (Path(directory) / name for name in ("tracking.log", "last_day.log", "store"))
        environment = environment | {"EVENTS_DIR": str(store)}
        write_log(events, whole, last_day)
        end = Log(events).start.date() + timedelta(days=DAYS)
        bare = timed(environment, "-c", BARE_LOOP, str(whole))
        load = timed(environment, "manage.py", "load_events", str(whole))
        compute = timed(
            environment, "manage.py", "compute_tables", "--no-progress", "--end", str(end - timedelta(days=1))
        )
        timed(environment, "manage.py", "load_events", str(last_day))
        new_day = timed(environment, "manage.py", "compute_tables", "--no-progress", "--end", str(end))
        log = whole.stat().st_size + last_day.stat().st_size
        stored = sum(path.stat().st_size for path in store.glob("kind=*/**/*.parquet"))
        tables = Path(environment["ANALYTICS_DATABASE_URL"].removeprefix("sqlite:///")).stat().st_size
        return Measurements(bare, load, compute, new_day, log, stored, tables)


def print_ratio(what: str, value: float, maximum: float) -> bool:
    holds = value <= maximum
    print(f"  {what:64} {value:6.2f} (at most {maximum}){'' if holds else '  TOO MUCH'}")
    return holds


def report(events: int, figures: Measurements) -> bool:
    jobs = os.cpu_count() or 1
    load, compute, new_day = figures.load, figures.compute, figures.new_day
    print(
        f"{events:,} events: log {megabytes(figures.log)}, store {megabytes(figures.store)}, tables "
        f"{megabytes(figures.tables)}; bare loop {figures.bare.seconds:.1f} s, load_events {load.seconds:.1f} s in {jobs} "
        f"processes, compute_tables {compute.seconds:.1f} s, with a new day {new_day.seconds:.1f} s"
    )
    lines = (
        (
            "load_events : bare loop of orjson.loads / processes",
            load.seconds * jobs / figures.bare.seconds,
            MAXIMUM_LOAD,
        ),
        ("compute_tables : load_events", compute.seconds / load.seconds, MAXIMUM_COMPUTE),
        (f"one new day : {DAYS - 1} days", new_day.seconds / compute.seconds, MAXIMUM_DAY),
        ("store : log", figures.store / figures.log, MAXIMUM_STORE),
        ("memory of the largest process of load_events : 1 GB", load.memory / MAXIMUM_MEMORY, 1.0),
        ("memory of compute_tables : 1 GB", max(compute.memory, new_day.memory) / MAXIMUM_MEMORY, 1.0),
    )
    held = [print_ratio(*line) for line in lines]
    return all(held)


def megabytes(size: int) -> str:
    return f"{size / 10**6:,.0f} MB"


def main() -> None:
    options = counts_of_arguments(__doc__, events=5_000_000, times=4)
    holds, found = True, []
    for events in (options.events, options.events * options.times):
        # SQLite, whatever the environment names.
        with own_database(beside="") as environment:
            install(environment)
            found.append(measure(environment, events))
        holds &= report(events, found[-1])
    growth = found[1].seconds / found[0].seconds
    holds &= print_ratio(
        f"{options.times} times the events: times the time", growth, MAXIMUM_GROWTH * options.times / 4
    )
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
