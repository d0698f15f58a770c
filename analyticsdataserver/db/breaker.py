"""Spares requests the wait for a database that has just let another request of this process wait in vain.

Without it a request would wait behind all that the threads of the server have in hand, each for as long as a statement may
take. While a database stalls, a thread of its own asks it again and again, and all requests fail at once. A database that
refuses needs none of this: it fails at once by itself.
"""

import logging
import threading
import time
from typing import Any

from django.db.utils import OperationalError

from analyticsdataserver.db import limits

logger = logging.getLogger(__name__)

# Seconds between the end of one question and the next.
PAUSE = 0.2


class Stalls(OperationalError):
    """A database that is known to stall was not asked."""


class Breaker:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stalled: set[str] = set()

    def check(self, alias: str) -> None:
        if alias in self.stalled:
            raise Stalls(f"the database {alias} stalls, and is not asked before it answers again")

    def trip(self, connection: Any) -> None:
        """The database of a connection has let a request wait in vain."""
        with self.lock:
            if connection.alias in self.stalled:
                return
            self.stalled.add(connection.alias)
        logger.error("the database %s stalls: requests fail until it answers again", connection.alias)
        try:
            threading.Thread(target=self.probe, args=(connection,), name="probe", daemon=True).start()
        except RuntimeError:
            # The system gives no thread. Nobody would ask again, so the next requests have to.
            self.stalled.discard(connection.alias)

    def probe(self, stalling: Any) -> None:
        """Ask until an answer comes in time. A refusal is one: it costs the next request no time either."""
        try:
            while True:
                # Made anew each time, so that it is this thread's own.
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
