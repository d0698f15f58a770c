"""Time the load and the requests of a roster of many learners next to a roster of a thousand.

One run measures everything: the load next to plain executemany of the same rows, and each request on the large course next
to the same request on the small one, in turns. The ratios count.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

import django
import orjson
from tqdm import tqdm

from analytics_data_api.constants import ROSTER_ORDERS
from bench import counts_of_arguments, queries_of
from bench.learners import COHORT, COMMON_NAME, MODE, PREFIX, RARE_NAME, SEGMENT, roster_learners
from tests.support.measured_server import MeasuredServer, measured_server
from tests.support.own_database import own_database
from tests.support.running import install, manage

SMALL, LARGE = "course-v1:bench+small+run", "course-v1:bench+large+run"
SMALL_SIZE = 1000
# Maximum ratios of the load, of a request and of a request for a page far from the first one.
LOAD_MAXIMUM, MAXIMUM, DEEP_MAXIMUM = 5, 10, 30
MAXIMUM_GROWTH_MB = 50


def requests(course_id: str, learners: int) -> dict[str, str]:
    """Return the requests by name."""
    pages = learners // 25
    parameters = {
        "first page": "",
        "segment, cohort and mode (10%)": f"&segments={SEGMENT}&cohort={quote(COHORT)}&enrollment_mode={MODE}",
    }
    for order in ROSTER_ORDERS[1:]:
        parameters[f"by {order}"] = f"&order_by={order}"
        parameters[f"by {order}, desc"] = f"&order_by={order}&sort_order=desc"
    parameters |= {
        "by username, desc": "&sort_order=desc",
        "common name (1%)": f"&text_search={COMMON_NAME}",
        "rare name": f"&text_search={RARE_NAME}",
        "type-ahead (5%)": f"&text_search={PREFIX}*&fields=username,name,email",
        "middle page": f"&page={pages // 2}",
        "last page": f"&page={pages}",
        "middle page by problems_attempted": f"&page={pages // 2}&order_by=problems_attempted",
        "last page by email, desc": f"&page={pages}&order_by=email&sort_order=desc",
    }
    roster = f"/api/v0/learners/?course_id={quote(course_id)}"
    found = {name: f"{roster}{text}" for name, text in parameters.items()}
    return found | {"metadata": f"/api/v0/course_learner_metadata/{quote(course_id)}/"}


def request_for_learner(server: MeasuredServer, course_id: str, learners: int) -> str:
    """Return the request for the learner in the middle of the roster."""
    path = f"/api/v0/learners/?course_id={quote(course_id)}&page={learners // 50}&fields=username"
    username = orjson.loads(server.get(path)[1])["results"][0]["username"]
    return f"/api/v0/learners/{username}/?course_id={quote(course_id)}"


def load_seconds(environment: dict[str, str], course_id: str, learners: int) -> float:
    """Return the seconds that load_roster takes to read invented learners, who are made beforehand, from a pipe."""
    with tempfile.TemporaryFile() as lines:
        lines.writelines(orjson.dumps(line) + b"\n" for line in roster_learners(learners, course_id, seed=1))
        lines.seek(0)
        pipe = subprocess.Popen(["cat"], stdin=lines, stdout=subprocess.PIPE)
        start = time.perf_counter()
        manage(environment, "load_roster", "-", stdin=pipe.stdout)
        pipe.wait()
        return time.perf_counter() - start


def plain_executemany(course_id: str) -> float:
    """Return the seconds that executemany takes for the same roster rows, into a table with the same indexes."""
    from django.db import connections, transaction

    from analytics_data_api.v0.models import Roster, RosterLearner

    connection = connections["analytics"]
    quoted = connection.ops.quote_name
    columns = [field.column for field in RosterLearner._meta.concrete_fields]
    names = ", ".join(map(quoted, columns))
    roster = Roster.objects.using("analytics").get(course_id=course_id, state=Roster.CURRENT)
    with connection.cursor() as cursor:
        table = quoted(RosterLearner._meta.db_table)
        cursor.execute(f"SELECT {names} FROM {table} WHERE roster_id = %s ORDER BY id", [roster.pk])
        rows = cursor.fetchall()
    options = {**RosterLearner._meta.original_attrs, "db_table": "bench_learner", "app_label": "bench"}
    for kind in ("indexes", "constraints"):
        options[kind] = [item.clone() for item in getattr(RosterLearner._meta, kind)]
        for item in options[kind]:
            item.name = item.name.replace("roster_learner", "bench_learner")
    fields = {field.name: field.clone() for field in RosterLearner._meta.local_fields}
    meta = type("Meta", (), options)
    copy = type("BenchLearner", (RosterLearner.__base__,), {**fields, "__module__": __name__, "Meta": meta})
    with connection.schema_editor() as editor:
        editor.create_model(copy)
    statement = f"INSERT INTO {quoted('bench_learner')} ({names}) VALUES ({', '.join('%s' for _ in columns)})"
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
    """Return the plans of those statements of the requests that read a roster table from end to end."""
    from django.db import connections

    connection = connections["analytics"]
    is_sqlite = connection.vendor == "sqlite"

    def plan(sql: str) -> list[dict]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}" if is_sqlite else "EXPLAIN " + sql.replace("%", "%%"))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def is_full_scan(step: dict) -> bool:
        if is_sqlite:
            return step["detail"].startswith("SCAN ") and "learner_roster" in step["detail"]
        return step["type"] in ("ALL", "index") and str(step["table"]).startswith("learner_roster")

    scans = []
    for name, path in paths.items():
        for sql in queries_of(path)[0]:
            steps = plan(sql)
            if any(map(is_full_scan, steps)):
                scans.append("\n    ".join([f"{name}: {sql}", *map(str, steps)]))
    return scans


def measure_load(environment: dict[str, str], learners: int) -> bool:
    load_seconds(environment, SMALL, SMALL_SIZE)
    took = load_seconds(environment, LARGE, learners)
    plain = plain_executemany(LARGE)
    print(
        f"load_roster: {learners / took:,.0f} learners/s ({took:.1f} s); plain executemany: {learners / plain:,.0f} rows/s"
        f" ({plain:.1f} s); ratio {took / plain:.2f} (at most {LOAD_MAXIMUM})"
    )
    return took <= LOAD_MAXIMUM * plain


def measure_requests(environment: dict[str, str], learners: int, rounds: int) -> bool:
    courses = ((SMALL, SMALL_SIZE), (LARGE, learners))
    with measured_server(environment) as server:
        small, large = (requests(*course) | {"one learner": request_for_learner(server, *course)} for course in courses)
        for path in (*small.values(), *large.values()):
            server.time(path)
        before = server.memory()
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in small}
        for _round in tqdm(range(rounds), desc="requests", unit="round"):
            for name, pairs in times.items():
                pairs.append((server.time(small[name]), server.time(large[name])))
        grown = (server.memory() - before) / 2**20
    holds = True
    print(f"{'milliseconds':36} {SMALL_SIZE:>9,} {'p95':>8} {learners:>9,} {'p95':>8} {'ratio':>7}")
    for name, pairs in times.items():
        figures = [(statistics.median(taken), percentile_95(taken)) for taken in zip(*pairs, strict=True)]
        ratio = figures[1][0] / figures[0][0]
        maximum = DEEP_MAXIMUM if "middle" in name or "last" in name else MAXIMUM
        holds = holds and ratio <= maximum
        shown = " ".join(f"{median * 1000:>9.2f} {p95 * 1000:>8.2f}" for median, p95 in figures)
        print(f"{name:36} {shown} {ratio:>7.2f}{'' if ratio <= maximum else f'  more than {maximum}'}")
    print(f"memory of the server: {grown:+.1f} MB over {rounds} rounds")
    scans = full_scans(large)
    print("\n".join(["full table scans:", *scans]) if scans else "full table scans: none")
    return holds and not scans and grown <= MAXIMUM_GROWTH_MB


def percentile_95(times: tuple[float, ...]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def main() -> None:
    options = counts_of_arguments(__doc__, learners=1_000_000, rounds=30)
    with own_database() as environment:
        os.environ.update(environment)
        django.setup()
        install(environment)
        loads_hold = measure_load(environment, options.learners)
        sys.exit(0 if measure_requests(environment, options.learners, options.rounds) and loads_hold else 1)


if __name__ == "__main__":
    main()
