"""A learner whose traces are everywhere, and a search for them in every column of every file and table."""

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from django.db import connections

from tests.pipeline.logs import COURSE, event

USERNAME, USER_ID, ADDRESS = "adalove", 70412, "203.0.113.77"
NAME, EMAIL = "Ada King-Lovelace", "ada.love@example.com"
STAFF = {"username": "staff", "context": {"user_id": 9, "course_id": COURSE}}
# The id as a number of something else, which is not the learner's.
INNOCENT = '"attempts":70412'
TRACES = re.compile(rf"{USERNAME}|ada\.love|king-lovelace|(?<!\d){USER_ID}(?!\d)|{re.escape(ADDRESS)}", re.IGNORECASE)
PROBLEM = "block-v1:edX+DemoX+T1+type@problem+block@p"


def by(username, user_id, number, event_type, payload, *, ip="198.51.100.9", source="server", **changes):
    time = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(hours=number)
    return event(
        username=username,
        event_type=event_type,
        name=event_type,
        event_source=source,
        time=time.isoformat("T", "microseconds"),
        ip=ip,
        context={"user_id": user_id, "course_id": COURSE},
        event=payload,
        **changes,
    )


def by_ada(number, event_type, payload, **changes):
    return by(USERNAME, USER_ID, number, event_type, payload, ip=ADDRESS) | changes


def answer(text):
    submission = {"answer": text, "question": "Who?", "response_type": "stringresponse", "correct": True, "variant": ""}
    answers = {"answers": {"p_2_1": text}, "submission": {"p_2_1": submission}}
    return {"problem_id": PROBLEM, "success": "correct", "grade": 1, "max_grade": 1, "attempts": 70412, **answers}


def enrolled(number, user_id):
    payload = {"course_id": COURSE, "user_id": user_id, "mode": "audit"}
    return by("staff", 9, number, "edx.course.enrollment.activated", payload)


def events():
    """Return events of Ada, of Bob and of staff, who name Ada in every way that logs do."""
    path = f"/courses/{COURSE}/student_progress/{USER_ID}"
    nested = json.dumps({"user_id": USER_ID, "user": USERNAME})
    emails = f"identifiers={EMAIL.replace('@', '%40')}&action=enroll&user_id={USER_ID}"
    return [
        *(enrolled(number, user_id) for number, user_id in enumerate((USER_ID, 8, 10))),
        by_ada(
            3,
            f"/u/{USERNAME}",
            '{"POST": {}, "GET": {}}',
            context={"user_id": USER_ID, "path": f"/u/{USERNAME}", "ip": ADDRESS},
        ),
        by_ada(4, "problem_check", answer("adalove was here"), username=f"{USERNAME}\n"),
        by_ada(5, "problem_check", answer(NAME), ip=f"{ADDRESS}, 10.0.0.1"),
        by_ada(6, "play_video", json.dumps({"id": "v", "currentTime": 1}), event_source="browser"),
        by_ada(7, "pause_video", json.dumps({"id": "v", "currentTime": 9}), event_source="browser"),
        by_ada(8, "edx.forum.thread.created", {"commentable_id": "t", "body": f"I am {NAME}.\nWrite to {EMAIL}!"}),
        by_ada(9, "edx.user.settings.changed", {"user_id": USER_ID, "setting": "email", "old": "a@b", "new": EMAIL}),
        by("bob", 8, 10, "problem_check", answer(f"{NAME.upper()}!")),
        by("bob", 8, 11, "play_video", json.dumps({"id": "v", "currentTime": 1}), source="browser"),
        by("bob", 8, 12, "edx.forum.response.created", {"commentable_id": "t", "body": f"@{USERNAME} thank you"}),
        by("staff", 9, 13, path, json.dumps({"POST": {"student": [USERNAME]}, "GET": {"info": [nested]}})),
        by(
            "staff",
            9,
            14,
            "list",
            emails,
            source="browser",
            page=f"https://lms{path}?email={EMAIL.replace('@', '%40')}",
        ),
        by(
            "staff",
            9,
            15,
            "edx.cohort.user_added",
            {"user_id": str(USER_ID), "users": [8, USER_ID], USERNAME: {"x": 1}},
        ),
        by("eve", 10, 16, "problem_check", answer("x")),
    ]


def lines(*more):
    """Return the events as lines, with two that are rejected."""
    whole = [json.dumps(one).encode() for one in (*events(), *more)]
    cut = json.dumps(by_ada(17, "/x", "{}")).encode()[:-30]
    return b"\n".join([*whole, cut, b'{"time": "x", "event_type": "%s"}' % USERNAME.encode(), b"no event"]) + b"\n"


def lms_database(path):
    """Write a database as the LMS has it."""
    database = sqlite3.connect(path)
    database.executescript(
        f"""
        CREATE TABLE auth_user (id INTEGER PRIMARY KEY, username TEXT, email TEXT);
        INSERT INTO auth_user VALUES ({USER_ID}, '{USERNAME}', '{EMAIL}'), (8, 'bob', 'bob@example.com'), (10, 'eve', '');
        CREATE TABLE auth_userprofile (id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT, gender TEXT, goals TEXT,
            year_of_birth INTEGER);
        INSERT INTO auth_userprofile VALUES (1, {USER_ID}, '{NAME}', 'f', 'I, {USERNAME}, learn', 1815),
            (2, 8, 'Bob', 'm', 'To learn with {NAME}', 1990);
        CREATE TABLE courseware_studentmodule (id INTEGER PRIMARY KEY, student_id INTEGER, course_id TEXT, module_id TEXT,
            module_type TEXT, grade REAL, max_grade REAL);
        INSERT INTO courseware_studentmodule VALUES (1, {USER_ID}, '{COURSE}', '{PROBLEM}', 'problem', 1, 1),
            (2, 8, '{COURSE}', '{PROBLEM}', 'problem', 1, 1);
        """
    )
    database.close()


def traces(*folders):
    """Return all places that name the learner: in every column of every file and table."""
    found = [(place, text) for folder in folders for place, text in texts_of_files(folder)]
    found += [(alias, text) for alias in connections for text in texts_of_tables(connections[alias])]
    return [(place, text) for place, text in found if TRACES.search(text.replace(INNOCENT, ""))]


def texts_of_files(folder):
    for path in filter(Path.is_file, sorted(Path(folder).rglob("*"))):
        if path.suffix == ".parquet":
            for row in duckdb.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)").fetchall():
                yield from ((str(path), str(value)) for value in row)
        elif path.suffix == ".sqlite3":
            with sqlite3.connect(path) as database:
                for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    for row in database.execute(f"SELECT * FROM {table}"):
                        yield from ((str(path), str(value)) for value in row)
        else:
            yield str(path), path.read_bytes().decode(errors="replace")


def texts_of_tables(connection):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from map(str, row)
