"""Time limits for databases. They hold while the server serves requests, and not for commands.

A database that is down refuses a connection at once. One that stalls accepts connections and statements but never answers:
then the driver's timeouts end the wait. ``make chaos`` and the tests of faults freeze databases and need nothing more.
"""

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
