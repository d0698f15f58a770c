"""For how long a request waits for a database: limits that hold while the server serves, and not for commands.

A database that is down refuses a connection at once. One that stalls takes connections and statements and answers
nothing, which neither its own limit of a statement nor the driver's limit of a single read bounds as a whole. So a
connection is made in a thread of its own, which is left behind where it takes too long, and a watchdog cuts the connection
of a statement that is overdue.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")

# Seconds that a connection may take, and for which a locked SQLite file is waited for.
CONNECT = 2
# By how many seconds the watchdog is later than the database, which is to end a statement by itself.
GRACE = 0.3
# The watchdog looks that often, in seconds.
TICK = 0.1

# Seconds that a statement may take; None for a command, which takes as long as it has to.
statement: int | None = None


def enforce(seconds: int | None) -> None:
    """The limits hold from now on, or with None no longer, for connections that are made from now on."""
    global statement
    statement = seconds


def are_enforced() -> bool:
    return statement is not None


class Overdue(TimeoutError):
    """Something took longer than it may."""


def in_time(seconds: float, work: Callable[[], Result], undo: Callable[[Result], Any]) -> Result:
    """What ``work`` gives, or Overdue. What comes of it later is undone.

    The limits of the driver do not bound the lookup of a name, and hold for each address of a name and each step by itself.
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


class Watchdog:
    """Cuts the connections of statements that are overdue: whoever waits for an answer learns that there is none."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.watched: dict[object, tuple[float, int]] = {}
        self.cut: set[object] = set()
        self.thread: threading.Thread | None = None

    def watch(self, descriptor: int, seconds: float) -> object:
        """From now on the connection with this file descriptor is watched, until what this returns is released."""
        watch = object()
        try:
            # One of our own: the driver may close its own, whose number then stands for something else.
            descriptor = os.dup(descriptor)
        except OSError:
            # The connection is lost already, which whoever waits for it learns by himself.
            return watch
        with self.changed:
            self.watched[watch] = (time.monotonic() + seconds, descriptor)
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="watchdog", daemon=True)
                self.thread.start()
            self.changed.notify()
        return watch

    def release(self, watch: object) -> bool:
        """Whether the connection was cut."""
        with self.changed:
            watched = self.watched.pop(watch, None)
            if watched is not None:
                os.close(watched[1])
                return False
            was_cut = watch in self.cut
            self.cut.discard(watch)
            return was_cut

    def run(self) -> None:
        while True:
            with self.changed:
                while not self.watched:
                    self.changed.wait()
                now = time.monotonic()
                overdue = [watch for watch, (deadline, _descriptor) in self.watched.items() if deadline <= now]
                for watch in overdue:
                    self.cut.add(watch)
                    cut(self.watched.pop(watch)[1])
            time.sleep(TICK)


def cut(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=descriptor) as connection:
        connection.shutdown(socket.SHUT_RDWR)


watchdog = Watchdog()
