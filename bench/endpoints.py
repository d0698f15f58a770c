"""Time each endpoint next to its floor, and next to itself with many more rows of other courses.

The floor of an endpoint is its own SQL by the bare driver's cursor, plain dicts of the rows, and the same encoder, in one
process without HTTP. No response can take less than the floor and an authenticated request that does nothing, so the ratio
of an endpoint's time to that sum is what counts. Two databases of one server take turns; the other one has TIMES_OTHERS
times as many rows of other courses in every table. The memory of a large response is measured in a process that has not
sent it before. At the end the published Python client makes its calls.
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
from dataclasses import asdict, astuple, dataclass
from typing import Any
from urllib.parse import quote

import django
import orjson
from tqdm import tqdm

from bench import published_client, queries_of
from bench.tables import COURSE_ID, problem_id, username, video_id
from tests.support.measured_server import MeasuredServer, measured_server
from tests.support.own_database import own_database
from tests.support.running import ROOT, install

TIMES_OTHERS = 20
# Bytes of large and small responses, and the maximum ratios.
LARGE, SMALL = 100_000, 10_000
LARGE_MAXIMUM, SMALL_MAXIMUM, OTHERS_MAXIMUM = 1.4, 1.5, 1.25
# Multiples of the size of a JSON response, and megabytes of a CSV response. The database's driver, and not the response,
# decides the memory of JSON below a megabyte, so it is shown and not judged.
JSON_MEMORY_MAXIMUM, CSV_MEMORY_MAXIMUM = 4, 32
JUDGED = 1_000_000
# A process sends these before its memory is measured.
WARM = ("enrollment, latest", "activity, three years", "videos")
# The title and the form of each of the figures but the name.
TITLES = ("bytes", "queries", "ours", "floor", "ratio", "most", "others", "ratio", "JSON MB", "ratio", "CSV MB")
FORMATS = ("11,d", "7d", "9.2f", "9.2f", "6.2f", "5.2f", "9.2f", "6.2f", "8.1f", "6.2f", "7.1f")


@dataclass
class Figures:
    """The figures of an endpoint in the order of the table. Times are medians in milliseconds."""

    name: str
    bytes: int
    queries: int
    milliseconds: float
    floor: float
    ratio: float
    most: float | None
    with_others: float | None = None
    others_ratio: float | None = None
    json_memory_mb: float | None = None
    json_memory_ratio: float | None = None
    csv_memory_mb: float | None = None

    @property
    def holds(self) -> bool:
        json_ratio = self.json_memory_ratio if self.bytes >= JUDGED else None
        figures = (self.ratio, self.others_ratio, json_ratio, self.csv_memory_mb)
        limits = zip(figures, (self.most, OTHERS_MAXIMUM, JSON_MEMORY_MAXIMUM, CSV_MEMORY_MAXIMUM), strict=True)
        return all(figure is None or maximum is None or figure <= maximum for figure, maximum in limits)


def endpoints() -> dict[str, str]:
    """Return the path of each request by its name."""
    course = f"/api/v0/courses/{quote(COURSE_ID)}"
    found = {}
    series = ("", "/mode", "/gender", "/education", "/birth_year", "/location")
    for name in (*(f"enrollment{kind}" for kind in series), "activity"):
        found[f"{name}, latest"] = f"{course}/{name}/"
        found[f"{name}, three years"] = f"{course}/{name}/?start_date=2023-01-01"
    for name in ("recent_activity", "videos", "problems", "problems_and_tags", "user_engagement"):
        found[name] = f"{course}/{name}/"
    roster = f"?course_id={quote(COURSE_ID)}"
    found |= {
        "learners, first page": f"/api/v0/learners/{roster}",
        "learners, a learner": f"/api/v0/learners/{username(2500)}/{roster}",
        "engagement_timelines": f"/api/v0/engagement_timelines/{username(2500)}/{roster}",
        "course_learner_metadata": f"/api/v0/course_learner_metadata/{quote(COURSE_ID)}/",
    }
    for name in ("answer_distribution", "grade_distribution", "sequential_open_distribution"):
        found[name] = f"/api/v0/problems/{quote(problem_id(300))}/{name}/"
    return found | {
        "video timeline": f"/api/v0/videos/{quote(video_id(200))}/timeline/",
        "course_summaries, all": "/api/v0/course_summaries/",
        "course_summaries, everything": "/api/v0/course_summaries/?programs=true&recent_date=2025-01-01",
        "course_totals": "/api/v0/course_totals/",
        "programs": "/api/v0/programs/",
    }


def floor(statements: list[str]) -> Callable[[], float]:
    """Return a function that runs the statements by the bare driver, writes JSON and returns the seconds it took."""
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


def measure_endpoint(
    name: str, path: str, alone: MeasuredServer, crowded: MeasuredServer, rounds: int, environment: dict[str, str]
) -> Figures:
    analytics, users = queries_of(path)
    size = len(alone.get(path)[1])
    calls = [lambda: alone.time(path), floor(analytics), lambda: alone.time("/authenticated/")]
    # A path without the id of the course gets rows of all courses.
    if "bench" in path:
        calls.append(lambda: crowded.time(path))
    for _warm in range(2):
        for call in calls:
            call()
    times = [[call() for call in calls] for _round in range(rounds * (1 if size > LARGE else 4))]
    ours, bare, nothing, *others = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    most = LARGE_MAXIMUM if size > LARGE else SMALL_MAXIMUM if size < SMALL else None
    found = Figures(name, size, len(analytics) + len(users), ours, bare + nothing, ours / (bare + nothing), most)
    if others:
        found.with_others, found.others_ratio = others[0], others[0] / ours
    if size > LARGE:
        json_memory, csv_memory = memory(path, environment)
        found.json_memory_mb, found.json_memory_ratio = json_memory / 2**20, json_memory / size
        found.csv_memory_mb = csv_memory / 2**20
    return found


def memory(path: str, environment: dict[str, str]) -> list[int]:
    """Return the bytes by which a process grows while it sends the response for the first time, as JSON and as CSV."""
    grown = []
    for media_type in ("json", "csv"):
        with measured_server(environment) as fresh:
            for warm in ("/authenticated/", *(endpoints()[name] for name in WARM)):
                fresh.get(warm)
            own_path = f"{path}{'&' if '?' in path else '?'}format={media_type}"
            grown.append(fresh.memory_growth(lambda server=fresh, path=own_path: server.get(path))[1])
    return grown


def figures_table(figures: list[Figures]) -> str:
    widths = [len(format(0, form)) for form in FORMATS]
    lines = [" ".join([f"{'milliseconds':30}", *map(str.rjust, TITLES, widths)])]
    for row in figures:
        name, *values = astuple(row)
        cells = ["" if value is None else format(value, form) for value, form in zip(values, FORMATS, strict=True)]
        shown = " ".join(map(str.rjust, cells, widths))
        lines.append(f"{name:30} {shown}".rstrip() + ("" if row.holds else "  over"))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=15, help="number of large responses; small ones are requested four times as often"
    )
    parser.add_argument("--times-others", type=int, default=TIMES_OTHERS)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with ExitStack() as stack:
        environments = [stack.enter_context(own_database(name)) for name in ("alone", "crowded")]
        for environment, times_others in zip(environments, (0, options.times_others), strict=True):
            install(environment)
            # The command's progress goes to standard error.
            command = [sys.executable, "-m", "bench.tables", "--times-others", str(times_others)]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        os.environ.update(environments[0])
        django.setup()
        alone, crowded = (stack.enter_context(measured_server(environment)) for environment in environments)
        figures = [
            measure_endpoint(name, path, alone, crowded, options.rounds, environments[0])
            for name, path in tqdm(endpoints().items(), unit="endpoint")
        ]
        calls = published_client.measure_calls(alone, options.rounds)
    if options.json:
        found: dict[str, list[Any]] = {"endpoints": figures, "published_client": calls}
        shown = {kind: [{**asdict(row), "holds": row.holds} for row in rows] for kind, rows in found.items()}
        print(json.dumps(shown, indent=2))
    else:
        print(f"{figures_table(figures)}\n\n{published_client.calls_table(calls)}")
    sys.exit(0 if all(row.holds for row in figures) and all(call.holds for call in calls) else 1)


if __name__ == "__main__":
    main()
