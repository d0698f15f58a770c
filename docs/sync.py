"""Keep a SQLite copy of data sets up to date: python sync.py http://127.0.0.1:8000 KEY copy.db enrollment videos"""

import json
import sqlite3
import sys
from urllib import parse, request

site, key, path, *names = sys.argv[1:]
copy = sqlite3.connect(path)
copy.execute("CREATE TABLE IF NOT EXISTS cursors (name PRIMARY KEY, cursor)")


def fetch(part):
    return request.urlopen(request.Request(f"{site}/api/v0/data_sets/{part}", None, {"Authorization": f"Token {key}"}))


def pull(name, size, query):  # returns the cursor to resume from; raises if the stream breaks
    with fetch(f"{name}/rows/?format=ndjson&limit=all&{query}") as lines:
        rows = ([", ".join(v) if isinstance(v, list) else v for v in json.loads(line).values()] for line in lines)
        copy.executemany(f'INSERT OR REPLACE INTO "{name}" VALUES ({", ".join("?" * size)})', rows)
        return lines.headers["Resume-Cursor"]


for name in names:
    columns = [column["name"] for column in json.load(fetch(f"{name}/"))["columns"]]
    copy.execute(f'CREATE TABLE IF NOT EXISTS "{name}" ({", ".join(columns)}, PRIMARY KEY (id))')
    are_records = "record_deleted" in columns  # a record keeps its id, and a deleted one is marked
    if (
        "course_id" not in columns and not are_records
    ):  # nothing tells which timelines were deleted, so pull all of them
        copy.execute(f'DELETE FROM "{name}"')
    known = f"SELECT ifnull(max(cursor), '') FROM cursors WHERE name = ? AND EXISTS (SELECT * FROM \"{name}\")"
    cursor = pull(name, len(columns), "cursor=" + copy.execute(known, [name]).fetchone()[0])
    copy.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [name, cursor])
    if are_records:
        copy.execute(f'DELETE FROM "{name}" WHERE record_deleted')
    elif "course_id" in columns:  # courses that were rewritten or removed
        theirs = {tuple(course.values()) for course in json.load(fetch(f"{name}/partitions/?format=json"))}
        ours = copy.execute(f'SELECT course_id, COUNT(*), MIN(created), MAX(created) FROM "{name}" GROUP BY 1')
        for course_id in {course[0] for course in theirs ^ set(ours)}:
            copy.execute(f'DELETE FROM "{name}" WHERE course_id = ?', [course_id])
            pull(name, len(columns), f"course_id={parse.quote(course_id)}")
    copy.commit()
