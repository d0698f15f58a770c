"""Time the stream of a data set of many rows next to a bare cursor that writes the same rows.

The ratios count. The database is the benchmark's own, on the server that the environment names.
"""

import csv
import http.client
import io
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from timeit import timeit

import django
import orjson
from tqdm import tqdm

from analytics_data_api.simulation.rows import Row, insert
from bench import counts_of_arguments
from tests.support.measured_server import MeasuredServer, measured_server
from tests.support.own_database import own_database
from tests.support.running import KEY, install

COURSES = 500
MAXIMUM_RATIO, MAXIMUM_MEMORY, MAXIMUM_WAIT = 2.0, 64 * 2**20, 1.0
COLUMNS = ("id", "course_id", "date", "mode", "count", "cumulative_count", "created")
LOADS = 10
ROWS = "/api/v0/data_sets/enrollment_by_mode/rows/"


def invented_rows(total: int) -> Iterator[Row]:
    """Yield days of enrollment by mode; a tenth of the rows shares one time, as if one load had written them."""
    for number in range(total):
        day = min(number * LOADS // total * 3 + 1, 28)
        yield {
            "course_id": f"course-v1:bench+Course{number % COURSES}+run",
            "date": date(number // COURSES % 20 + 2010, number % 12 + 1, number % 28 + 1),
            "mode": "verified" if number % 3 else "audit",
            "count": number % 10_000,
            "cumulative_count": number % 20_000,
            "created": datetime(2024, 1, day, 3, 4, 5, tzinfo=UTC),
        }


def fill_data_set(total: int) -> None:
    from django.db import connections

    from analytics_data_api.v0.models import CourseEnrollmentModeDaily

    insert(CourseEnrollmentModeDaily, tqdm(invented_rows(total), "insert", total, unit="row"), using="analytics")
    connection = connections["analytics"]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "ANALYZE TABLE course_enrollment_mode_daily")


def bare_rows() -> Iterator[tuple]:
    """Yield the rows of one cursor of the driver, in the order of the table, with the times as text."""
    from django.db import connections
    from django.db.models import F

    from analytics_data_api.sql.functions import DateText, DateTimeText
    from analytics_data_api.v0.models import CourseEnrollmentModeDaily

    texts = {"date": DateText("date"), "created": DateTimeText("created")}
    rows = CourseEnrollmentModeDaily.objects.using("analytics").values_list(*(texts.get(c, F(c)) for c in COLUMNS))
    with connections["analytics"].cursor() as cursor:
        cursor.execute(*rows.query.get_compiler("analytics").as_sql())
        while batch := cursor.fetchmany(2000):
            yield from batch


def bare_csv() -> None:
    from analytics_data_api.web.renderers import cell

    text = io.StringIO()
    write = csv.writer(text).writerow
    for number, row in enumerate(bare_rows()):
        write(list(map(cell, row)))
        if number % 2000 == 0:
            text.getvalue().encode()
            text.seek(0)
            text.truncate()


def bare_ndjson() -> None:
    for row in bare_rows():
        orjson.dumps(dict(zip(COLUMNS, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)


def timed_stream(server: MeasuredServer, kind: str) -> tuple[float, float, int]:
    """Return the seconds to the first and to the last bytes of the body, and their number."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    start = time.perf_counter()
    path = f"{ROWS}?limit=all&format={kind}"
    connection.request("GET", path, headers={"Authorization": f"Token {KEY}"})
    response = connection.getresponse()
    size = len(response.read(1))
    first = time.perf_counter() - start
    while chunk := response.read(2**18):
        size += len(chunk)
    took = time.perf_counter() - start
    connection.close()
    if response.status != 200 or size < 2:
        raise RuntimeError(f"{path}: {response.status}")
    return first, took, size


def measure_streams(environment: dict[str, str], rows: int, rounds: int) -> bool:
    holds = True
    with measured_server(environment) as server:
        server.get(f"{ROWS}?limit=1")
        for kind, floor in {"csv": bare_csv, "ndjson": bare_ndjson}.items():
            bare, ours = [], []
            for _round in range(rounds):
                bare.append(timeit(floor, number=1))
                figures, grown = server.memory_growth(lambda kind=kind: timed_stream(server, kind))
                ours.append((*figures, grown))
            firsts, took, sizes, memories = zip(*ours, strict=True)
            ratio = statistics.median(ours / floor for ours, floor in zip(took, bare, strict=True))
            print(
                f"{kind}: {rows:,} rows, {sizes[0] / 2**20:.0f} MB in {statistics.median(took):.2f} s, bare cursor "
                f"{statistics.median(bare):.2f} s, ratio {ratio:.2f} (at most {MAXIMUM_RATIO}); first byte after "
                f"{max(firsts) * 1000:.0f} ms (at most {MAXIMUM_WAIT * 1000:.0f}); memory "
                f"{max(memories) / 2**20:+.1f} MB (at most 64)"
            )
            holds &= ratio <= MAXIMUM_RATIO and max(firsts) <= MAXIMUM_WAIT and max(memories) <= MAXIMUM_MEMORY
    return holds


def main() -> None:
    options = counts_of_arguments(__doc__, rows=1_000_000, rounds=3)
    with own_database("bench_data_sets") as environment:
        os.environ.update(environment)
        django.setup()
        install(environment)
        fill_data_set(options.rows)
        sys.exit(0 if measure_streams(environment, options.rows, options.rounds) else 1)


if __name__ == "__main__":
    main()
