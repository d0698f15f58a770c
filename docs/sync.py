"""Keeps a SQLite copy of data sets in step: python sync.py http://127.0.0.1:8000 KEY copy.db enrollment videos"""

import json
import sqlite3
import sys
from urllib.parse import quote
from urllib.request import Request, urlopen


def fetch(url):
    return urlopen(Request(url, headers={"Authorization": f"Token {key}"}))


def pull(name, columns, query, cursor=""):
    """Puts all rows of a query into the copy, page by page, and gives the cursor to resume from."""
    url = f"{server}/api/v0/data_sets/{name}/rows/?format=ndjson&cursor={cursor}&{query}"
    marks = ", ".join("?" for _ in columns)
    while url:
        with fetch(url) as answer:
            rows = [tuple(str(v) if isinstance(v, list) else v for v in json.loads(line).values()) for line in answer]
            copy.executemany(f'INSERT OR REPLACE INTO "{name}" VALUES ({marks})', rows)
            url = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    return answer.headers["Resume-Cursor"]


server, key, path, *names = sys.argv[1:]
copy = sqlite3.connect(path)
copy.execute("CREATE TABLE IF NOT EXISTS cursors (name PRIMARY KEY, cursor)")
for name in names:
    about = json.load(fetch(f"{server}/api/v0/data_sets/{name}/"))
    columns = [column["name"] for column in about["columns"]]
    copy.execute(f'CREATE TABLE IF NOT EXISTS "{name}" ({", ".join(columns)}, PRIMARY KEY (id))')
    cursor = copy.execute("SELECT cursor FROM cursors WHERE name = ?", [name]).fetchone()
    copy.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [name, pull(name, columns, "", *(cursor or ()))])
    if "course_id" in columns:  # which courses were rewritten or removed?
        partitions = json.load(fetch(f"{server}/api/v0/data_sets/{name}/partitions/?format=json"))
        theirs = {tuple(partition.values()) for partition in partitions}
        ours = set(
            copy.execute(f'SELECT course_id, COUNT(*), MIN(created), MAX(created) FROM "{name}" GROUP BY course_id')
        )
        for course in {partition[0] for partition in theirs ^ ours}:
            copy.execute(f'DELETE FROM "{name}" WHERE course_id = ?', [course])
            pull(name, columns, f"course_id={quote(course)}")
    elif copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] != about["rows"]:
        copy.execute(f'DELETE FROM "{name}"')
        pull(name, columns, "")
    copy.commit()
