"""One line of JSON for each request, and the request's id in every other line that it causes.

The line has no headers, no query string and no body, since these can contain keys and passwords.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db.backends.signals import connection_created
from django.utils.functional import SimpleLazyObject

logger = logging.getLogger("analyticsdataserver.requests")

WELL_FORMED_ID = re.compile(r"[A-Za-z0-9_.:/+=@-]{1,128}")
# A signed path, which is a permission by itself. It must not be logged even if the request is redirected or refused.
PERMISSION = re.compile(r"(/reports/download/+)[^/\s]+", re.IGNORECASE)

# Functions that get the facts of each request and its outcome. The metrics add one.
observers: list[Callable[["Facts", str], None]] = []

COMPLETE, BROKEN_OFF, FAILED = "complete", "broken off", "failed"


class Facts:
    """The facts about a request that its line reports."""

    __slots__ = (
        "address",
        "bytes",
        "database_seconds",
        "id",
        "method",
        "path",
        "queries",
        "route",
        "start",
        "status",
        "time",
        "user",
    )

    def __init__(self, id: str | None = None) -> None:
        self.id = id if id and WELL_FORMED_ID.fullmatch(id) else secrets.token_hex(16)
        self.start = time.perf_counter()
        self.time = time.time()
        self.queries = 0
        # Only the metrics measure it.
        self.database_seconds = 0.0
        self.bytes = 0
        self.user: str | None = None
        self.method: str | None = None
        self.path: str | None = None
        self.status = 0
        self.address: str | None = None
        # The pattern of the URL, or None if no view answered.
        self.route: str | None = None

    def answered(self, request: Any, response: Any) -> None:
        self.user = username(request)
        self.method = request.method
        self.path = without_permissions(request.path)
        self.status = response.status_code
        self.route = request.resolver_match.route if request.resolver_match else None
        self.address = request.META.get("REMOTE_ADDR") or None

    def write(self, outcome: str) -> None:
        """Write the line. A stream that breaks off or fails has the status with which it began."""
        for observe in observers:
            observe(self, outcome)
        if not logger.isEnabledFor(logging.INFO):
            return
        seconds, milliseconds = divmod(int(self.time * 1000), 1000)
        line = {
            "time": f"{text_of(seconds)}.{milliseconds:03}Z",
            "request_id": self.id,
            "address": self.address,
            "user": self.user,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": round((time.perf_counter() - self.start) * 1000, 2),
            "queries": self.queries,
            "bytes": self.bytes,
            "outcome": outcome,
        }
        text = orjson.dumps(line, default=str).decode()
        # The logger would look for the caller in the stack, which no format of this line names.
        logger.handle(logging.LogRecord(logger.name, logging.INFO, "", 0, text, None, None))


@lru_cache(maxsize=2)
def text_of(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def without_permissions(path: str) -> str:
    return PERMISSION.sub(r"\1...", path) if "reports" in path.lower() else path


def username(request: Any) -> str | None:
    """Return the user's name if the request has been authenticated. Loading the user here would cost another query."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return (user.get_username() or None) if user is not None else None


# The request that this thread serves, or served last: a late line may still belong to it.
current: ContextVar[Facts | None] = ContextVar("current", default=None)


class Watched:
    """The chunks of a stream. Writes the line when the stream ends or breaks off."""

    def __init__(self, chunks: Iterable[bytes], facts: Facts) -> None:
        self.chunks = chunks
        self.facts = facts
        self.outcome = BROKEN_OFF

    def __iter__(self) -> Iterator[bytes]:
        facts = self.facts
        try:
            for chunk in self.chunks:
                facts.bytes += len(chunk)
                yield chunk
        except Exception:
            self.outcome = FAILED
            raise
        self.outcome = COMPLETE

    def close(self) -> None:
        self.facts.write(self.outcome)


def finish(facts: Facts, request: Any, response: Any) -> None:
    """Write the line of a response, or have it written when a stream ends."""
    if not (observers or logger.isEnabledFor(logging.INFO)):
        return
    facts.answered(request, response)
    if not response.streaming:
        facts.bytes = 0 if request.method == "HEAD" else len(response.content)
        facts.write(COMPLETE)
    elif getattr(response, "file_to_stream", None) is not None:
        # The operating system sends a file without passing chunks through Python.
        facts.bytes = int(response.get("Content-Length") or 0)
        facts.write(COMPLETE)
    else:
        response.streaming_content = Watched(response.streaming_content, facts)


def count_query(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    facts = current.get()
    if facts is not None:
        facts.queries += 1
    return execute(sql, params, many, context)


def count_queries(connection: Any, **_signal: Any) -> None:
    """Count the statements of a connection for its whole life. Adding the counter for each request would cost more."""
    if count_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(count_query)


connection_created.connect(count_queries)


class RequestIdFilter(logging.Filter):
    """Set each record's ``request_id`` to that of its request, or to ``-``."""

    def filter(self, record: logging.LogRecord) -> bool:
        facts = current.get()
        record.request_id = facts.id if facts else "-"
        return True
