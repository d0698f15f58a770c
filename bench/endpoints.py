"""How fast each endpoint answers, beside the floor under it and beside itself with many more rows of other courses.

The floor of an endpoint is its own SQL by the bare driver's cursor, plain dicts of the rows, and the same encoder, in one
process without HTTP. An answer cannot be had for less than the floor and an authenticated request that does nothing; what
counts is the ratio of what ours takes to that sum. Two databases of one server, one with TIMES_OTHERS times as many rows of
other courses in every table, are asked in turns.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from urllib.parse import quote

import orjson
from tqdm import tqdm

from bench.databases import manage, own_database
from bench.ids import COURSE_ID, problem_id, video_id
from bench.server import KEY, Server, running

TIMES_OTHERS = 20
LARGE, SMALL = 100_000, 10_000
LARGE_MOST, SMALL_MOST, OTHERS_MOST = 1.4, 1.5, 1.25
ALL_DAYS = "?start_date=2023-01-01"


@dataclass(frozen=True)
class Endpoint:
    """A request; ``spans`` is whether its rows are of all courses."""

    name: str
    path: str
    spans: bool = False


@dataclass
class Figures:
    """What was measured of an endpoint; times are medians in milliseconds."""

    name: str
    bytes: int
    queries: int
    milliseconds: float
    floor: float
    ratio: float
    with_others: float | None
    others_ratio: float | None
    memory_mb: float
    most: float | None
    holds: bool


def endpoints() -> list[Endpoint]:
    course = f"/api/v0/courses/{quote(COURSE_ID)}"
    series = ("enrollment", "enrollment/mode", "enrollment/gender", "enrollment/education", "enrollment/birth_year")
    found = []
    for name in (*series, "enrollment/location", "activity"):
        found.append(Endpoint(f"{name}, latest", f"{course}/{name}/"))
        found.append(Endpoint(f"{name}, three years", f"{course}/{name}/{ALL_DAYS}"))
    for name in ("recent_activity", "videos", "problems", "problems_and_tags", "user_engagement"):
        found.append(Endpoint(name, f"{course}/{name}/"))
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


def measure(alone: Server, crowded: Server, rounds: int) -> list[Figures]:
    figures = []
    for endpoint in tqdm(endpoints(), unit="endpoint"):
        statements, key_statements = own_sql(endpoint.path)
        run_floor = floor(statements)
        size = len(alone.get(endpoint.path)[1])
        memory = alone.memory_peak_of(endpoint.path)
        for _warm in range(2):
            alone.time(endpoint.path), crowded.time(endpoint.path), run_floor(), alone.time("/authenticated/")
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
        others_ratio = statistics.median(others) / taken if others else None
        most = LARGE_MOST if size > LARGE else SMALL_MOST if size < SMALL else None
        ratio = taken / least
        figures.append(
            Figures(
                name=endpoint.name,
                bytes=size,
                queries=len(statements) + len(key_statements),
                milliseconds=taken * 1000,
                floor=least * 1000,
                ratio=ratio,
                with_others=statistics.median(others) * 1000 if others else None,
                others_ratio=others_ratio,
                memory_mb=memory / 2**20,
                most=most,
                holds=(most is None or ratio <= most) and (others_ratio is None or others_ratio <= OTHERS_MOST),
            )
        )
    return figures


def prepare(environment: dict[str, str], *, times_others: int) -> None:
    manage(environment, "migrate", "--database", "default", "--verbosity", "0")
    manage(environment, "migrate", "--database", "analytics", "--verbosity", "0")
    manage(environment, "set_api_key", KEY, KEY, "--verbosity", "0")
    manage(
        environment,
        "shell",
        "--no-imports",
        "--command",
        f"from bench.tables import fill; fill('analytics', 1, times_others={times_others})",
    )


def table(figures: list[Figures]) -> str:
    lines = [
        f"{'':30} {'bytes':>11} {'queries':>7} {'ms':>9} {'floor':>9} {'ratio':>6} {'most':>5} {'others':>9} {'ratio':>6}"
        f" {'MB':>6}"
    ]
    for row in figures:
        with_others = f"{row.with_others:9.2f} {row.others_ratio:6.2f}" if row.with_others is not None else " " * 16
        most = f"{row.most:5.2f}" if row.most else " " * 5
        lines.append(
            f"{row.name:30} {row.bytes:11,} {row.queries:7} {row.milliseconds:9.2f} {row.floor:9.2f} {row.ratio:6.2f}"
            f" {most} {with_others} {row.memory_mb:6.1f}{'' if row.holds else '  over'}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
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
        figures = measure(stack.enter_context(running(alone)), stack.enter_context(running(crowded)), options.rounds)
    print(json.dumps([asdict(row) for row in figures], indent=2) if options.json else table(figures))
    sys.exit(0 if all(row.holds for row in figures) else 1)


if __name__ == "__main__":
    main()
