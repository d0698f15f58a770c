"""How fast each endpoint answers, beside the floor under it and beside itself with many more rows of other courses.

The floor of an endpoint is its own SQL by the bare driver's cursor, plain dicts of the rows, and the same encoder, in one
process without HTTP. An answer cannot be had for less than the floor and an authenticated request that does nothing; what
counts is the ratio of what ours takes to that sum. Two databases of one server, one with TIMES_OTHERS times as many rows of
other courses in every table, are asked in turns. How much memory a large answer takes is asked of a process that has not
answered it before. At the end the published Python client makes its calls.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from urllib.parse import quote

import orjson
from tqdm import tqdm

from bench import published_client
from bench.databases import manage, own_database
from bench.ids import COURSE_ID, learner, problem_id, video_id
from bench.server import KEY, Server, running

TIMES_OTHERS = 20
LARGE, SMALL = 100_000, 10_000
LARGE_MOST, SMALL_MOST, OTHERS_MOST = 1.4, 1.5, 1.25
# Times the size of an answer in JSON, and megabytes of one in CSV. In JSON of less than a megabyte it is not the answer
# that counts but what the database's driver keeps, so that it is shown and not judged.
JSON_MEMORY_MOST, CSV_MEMORY_MOST = 4, 32
JUDGED = 1_000_000
# What a process has answered before its memory is measured.
WARM = ("enrollment, latest", "activity, three years", "videos")
ALL_DAYS = "?start_date=2023-01-01"


@dataclass(frozen=True)
class Endpoint:
    """A request; ``spans`` is whether its rows are of all courses."""

    name: str
    path: str
    spans: bool = False


@dataclass
class Figures:
    """What was measured of an endpoint; times are medians in milliseconds, memory is that of large answers alone."""

    name: str
    bytes: int
    queries: int
    milliseconds: float
    floor: float
    ratio: float
    most: float | None
    with_others: float | None
    others_ratio: float | None
    json_memory_mb: float | None
    json_memory_ratio: float | None
    csv_memory_mb: float | None

    @property
    def holds(self) -> bool:
        return (
            (self.most is None or self.ratio <= self.most)
            and (self.others_ratio is None or self.others_ratio <= OTHERS_MOST)
            and (self.bytes < JUDGED or self.json_memory_ratio is None or self.json_memory_ratio <= JSON_MEMORY_MOST)
            and (self.csv_memory_mb is None or self.csv_memory_mb <= CSV_MEMORY_MOST)
        )


def endpoints() -> list[Endpoint]:
    course = f"/api/v0/courses/{quote(COURSE_ID)}"
    series = ("enrollment", "enrollment/mode", "enrollment/gender", "enrollment/education", "enrollment/birth_year")
    found = []
    for name in (*series, "enrollment/location", "activity"):
        found.append(Endpoint(f"{name}, latest", f"{course}/{name}/"))
        found.append(Endpoint(f"{name}, three years", f"{course}/{name}/{ALL_DAYS}"))
    for name in ("recent_activity", "videos", "problems", "problems_and_tags", "user_engagement"):
        found.append(Endpoint(name, f"{course}/{name}/"))
    roster = f"?course_id={quote(COURSE_ID)}"
    found += [
        Endpoint("learners, first page", f"/api/v0/learners/{roster}"),
        Endpoint("learners, a learner", f"/api/v0/learners/{learner(2500)}/{roster}"),
        Endpoint("engagement_timelines", f"/api/v0/engagement_timelines/{learner(2500)}/{roster}"),
        Endpoint("course_learner_metadata", f"/api/v0/course_learner_metadata/{quote(COURSE_ID)}/"),
    ]
    problem = f"/api/v0/problems/{quote(problem_id(300))}"
    found += [
        Endpoint("answer_distribution", f"{problem}/answer_distribution/"),
        Endpoint("grade_distribution", f"{problem}/grade_distribution/"),
        Endpoint("sequential_open_distribution", f"{problem}/sequential_open_distribution/"),
        Endpoint("video timeline", f"/api/v0/videos/{quote(video_id(200))}/timeline/"),
        Endpoint("course_summaries, all", "/api/v0/course_summaries/", spans=True),
        Endpoint(
            "course_summaries, everything",
            "/api/v0/course_summaries/?programs=true&recent_date=2025-01-01",
            spans=True,
        ),
        Endpoint("course_totals", "/api/v0/course_totals/", spans=True),
        Endpoint("programs", "/api/v0/programs/", spans=True),
    ]
    return found


def own_sql(path: str) -> tuple[list[str], list[str]]:
    """The statements that an endpoint runs on the analytics database, and those on the other one (the key's)."""
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Authorization": f"Token {KEY}", "Host": "127.0.0.1"})
    client.get(path)
    with (
        CaptureQueriesContext(connections["analytics"]) as analytics,
        CaptureQueriesContext(connections["default"]) as key,
    ):
        status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return [query["sql"] for query in analytics], [query["sql"] for query in key]


def floor(statements: list[str]) -> Callable[[], float]:
    """A function that runs the statements by the bare driver and writes their rows as JSON, and gives its seconds."""
    from django.db import connections

    connections["analytics"].ensure_connection()
    driver = connections["analytics"].connection

    def run() -> float:
        start = time.perf_counter()
        for statement in statements:
            cursor = driver.cursor()
            cursor.execute(statement)
            names = [column[0] for column in cursor.description]
            orjson.dumps([dict(zip(names, row, strict=True)) for row in cursor.fetchall()], default=str)
            cursor.close()
        return time.perf_counter() - start

    return run


def measure(endpoint: Endpoint, alone: Server, crowded: Server, rounds: int, environment: dict[str, str]) -> Figures:
    statements, key_statements = own_sql(endpoint.path)
    run_floor = floor(statements)
    for _warm in range(2):
        alone.time(endpoint.path), crowded.time(endpoint.path), run_floor(), alone.time("/authenticated/")
    size = len(alone.get(endpoint.path)[1])
    ours: list[float] = []
    floors: list[float] = []
    nothing: list[float] = []
    others: list[float] = []
    for _round in range(rounds * (1 if size > LARGE else 4)):
        ours.append(alone.time(endpoint.path))
        floors.append(run_floor())
        nothing.append(alone.time("/authenticated/"))
        if not endpoint.spans:
            others.append(crowded.time(endpoint.path))
    taken = statistics.median(ours)
    least = statistics.median(floors) + statistics.median(nothing)
    json_memory, csv_memory = memory(endpoint, environment) if size > LARGE else (None, None)
    return Figures(
        name=endpoint.name,
        bytes=size,
        queries=len(statements) + len(key_statements),
        milliseconds=taken * 1000,
        floor=least * 1000,
        ratio=taken / least,
        most=LARGE_MOST if size > LARGE else SMALL_MOST if size < SMALL else None,
        with_others=statistics.median(others) * 1000 if others else None,
        others_ratio=statistics.median(others) / taken if others else None,
        json_memory_mb=json_memory and json_memory / 2**20,
        json_memory_ratio=json_memory and json_memory / size,
        csv_memory_mb=csv_memory and csv_memory / 2**20,
    )


def memory(endpoint: Endpoint, environment: dict[str, str]) -> tuple[int, int]:
    """By how many bytes a process grows that gives the answer for the first time, as JSON and as CSV."""
    grown = []
    for media_type in ("json", "csv"):
        with running(environment) as fresh:
            for path in ("/authenticated/", *(warm.path for warm in endpoints() if warm.name in WARM)):
                fresh.get(path)
            mark = "&" if "?" in endpoint.path else "?"
            grown.append(fresh.memory_peak_of(f"{endpoint.path}{mark}format={media_type}"))
    return grown[0], grown[1]


def prepare(environment: dict[str, str], *, times_others: int) -> None:
    # What the commands say is no part of what the benchmark prints; their progress is on standard error.
    for command in (
        ("migrate", "--database", "default"),
        ("migrate", "--database", "analytics"),
        ("set_api_key", KEY, KEY),
        (
            "shell",
            "--no-imports",
            "-c",
            f"from bench.tables import fill; fill('analytics', 1, times_others={times_others})",
        ),
    ):
        manage(environment, *command, stdout=subprocess.DEVNULL)


def table(figures: list[Figures]) -> str:
    lines = [
        f"{'milliseconds':30} {'bytes':>11} {'queries':>7} {'ours':>9} {'floor':>9} {'ratio':>6} {'most':>5} {'others':>9}"
        f" {'ratio':>6} {'JSON MB':>8} {'ratio':>6} {'CSV MB':>7}"
    ]
    for row in figures:
        optional = (
            (row.most, "5.2f"),
            (row.with_others, "9.2f"),
            (row.others_ratio, "6.2f"),
            (row.json_memory_mb, "8.1f"),
            (row.json_memory_ratio, "6.2f"),
            (row.csv_memory_mb, "7.1f"),
        )
        shown = "".join(
            f" {value:{form}}" if value is not None else " " * (int(form[0]) + 1) for value, form in optional
        )
        line = (
            f"{row.name:30} {row.bytes:11,} {row.queries:7} {row.milliseconds:9.2f} {row.floor:9.2f} {row.ratio:6.2f}"
        )
        lines.append(f"{line}{shown}".rstrip() + ("" if row.holds else "  over"))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=15, help="of large answers; small ones are asked four times as often"
    )
    parser.add_argument("--times-others", type=int, default=TIMES_OTHERS)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with ExitStack() as stack:
        alone = stack.enter_context(own_database("alone"))
        crowded = stack.enter_context(own_database("crowded"))
        prepare(alone, times_others=0)
        prepare(crowded, times_others=options.times_others)
        os.environ.update(alone)
        import django

        django.setup()
        servers = [stack.enter_context(running(environment)) for environment in (alone, crowded)]
        figures = [
            measure(endpoint, *servers, options.rounds, alone) for endpoint in tqdm(endpoints(), unit="endpoint")
        ]
        calls = published_client.measure(servers[0], options.rounds)
    if options.json:
        found = {
            "endpoints": [{**asdict(row), "holds": row.holds} for row in figures],
            "published_client": [{**asdict(call), "holds": call.holds} for call in calls],
        }
        print(json.dumps(found, indent=2))
    else:
        print(f"{table(figures)}\n\n{published_client.table(calls)}")
    sys.exit(0 if all(row.holds for row in (*figures, *calls)) else 1)


if __name__ == "__main__":
    main()
