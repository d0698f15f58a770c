"""What the database back ends share: a database that stalls fails in time, and is known to stall from then on."""

from typing import Any

from analyticsdataserver.db import limits
from analyticsdataserver.db.breaker import breaker


class LimitedDatabase:
    """Mixed into a back end's DatabaseWrapper."""

    alias: str
    # The thread that asks whether a database is back has to get through to it.
    is_probe = False
    # A statement that a database answers at once, and cannot answer without looking at what it has stored.
    question = "SELECT 1"

    def _cursor(self, name: Any = None) -> Any:
        if breaker.stalled and not self.is_probe:
            breaker.check(self.alias)
        return super()._cursor(name)  # type: ignore[misc]

    def ask(self) -> None:
        """Raises if the database does not answer."""
        with self.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(self.question)
            cursor.fetchone()

    def stalls(self) -> None:
        """Called where the database has let someone wait in vain."""
        if limits.are_enforced() and not self.is_probe:
            breaker.trip(self)
