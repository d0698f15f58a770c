"""Event stores of a few readable events, for tests of the computation.

    store = store_of(path, enroll("2024-01-01", 1), check("2024-01-02 10:00", "ann", problem="p"))

An event is a dictionary of the store's columns. Times are texts such as ``2024-01-02 10:00``; a day alone is its noon.
"""

import hashlib
import json
from datetime import date, datetime
from itertools import groupby

import duckdb

from analytics_data_api.pipeline.ledger import Part
from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.store import COLUMNS, EventStore

COURSE = "course-v1:edX+DemoX+T1"
OTHER_COURSE = "edX/DemoX/Demo_Course"


def event(
    time, kind, event_type, *, user_id=None, username=None, source="server", course=COURSE, payload=None, **fields
):
    """Return an event. ``payload`` and ``context`` are dictionaries."""
    when = datetime.fromisoformat(time if len(time) > 10 else f"{time} 12:00")
    context = fields.pop("context", {})
    row = dict.fromkeys(COLUMNS) | {
        "kind": kind,
        "date": when.date().isoformat(),
        "time": when.isoformat(" "),
        "event_type": event_type,
        "event_source": source,
        "username": username,
        "user_id": None if user_id is None else str(user_id),
        "course_id": course,
        "context": json.dumps({"course_id": course or ""} | context, separators=(",", ":")),
        "payload": None if payload is None else json.dumps(payload, separators=(",", ":"), ensure_ascii=False),
        **fields,
    }
    # As in a log, identical lines are one event.
    text = json.dumps(row, sort_keys=True)
    return row | {"line_hash": hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}


def enrollment(time, what, learner, mode, of, **fields):
    """Return an enrollment event. The actor, who need not be the learner, is in ``fields``."""
    payload = {"course_id": of, "user_id": learner, "mode": mode}
    fields = {"course": None, "payload_course_id": of} | fields
    return event(time, "enrollment", f"edx.course.enrollment.{what}", payload=payload, **fields)


def enroll(time, learner, mode="audit", of=COURSE, **fields):
    return enrollment(time, "activated", learner, mode, of, **fields)


def unenroll(time, learner, mode="audit", of=COURSE, **fields):
    return enrollment(time, "deactivated", learner, mode, of, **fields)


def change_mode(time, learner, mode, of=COURSE, **fields):
    return enrollment(time, "mode_changed", learner, mode, of, **fields)


def visit(time, user_id, **fields):
    """Return the request of a page."""
    return event(time, "other", "/courses/x/info", user_id=user_id, payload={}, **fields)


def check(time, username, *, problem="p", success="incorrect", user_id=None, tags=None, name=None, **payload):
    """Return the check of a problem. Other arguments go into the payload."""
    fields = {key: payload.pop(key) for key in ("course", "source", "kind") if key in payload}
    context = {}
    if tags is not None:
        context["asides"] = {"tagging_aside": {"saved_tags": tags}}
    if name is not None:
        context["module"] = {"display_name": name}
    payload = {"problem_id": problem, "success": success} | payload
    kind = fields.pop("kind", "problem")
    return event(
        time, kind, "problem_check", username=username, user_id=user_id, payload=payload, context=context, **fields
    )


def post(time, username, *, user_id=None, topic="general", what="thread.created", **fields):
    payload = {"commentable_id": topic} if topic else {}
    return event(time, "forum", f"edx.forum.{what}", username=username, user_id=user_id, payload=payload, **fields)


def video(time, what, payload, *, user_id=1, username="ann", source="browser", module="v", **fields):
    payload = {"id": module} | payload
    return event(
        time, "video", f"{what}_video", user_id=user_id, username=username, source=source, payload=payload, **fields
    )


def play(time, at, duration=None, **fields):
    return video(time, "play", {"currentTime": at} | ({} if duration is None else {"duration": duration}), **fields)


def pause(time, at, **fields):
    return video(time, "pause", {"currentTime": at}, **fields)


def stop(time, at, **fields):
    return video(time, "stop", {"currentTime": at}, **fields)


def seek(time, old, new, **fields):
    return video(time, "seek", {"old_time": old, "new_time": new}, **fields)


def store_of(path, *events):
    store = EventStore(path)
    add(store, *events)
    return store


def add(store, *events):
    """Add events to a store, as a load does: duplicates of a day count once, and its days have changed."""
    number = store.ledger.last_change() + 1
    rows = sorted({(row["date"], row["kind"], row["line_hash"]): row for row in events}.items())
    for (day, kind), group in groupby(rows, key=lambda item: item[0][:2]):
        folder = store.partition(kind, date.fromisoformat(day))
        folder.mkdir(parents=True, exist_ok=True)
        known = hashes(folder)
        new = [row for (_day, _kind, line_hash), row in group if line_hash not in known]
        if not new:
            continue
        name = folder / f"part-{number}.parquet"
        write_parquet(name, COLUMNS, new)
        with store.ledger.transaction():
            part = Part(str(name.relative_to(store.path)), kind, day, len(new), name.stat().st_size)
            store.ledger.record_parts([part], [])
            store.ledger.record_change([day], number)


def hashes(folder):
    files = [str(path) for path in folder.glob("*.parquet")]
    if not files:
        return set()
    rows = duckdb.sql("SELECT lower(hex(line_hash)) FROM read_parquet(?)", params=[files]).fetchall()
    return {line_hash for (line_hash,) in rows}


def write_parquet(path, columns, rows):
    """Write dictionaries as a Parquet file with columns of these types. Blobs are given as hexadecimal texts."""
    values = ", ".join(["(" + ", ".join(["?"] * len(columns)) + ")"] * len(rows))
    selected = ", ".join(
        f'CAST({f"unhex({name})" if kind == "BLOB" else chr(34) + name + chr(34)} AS {kind}) AS "{name}"'
        for name, kind in columns.items()
    )
    names = ", ".join(f'"{name}"' for name in columns)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {selected} FROM (VALUES {values}) AS rows({names})) TO '{path}' (FORMAT parquet)",
            [row.get(name) for row in rows for name in columns],
        )


def write_lms(store, table, *rows):
    """Write a table of the LMS. Rows are dictionaries."""
    folder = store.path / "lms"
    folder.mkdir(exist_ok=True)
    write_parquet(folder / f"{table}.parquet", LMS_TABLES[table], list(rows))
