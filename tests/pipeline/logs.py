"""Makes lines of tracking logs, loads them, and reads the store back."""

import json
from io import StringIO
from pathlib import Path

import duckdb
from django.core.management import call_command

from analytics_data_api.pipeline.store import EventStore

COURSE = "course-v1:edX+DemoX+T1"
TIME = "2026-03-01T12:00:00.000000+00:00"


def event(number=0, **changes):
    """Return an event like those of the LMS. The number makes it another one."""
    return {
        "username": "ada",
        "event_source": "server",
        "name": "/dashboard",
        "event_type": "/dashboard",
        "time": f"2026-03-01T12:00:00.{number:06}+00:00",
        "ip": "192.0.2.1",
        "page": None,
        "agent": "Firefox",
        "referer": "",
        "session": "s",
        "host": "lms",
        "accept_language": "en",
        "context": {"user_id": 7, "course_id": COURSE, "org_id": "edX"},
        "event": '{"POST": {}, "GET": {}}',
    } | changes


def line(number=0, **changes):
    return json.dumps(event(number, **changes)).encode()


def lines(numbers):
    return b"".join(line(number) + b"\n" for number in numbers)


def load(settings, *paths, jobs=1, **options):
    """Run load_events and return its counts and its warnings."""
    out, err = StringIO(), StringIO()
    call_command("load_events", *map(str, paths), jobs=jobs, json=True, stdout=out, stderr=err, **options)
    return json.loads(out.getvalue()), err.getvalue()


def stored(settings, columns="*", where="true"):
    """Return the rows of all events in the store as tuples, in the order of their times."""
    files = EventStore(settings.EVENTS_DIR).glob()
    if not files:
        return []
    query = (
        f"SELECT {columns} FROM read_parquet($files, hive_partitioning = true) WHERE {where} ORDER BY time, line_hash"
    )
    return duckdb.connect().execute(query, {"files": files}).fetchall()


def numbers(settings):
    """Return the numbers of the stored events."""
    return [number for (number,) in stored(settings, "microsecond(time) % 1000000")]


def rejected_lines(settings):
    files = sorted(Path(settings.EVENTS_DIR, "rejected").glob("*.jsonl"))
    return [json.loads(one) for file in files for one in file.read_bytes().splitlines()]
