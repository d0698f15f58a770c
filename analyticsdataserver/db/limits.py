"""Time limits for databases. They hold while the server serves requests, and not for commands.

A database that is down refuses a connection at once. One that stalls accepts connections and statements but never answers:
then the driver's timeouts end the wait. ``make chaos`` and the tests of faults freeze databases and need nothing more.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")

# Seconds that a connection may take. SQLite waits as long for a lock.
CONNECT = 2
# Seconds between the moment at which the database ends a statement and that at which the driver gives up waiting.
GRACE = 0.3

# Seconds that a statement may take. None for a command, which takes as long as it needs.
statement: int | None = None


def enforce(seconds: int | None) -> None:
    """Apply the limits to connections that are made from now on, or lift them if ``seconds`` is None."""
    global statement
    statement = seconds


def are_enforced() -> bool:
    return statement is not None


class Overdue(TimeoutError):
    """An operation exceeded its time limit."""


def in_time(seconds: float, work: Callable[[], Result], undo: Callable[[Result], Any]) -> Result:
    """Return the result of ``work``, or raise Overdue and undo the result when it comes.

    The driver's limit for connecting holds for each address and each step, and does not bound the lookup of a name.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    def undone(late: Future[Result]) -> None:
        with suppress(Exception):
            undo(late.result())

    threading.Thread(target=run, name="connecting", daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError:
        future.add_done_callback(undone)
        raise Overdue from None
