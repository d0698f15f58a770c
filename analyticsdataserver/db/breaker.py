"""A circuit breaker: requests fail at once while a database is known to stall.

Otherwise a request would wait behind those that occupy the server's threads, each for the limit of a statement. While a
database stalls, a thread of its own asks it again and again. A database that refuses connections needs no breaker.
"""

import logging
import threading
import time
from typing import Any

from django.db.utils import OperationalError

from analyticsdataserver.db import limits

logger = logging.getLogger(__name__)

# Seconds between two probes.
PAUSE = 0.2


class DatabaseStalls(OperationalError):
    """The database is known to stall, so it was not asked."""


class Breaker:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stalled: set[str] = set()

    def check(self, alias: str) -> None:
        if alias in self.stalled:
            raise DatabaseStalls(f"the database {alias} stalls, and is not asked before it answers again")

    def trip(self, connection: Any) -> None:
        """Record that a request waited for this connection's database in vain."""
        with self.lock:
            if connection.alias in self.stalled:
                return
            self.stalled.add(connection.alias)
        logger.error("the database %s stalls: requests fail until it answers again", connection.alias)
        try:
            threading.Thread(target=self.probe, args=(connection,), name="probe", daemon=True).start()
        except RuntimeError:
            # The system has no thread left. Without a probe, the next requests must ask.
            self.stalled.discard(connection.alias)

    def probe(self, stalling: Any) -> None:
        """Ask until the database answers in time. A refusal counts, since it does not make the next request wait."""
        try:
            while True:
                # A connection belongs to the thread that makes it.
                connection = stalling.copy()
                connection.is_probe = True
                start = time.monotonic()
                try:
                    connection.ask()
                except Exception:
                    if time.monotonic() - start < limits.CONNECT / 2:
                        break
                    time.sleep(PAUSE)
                else:
                    break
                finally:
                    connection.close()
        finally:
            self.stalled.discard(stalling.alias)
        logger.warning("the database %s answers again", stalling.alias)


breaker = Breaker()


class BreakerMixin:
    """Guards the DatabaseWrapper of a back end with the breaker."""

    alias: str
    # A probe has to reach the database that stalls.
    is_probe = False
    # True while a response is sent in parts. Another node may not have all rows that the first parts came from.
    has_begun = False
    # The database answers this at once, but only after it has read something that it stores.
    question = "SELECT 1"

    def _cursor(self, name: Any = None) -> Any:
        if breaker.stalled and not self.is_probe:
            breaker.check(self.alias)
        return super()._cursor(name)  # type: ignore[misc]

    def ask(self) -> None:
        """Raise if the database does not answer."""
        with self.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(self.question)
            cursor.fetchone()

    def stalls(self) -> None:
        """Trip the breaker, unless this is a command or a probe."""
        if limits.are_enforced() and not self.is_probe:
            breaker.trip(self)
