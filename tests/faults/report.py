"""The figures of a run under load, and the limits that they exceed."""

from tests.faults.load import Outcome

FAULTS = (Outcome.WRONG, Outcome.LATE, Outcome.HANGING)
FAILURES = (*FAULTS, Outcome.UNAVAILABLE, Outcome.BROKEN)
# Seconds within which all responses are right again after the databases answer.
RECOVERY = 2
# The share and the bytes by which memory may grow.
GROWTH_SHARE, GROWTH_BYTES = 0.10, 20_000_000
EXAMPLES = 5
HEAD = ("", "answers", "right", "503", "busy", "broken", "faults", "slowest right", "slowest 503", "recovered in")


def with_outcome(results, *outcomes):
    return [result for result in results if result.outcome in outcomes]


def results_of(run, phase):
    return [result for result in run.results if phase.start <= result.start < phase.end]


def recovery(run, phase):
    """Return the seconds from the databases' first response to the end of the last failure after it.

    A request that fails because the next fault begins in the meantime does not count.
    """
    following = min((other.fault for other in run.phases if other.fault > phase.fault), default=phase.end)
    failed = with_outcome(run.results, *FAILURES)
    return max((r.end for r in failed if r.start > phase.back and r.end < following), default=phase.back) - phase.back


def run_table(run):
    rows = [HEAD]
    rows += [(p.name, *counts(results_of(run, p)), f"{recovery(run, p):.2f} s") for p in run.phases]
    rows.append(("all", *counts(run.results), ""))
    held = [("", "before", "after")]
    for name in run.before:
        states = (run.before[name], run.after[name])
        held.append((name, *(f"{state / 1e6:.1f} MB" if name == "memory" else str(state) for state in states)))
    return f"{in_columns(rows)}\n\n{in_columns(held)}"


def counts(results):
    def slowest(*outcomes):
        return f"{max((result.seconds for result in with_outcome(results, *outcomes)), default=0.0):.2f} s"

    groups = ((Outcome.RIGHT,), (Outcome.UNAVAILABLE,), (Outcome.BUSY,), (Outcome.BROKEN,), FAULTS)
    numbers = [len(results), *(len(with_outcome(results, *outcomes)) for outcomes in groups)]
    return (*map(str, numbers), slowest(Outcome.RIGHT), slowest(Outcome.UNAVAILABLE, Outcome.LATE))


def in_columns(rows):
    first, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True))])
        for row in rows
    )


def exceeded_limits(run, *, connections, threads):
    """Return a line for each limit that a run exceeds; ``connections`` and ``threads`` are those that the server needs."""
    found = []
    for outcome in FAULTS:
        if results := with_outcome(run.results, outcome):
            examples = "; ".join(f"{result.name}: {result.note}" for result in results[:EXAMPLES])
            found.append(f"{len(results)} answers are {outcome.value}: {examples}")
    for phase in run.phases:
        if recovery(run, phase) > RECOVERY:
            found.append(f"{phase.name}: it took {recovery(run, phase):.2f} s to recover, more than {RECOVERY} s")
        for outcome in (Outcome.RIGHT, Outcome.UNAVAILABLE):
            if not with_outcome(results_of(run, phase), outcome):
                found.append(f"{phase.name}: no response was {outcome.value}, so that nothing has been shown")
    memory, opened, files, _threads = run.before.values()
    # A connection that a database has closed stays open on this side until its thread uses it again.
    most = (memory * (1 + GROWTH_SHARE) + GROWTH_BYTES, connections, files - opened + connections, threads)
    for (name, after), before, maximum in zip(run.after.items(), run.before.values(), most, strict=True):
        if after > maximum:
            found.append(f"{name} went from {before} to {after}, more than {maximum:.0f}")
    return found
