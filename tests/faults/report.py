"""The figures of a run, and what is wrong with them."""

from typing import Any

from tests.faults.load import of_outcome
from tests.faults.requests import Outcome, Result

FAULTS = (Outcome.WRONG, Outcome.LATE, Outcome.HANGING)
FAILURES = (*FAULTS, Outcome.UNAVAILABLE, Outcome.BROKEN)
# Seconds after which the server has to answer again when its databases do.
RECOVERY = 2
# By how much memory may have grown: a share, and bytes.
GROWTH = (0.10, 20_000_000)
EXAMPLES = 5


def results_of(run: Any, phase: Any) -> list[Result]:
    return [result for result in run.load.results if phase.start <= result.start < phase.end]


def recovery(run: Any, phase: Any) -> float:
    """Seconds from the databases' first answer to the end of the last request that failed and was sent after it.

    What fails because the next fault begins meanwhile does not count.
    """
    following = min((other.fault for other in run.phases if other.fault > phase.fault), default=phase.end)
    failed = of_outcome(run.load.results, *FAILURES)
    ends = [result.end for result in failed if result.start > phase.back and result.end < following]
    return max(ends, default=phase.back) - phase.back


def slowest(results: list[Result], *outcomes: Outcome) -> float:
    return max((result.seconds for result in of_outcome(results, *outcomes)), default=0.0)


def table(run: Any) -> str:
    head = ("", "answers", "right", "503", "broken", "faults", "slowest right", "slowest 503", "recovered in")
    rows = [head]
    for phase in run.phases:
        results = results_of(run, phase)
        rows.append((phase.name, *counts(results), f"{recovery(run, phase):.2f} s"))
    rows.append(("all", *counts(run.load.results), ""))
    lines = [aligned(rows), ""]
    held = [("", "before", "after")]
    held.append(("memory", *(f"{state.memory / 1e6:.1f} MB" for state in (run.before, run.after))))
    held.append(("connections to the databases", str(run.before.connections), str(run.after.connections)))
    held.append(("open files", str(run.before.open_files), str(run.after.open_files)))
    held.append(("threads", str(run.before.threads), str(run.after.threads)))
    return "\n".join([*lines, aligned(held)])


def counts(results: list[Result]) -> tuple[str, ...]:
    groups = ((Outcome.RIGHT,), (Outcome.UNAVAILABLE,), (Outcome.BROKEN,), FAULTS)
    return (
        str(len(results)),
        *(str(len(of_outcome(results, *outcomes))) for outcomes in groups),
        f"{slowest(results, Outcome.RIGHT):.2f} s",
        f"{slowest(results, Outcome.UNAVAILABLE, Outcome.LATE):.2f} s",
    )


def aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def complaints(run: Any, *, connections: int, threads: int) -> list[str]:
    """What is not as it has to be: nothing, if all is well.

    ``connections`` and ``threads`` are the most that the server needs.
    """
    found = []
    for outcome in FAULTS:
        results = of_outcome(run.load.results, outcome)
        if results:
            examples = "; ".join(f"{result.name}: {result.note}" for result in results[:EXAMPLES])
            found.append(f"{len(results)} answers are {outcome.value}: {examples}")
    for phase in run.phases:
        results = results_of(run, phase)
        if recovery(run, phase) > RECOVERY:
            found.append(f"{phase.name}: it took {recovery(run, phase):.2f} s to recover, more than {RECOVERY} s")
        if not of_outcome(results, Outcome.RIGHT):
            found.append(f"{phase.name}: no answer was right")
        if not of_outcome(results, Outcome.UNAVAILABLE):
            found.append(f"{phase.name}: no answer was 503, so that nothing has been shown")
    share, bytes_ = GROWTH
    before, after = run.before, run.after
    if after.memory > before.memory * (1 + share) + bytes_:
        found.append(f"memory grew from {before.memory} to {after.memory} bytes")
    if after.connections > connections:
        found.append(f"{after.connections} connections are open; the threads can use {connections}")
    # A connection that a database has ended stays open on this side until its thread uses it again.
    if after.open_files > before.open_files - before.connections + connections:
        found.append(f"open files went from {before.open_files} to {after.open_files}")
    if after.threads > threads:
        found.append(f"{after.threads} threads are running; the server needs {threads}")
    return found
