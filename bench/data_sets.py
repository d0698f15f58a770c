"""How a data set of many rows streams, beside a bare cursor that writes the same rows.

What counts are the ratios. The database is one of the benchmark's own, on the server that the environment names.
"""

import argparse
import csv
import http.client
import io
import os
import statistics
import subprocess
import sys
import threading
import time

import orjson
from tqdm import tqdm

from bench.databases import manage, own_database
from bench.server import KEY, Server, running

COURSES = 500
AT_MOST, MOST_MEMORY, MOST_WAIT = 2.0, 64 * 2**20, 1.0
CSV, NDJSON = "csv", "ndjson"
INSERT_SIZE = 10_000


def fill(rows: int) -> None:
    """Days of enrollment by mode; a tenth of the rows shares one time, as if they came from one load."""
    from django.db import connections, transaction

    connection = connections["analytics"]
    statement = (
        "INSERT INTO course_enrollment_mode_daily (course_id, date, mode, count, cumulative_count, created)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
    )
    for start in tqdm(range(0, rows, INSERT_SIZE), desc="insert", unit="batch"):
        values = [
            (
                f"course-v1:bench+Course{number % COURSES}+run",
                f"20{number // COURSES % 20 + 10}-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "verified" if number % 3 else "audit",
                number % 10_000,
                number % 20_000,
                f"2024-01-{min(start * 10 // rows * 3 + 1, 28):02} 03:04:05.000000",
            )
            for number in range(start, min(rows, start + INSERT_SIZE))
        ]
        with transaction.atomic(using="analytics"), connection.cursor() as cursor:
            cursor.executemany(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "ANALYZE TABLE course_enrollment_mode_daily")


def bare_rows():
    """The rows of one cursor of the driver, in the order of the table, with the times as texts."""
    from django.db import connections
    from django.db.models import F

    from analytics_data_api.sql.functions import DateText, DateTimeText
    from analytics_data_api.v0.models import CourseEnrollmentModeDaily

    columns = ("id", "course_id", "date", "mode", "count", "cumulative_count", "created")
    texts = {"date": DateText("date"), "created": DateTimeText("created")}
    query = (
        CourseEnrollmentModeDaily.objects.using("analytics").values_list(*(texts.get(c, F(c)) for c in columns)).query
    )
    sql, parameters = query.get_compiler("analytics").as_sql()
    with connections["analytics"].cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(2000):
            yield from rows


def bare_csv() -> int:
    from analytics_data_api.web.renderers import cell

    size = 0
    text = io.StringIO()
    write = csv.writer(text).writerow
    for number, row in enumerate(bare_rows()):
        write(list(map(cell, row)))
        if number % 2000 == 0:
            size += len(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    return size + len(text.getvalue().encode())


def bare_ndjson() -> int:
    names = ("id", "course_id", "date", "mode", "count", "cumulative_count", "created")
    dumps, newline = orjson.dumps, orjson.OPT_APPEND_NEWLINE
    return sum(len(dumps(dict(zip(names, row, strict=True)), option=newline)) for row in bare_rows())


def stream(server: Server, kind: str) -> tuple[float, float, int]:
    """Seconds to the first bytes of the body and to the last ones, and how many they were."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    start = time.perf_counter()
    path = f"/api/v0/data_sets/enrollment_by_mode/rows/?limit=all&format={kind}"
    connection.request("GET", path, headers={"Authorization": f"Token {KEY}"})
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - start
    while chunk := answer.read(2**18):
        size += len(chunk)
    took = time.perf_counter() - start
    connection.close()
    if answer.status != 200 or size < 2:
        raise RuntimeError(f"{path}: {answer.status}")
    return first, took, size


def watched(server: Server, kind: str) -> tuple[float, float, int, int]:
    """A stream, and by how much the server's memory grew while it ran."""
    before = server.memory()
    most = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            most.append(server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        first, took, size = stream(server, kind)
    finally:
        done.set()
        watcher.join()
    return first, took, size, max(most) - before


def measure(environment: dict[str, str], rows: int, rounds: int) -> bool:
    manage(environment, "migrate", "--database", "default", "--verbosity", "0")
    manage(environment, "migrate", "--database", "analytics", "--verbosity", "0")
    manage(environment, "set_api_key", KEY, KEY, stdout=subprocess.DEVNULL)
    fill(rows)
    floors = {CSV: bare_csv, NDJSON: bare_ndjson}
    holds = True
    with running(environment) as server:
        server.get("/api/v0/data_sets/enrollment_by_mode/rows/?limit=1")
        for kind, floor in floors.items():
            bare, ours = [], []
            for _round in range(rounds):
                start = time.perf_counter()
                floor()
                bare.append(time.perf_counter() - start)
                ours.append(watched(server, kind))
            took = statistics.median(each[1] for each in ours)
            ratio = statistics.median(each[1] / floor for each, floor in zip(ours, bare, strict=True))
            first, memory = max(each[0] for each in ours), max(each[3] for each in ours)
            print(
                f"{kind}: {rows:,} rows, {ours[0][2] / 2**20:.0f} MB in {took:.2f} s, bare cursor "
                f"{statistics.median(bare):.2f} s, ratio {ratio:.2f} (at most {AT_MOST}); first byte after "
                f"{first * 1000:.0f} ms (at most {MOST_WAIT * 1000:.0f}); memory {memory / 2**20:+.1f} MB (at most 64)"
            )
            holds = holds and ratio <= AT_MOST and first <= MOST_WAIT and memory <= MOST_MEMORY
    return holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with own_database("bench_data_sets") as environment:
        os.environ.update(environment)
        import django

        django.setup()
        sys.exit(0 if measure(environment, options.rows, options.rounds) else 1)


if __name__ == "__main__":
    main()
