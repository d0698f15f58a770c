"""How a roster of many learners loads and answers, beside one of a thousand.

Everything is measured in one run: the load beside plain executemany of the same rows, and each request on the large
course beside the same request on the small one, in turns. What counts are the ratios.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

from tqdm import tqdm

from bench.databases import ROOT, manage, own_database
from bench.learners import COHORT, COMMON_NAME, MODE, PREFIX, RARE_NAME, SEGMENT
from bench.server import KEY, Server, percentile_95, running

SMALL, LARGE = "course-v1:bench+small+run", "course-v1:bench+large+run"
SMALL_SIZE = 1000
ORDERS = (
    "email",
    "discussion_contributions",
    "problems_attempted",
    "problems_completed",
    "problem_attempts_per_completed",
    "attempt_ratio_order",
    "videos_viewed",
)
AT_MOST, AT_MOST_DEEP = 10, 30


def requests(course_id: str, learners: int) -> dict[str, str]:
    """The requests by name."""
    roster = f"/api/v0/learners/?course_id={quote(course_id)}"
    pages = learners // 25
    found = {
        "first page": roster,
        "segment, cohort and mode (10%)": (
            f"{roster}&segments={SEGMENT}&cohort={quote(COHORT)}&enrollment_mode={MODE}"
        ),
    }
    for order in ORDERS:
        found[f"by {order}"] = f"{roster}&order_by={order}"
        found[f"by {order}, desc"] = f"{roster}&order_by={order}&sort_order=desc"
    found |= {
        "by username, desc": f"{roster}&sort_order=desc",
        "common name (1%)": f"{roster}&text_search={COMMON_NAME}",
        "rare name": f"{roster}&text_search={RARE_NAME}",
        "type-ahead (5%)": f"{roster}&text_search={PREFIX}*&fields=username,name,email",
        "middle page": f"{roster}&page={pages // 2}",
        "last page": f"{roster}&page={pages}",
        "middle page by problems_attempted": f"{roster}&page={pages // 2}&order_by=problems_attempted",
        "last page by email, desc": f"{roster}&page={pages}&order_by=email&sort_order=desc",
        "metadata": f"/api/v0/course_learner_metadata/{quote(course_id)}/",
    }
    return found


def username_in_the_middle(server: Server, course_id: str, learners: int) -> str:
    import orjson

    path = f"/api/v0/learners/?course_id={quote(course_id)}&page={learners // 50}&fields=username"
    return orjson.loads(server.get(path)[1])["results"][0]["username"]


def load(environment: dict[str, str], course_id: str, learners: int) -> float:
    """Seconds that load_roster takes for a pipe of invented learners, who are made before."""
    with tempfile.TemporaryFile() as lines:
        maker = [sys.executable, "-m", "bench.learners", "--learners", str(learners), "--course-id", course_id]
        subprocess.run(maker, cwd=ROOT, stdout=lines, check=True)
        lines.seek(0)
        pipe = subprocess.Popen(["cat"], stdin=lines, stdout=subprocess.PIPE)
        start = time.perf_counter()
        manage(environment, "load_roster", "-", stdin=pipe.stdout)
        pipe.wait()
        return time.perf_counter() - start


def plain_executemany(course_id: str) -> float:
    """Seconds that executemany takes for the same roster rows, into a table with the same indexes."""
    from django.db import connections, transaction

    from analytics_data_api.v0.models import Roster, RosterLearner

    connection = connections["analytics"]
    quoted = connection.ops.quote_name
    columns = [field.column for field in RosterLearner._meta.concrete_fields]
    roster = Roster.objects.using("analytics").get(course_id=course_id, state=Roster.CURRENT)
    with connection.cursor() as cursor:
        names = ", ".join(map(quoted, columns))
        table = RosterLearner._meta.db_table
        cursor.execute(f"SELECT {names} FROM {quoted(table)} WHERE roster_id = %s ORDER BY id", [roster.pk])
        rows = cursor.fetchall()
    options = {**RosterLearner._meta.original_attrs, "db_table": "bench_learner", "app_label": "bench"}
    options["indexes"] = [index.clone() for index in RosterLearner._meta.indexes]
    options["constraints"] = [constraint.clone() for constraint in RosterLearner._meta.constraints]
    for named in (*options["indexes"], *options["constraints"]):
        named.name = named.name.replace("roster_learner", "bench_learner")
    fields = {field.name: field.clone() for field in RosterLearner._meta.local_fields}
    copy = type(
        "BenchLearner", (RosterLearner.__base__,), {**fields, "__module__": __name__, "Meta": type("Meta", (), options)}
    )
    with connection.schema_editor() as editor:
        editor.create_model(copy)
    marks = ", ".join("%s" for _ in columns)
    statement = f"INSERT INTO {quoted('bench_learner')} ({names}) VALUES ({marks})"
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for at in tqdm(range(0, len(rows), 10_000), desc="executemany", unit="batch"):
            with transaction.atomic(using="analytics"):
                cursor.executemany(statement, rows[at : at + 10_000])
    took = time.perf_counter() - start
    with connection.schema_editor() as editor:
        editor.delete_model(copy)
    return took


def full_scans(paths: dict[str, str]) -> list[str]:
    """The plans of those statements of the requests that read a table from end to end."""
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    connection = connections["analytics"]
    client = Client(headers={"Authorization": f"Token {KEY}", "Host": "127.0.0.1"})
    scans = []
    for name, path in paths.items():
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        for query in captured:
            plan = explained(connection, query["sql"])
            if any(is_full_scan(connection.vendor, step) for step in plan):
                scans.append(f"{name}: {query['sql']}\n" + "\n".join(f"    {step}" for step in plan))
    return scans


def explained(connection, sql: str) -> list[dict]:
    prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql.replace("%", "%%") if connection.vendor != "sqlite" else prefix + sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def is_full_scan(vendor: str, step: dict) -> bool:
    if vendor == "sqlite":
        return step["detail"].startswith("SCAN ") and "learner_roster" in step["detail"]
    return step["type"] in ("ALL", "index") and str(step["table"]).startswith("learner_roster")


def measure(environment: dict[str, str], learners: int, rounds: int) -> bool:
    manage(environment, "migrate", "--database", "default", "--verbosity", "0")
    manage(environment, "migrate", "--database", "analytics", "--verbosity", "0")
    manage(environment, "set_api_key", KEY, KEY, stdout=subprocess.DEVNULL)
    load(environment, SMALL, SMALL_SIZE)
    took = load(environment, LARGE, learners)
    plain = plain_executemany(LARGE)
    print(
        f"load_roster: {learners / took:,.0f} learners/s ({took:.1f} s); plain executemany: {learners / plain:,.0f} rows/s"
        f" ({plain:.1f} s); ratio {took / plain:.2f} (at most 5)"
    )
    holds = took <= 5 * plain
    with running(environment) as server:
        paths = {name: [path] for name, path in requests(SMALL, SMALL_SIZE).items()}
        for name, path in requests(LARGE, learners).items():
            paths[name].append(path)
        paths["one learner"] = [
            f"/api/v0/learners/{username_in_the_middle(server, course, size)}/?course_id={quote(course)}"
            for course, size in ((SMALL, SMALL_SIZE), (LARGE, learners))
        ]
        for pair in paths.values():
            for path in pair:
                server.time(path)
        before = server.memory()
        times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in paths}
        for _round in tqdm(range(rounds), desc="requests", unit="round"):
            for name, pair in paths.items():
                for taken, path in zip(times[name], pair, strict=True):
                    taken.append(server.time(path))
        grown = (server.memory() - before) / 2**20
    print(f"{'milliseconds':36} {SMALL_SIZE:>9,} {'p95':>8} {learners:>9,} {'p95':>8} {'ratio':>7}")
    for name, (small, large) in times.items():
        ratio = statistics.median(large) / statistics.median(small)
        most = AT_MOST_DEEP if "middle" in name or "last" in name else AT_MOST
        holds = holds and ratio <= most
        figures = [statistics.median(small), percentile_95(small), statistics.median(large), percentile_95(large)]
        shown = " ".join(f"{figure * 1000:>{width}.2f}" for figure, width in zip(figures, (9, 8, 9, 8), strict=True))
        print(f"{name:36} {shown} {ratio:>7.2f}{'' if ratio <= most else f'  more than {most}'}")
    print(f"memory of the server: {grown:+.1f} MB over {rounds} rounds")
    scans = full_scans({name: pair[1] for name, pair in paths.items()})
    print("\n".join(["full table scans:", *scans]) if scans else "full table scans: none")
    return holds and not scans and grown <= 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with own_database() as environment:
        os.environ.update(environment)
        import django

        django.setup()
        sys.exit(0 if measure(environment, options.learners, options.rounds) else 1)


if __name__ == "__main__":
    main()
