"""Metrics for Prometheus: what each process counts, and ``/metrics``, which adds up all processes.

Only a server with METRICS_PORT imports this module. Labels have few values: a route is the pattern of a URL, never a path.
"""

import logging
import os
import re
import struct
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from analytics_data_api.course_keys import parse
from analytics_data_api.data_sets import freshness
from analytics_data_api.sql.compiled import compile_once
from analyticsdataserver import request_log
from analyticsdataserver.db.breaker import breaker
from analyticsdataserver.service import databases_by_status

logger = logging.getLogger(__name__)

SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# Seconds between two looks at the tables. A look takes up to a second for a large table.
FRESHNESS_SECONDS = 600
# Attempts to read the files of all processes.
ATTEMPTS = 5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# Functions that remember their results. Each has cache_info().
REMEMBERED = {"statements": compile_once, "course_ids": parse}

REQUESTS = Counter("analytics_api_requests", "Requests by route and status.", ["route", "status"])
REQUEST_SECONDS = Histogram(
    "analytics_api_request_seconds",
    "Seconds until a response was made, or until its stream ended.",
    ["route"],
    buckets=SECONDS,
)
REQUEST_DATABASE_SECONDS = Counter(
    "analytics_api_request_database_seconds", "Seconds that requests waited for statements.", ["route"]
)
BROKEN_RESPONSES = Counter(
    "analytics_api_broken_responses", "Streams that the client or the server broke off.", ["route", "outcome"]
)
STATEMENT_SECONDS = Histogram(
    "analytics_api_statement_seconds", "Seconds of a statement by database.", ["database"], buckets=SECONDS
)
STATEMENT_ERRORS = Counter("analytics_api_statement_errors", "Statements that failed.", ["database", "error"])
LOOKUPS = Counter("analytics_api_cache_lookups", "Lookups in what a process remembers.", ["cache", "result"])

WORKERS = Gauge("analytics_api_workers", "Worker processes.", multiprocess_mode="livesum")
THREADS = Gauge("analytics_api_threads", "Threads that answer requests.", multiprocess_mode="livesum")
BUSY_THREADS = Gauge("analytics_api_busy_threads", "Threads that answer a request now.", multiprocess_mode="livesum")
WAITING = Gauge("analytics_api_waiting_requests", "Requests that wait for a thread.", multiprocess_mode="livesum")
CONNECTIONS = Gauge("analytics_api_connections", "Connections of clients.", multiprocess_mode="livesum")
MEMORY = Gauge(
    "analytics_api_worker_memory_bytes", "Resident memory of the largest worker process.", multiprocess_mode="livemax"
)
STALLED = Gauge(
    "analytics_api_stalled_database",
    "Worker processes whose circuit breaker is open for a database.",
    ["database"],
    multiprocess_mode="livesum",
)
LAST_DAY = Gauge(
    "analytics_api_table_last_day_timestamp_seconds",
    "Last day of a table, found every ten minutes.",
    ["database", "table"],
    multiprocess_mode="mostrecent",
)
STALE = Gauge(
    "analytics_api_table_stale",
    "1 if a table is behind by more than `manage.py check --database analytics` allows.",
    ["database", "table"],
    multiprocess_mode="mostrecent",
)


@lru_cache(maxsize=1024)
def route_name(route: str) -> str:
    """Return the name of a URL pattern, such as ``/api/v0/courses/{course_id}/enrollment/``."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).lstrip("^").removesuffix("$").replace("/?", "/")


def observe_request(facts: request_log.Facts, outcome: str) -> None:
    if facts.route is not None:
        route = route_name(facts.route)
    else:
        route = "static" if (facts.path or "").startswith(settings.STATIC_URL) else "none"
    REQUESTS.labels(route, str(facts.status)).inc()
    REQUEST_SECONDS.labels(route).observe(time.perf_counter() - facts.start)
    if facts.database_seconds:
        REQUEST_DATABASE_SECONDS.labels(route).inc(facts.database_seconds)
    if outcome != request_log.COMPLETE:
        BROKEN_RESPONSES.labels(route, outcome).inc()


def time_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    alias = context["connection"].alias
    start = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Exception as error:
        STATEMENT_ERRORS.labels(alias, type(error).__name__).inc()
        raise
    finally:
        facts = request_log.current.get()
        if facts is not None:
            seconds = time.perf_counter() - start
            STATEMENT_SECONDS.labels(alias).observe(seconds)
            facts.database_seconds += seconds


def time_statements(connection: Any, **_signal: Any) -> None:
    if time_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(time_statement)


counted: dict[tuple[str, str], int] = {}


def publish(dispatcher: Any, open_connections: int) -> None:
    """Publish the state of this process. Its worker does so each second, so that no request has to."""
    WORKERS.set(1)
    THREADS.set(len(dispatcher.threads))
    BUSY_THREADS.set(dispatcher.active_count)
    WAITING.set(len(dispatcher.queue))
    CONNECTIONS.set(open_connections)
    MEMORY.set(int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES)
    for alias in settings.DATABASES:
        STALLED.labels(alias).set(alias in breaker.stalled)
    for name, function in REMEMBERED.items():
        info = function.cache_info()
        for result, number in (("hit", info.hits), ("miss", info.misses)):
            LOOKUPS.labels(name, result).inc(number - counted.get((name, result), 0))
            counted[name, result] = number


def look_at_tables() -> None:
    """Publish the last day of each table."""
    today = datetime.now(UTC).date()
    for alias in dict.fromkeys(databases_by_status().values()):
        if alias == "default":
            continue
        try:
            for found in freshness.ages(connections[alias]):
                if found.last is not None:
                    day = datetime(found.last.year, found.last.month, found.last.day, tzinfo=UTC)
                    LAST_DAY.labels(alias, found.table).set(day.timestamp())
                    STALE.labels(alias, found.table).set(found.is_stale(today))
        except Exception as error:  # The database may fail in any way, and the other metrics do not depend on it.
            logger.warning("the last days of the tables of %s are unknown: %s", alias, type(error).__name__)
        finally:
            connections[alias].close()


def look_at_tables_rarely() -> None:
    """Look at the tables in a thread, unless a process of this server has done so a short while ago."""
    mark = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"], "looked-at-tables")
    if not mark.exists() or time.time() - mark.stat().st_mtime > FRESHNESS_SECONDS:
        mark.touch()
        threading.Thread(target=look_at_tables, name="freshness", daemon=True).start()


registry = CollectorRegistry()
MultiProcessCollector(registry)
respond = make_wsgi_app(registry)


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer a scrape: the WSGI application of METRICS_PORT."""
    if environ["PATH_INFO"] != "/metrics":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"The metrics are at /metrics.\n"]
    look_at_tables_rarely()
    for _attempt in range(ATTEMPTS - 1):
        # A process that starts has created its file, but not written its beginning.
        with suppress(struct.error, OSError, ValueError):
            return respond(environ, start_response)
        time.sleep(0.1)
    return respond(environ, start_response)


request_log.observers.append(observe_request)
connection_created.connect(time_statements)
