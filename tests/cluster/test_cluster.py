"""Clients load two servers while database nodes, servers, a balancer and Redis are killed: ``make cluster``."""

import http.client
import os
import re
import statistics
import subprocess
import time
from collections import Counter
from contextlib import closing

import pytest

MySQLdb = pytest.importorskip("MySQLdb")
from tests.cluster.cluster import PASSWORD  # noqa: E402
from tests.cluster.data import Writers, requests  # noqa: E402
from tests.faults.load import HANGING, Load, Outcome  # noqa: E402
from tests.faults.mariadb import program  # noqa: E402
from tests.faults.report import in_columns  # noqa: E402
from tests.support.running import KEY, manage  # noqa: E402

pytestmark = pytest.mark.cluster

CLIENTS = 6
# Seconds and connections of a measurement.
MEASURED, CONNECTIONS = 4, 16
# The faults of a run shorter than SHORT seconds, and those of other runs.
FEWER_FAULTS, SHORT = ("database node killed", "server killed", "balancer's peer killed", "Redis killed"), 60
FAULTS = (*FEWER_FAULTS, "database node stopped", "server stopped")
ENROLLMENT = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"


class ClusterLoad(Load):
    """Clients that ask again if they see a response break off, as the documentation tells them to."""

    def ask(self, connection, name):
        result = super().ask(connection, name)
        if result.outcome is Outcome.BROKEN:
            self.broken.append(result)
            connection.close()
            return super().ask(connection, name)
        return result

    broken: list = []


def requests_a_second(cluster):
    """Return how many requests HAProxy and the servers that run answer in a second, and the number of failures."""
    url = f"http://127.0.0.1:{cluster.http}{ENROLLMENT}"
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{MEASURED}", "-H", f"Authorization: Token {KEY}", url]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", printed)[1]), int(failed[1]) if failed else 0


def wait_until_served(cluster, number):
    """Return when HAProxy sends requests to so many servers."""
    end = time.monotonic() + HANGING
    while True:
        connections = [
            http.client.HTTPConnection("127.0.0.1", cluster.http, timeout=HANGING) for _ in range(2 * number)
        ]
        seen = set()
        for connection in connections:
            connection.request("GET", "/status/")
        for connection in connections:
            seen.add(connection.getresponse().status)
            connection.close()
        if seen == {200}:
            return
        assert time.monotonic() < end
        time.sleep(0.1)


def writing_node(cluster):
    with closing(database(cluster.writes)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@wsrep_node_name")
        name = cursor.fetchone()[0]
    return next(node for node in cluster.nodes if node.name == name)


def database(port, host="127.0.0.1", name="analytics_api", **options):
    return MySQLdb.connect(host=host, port=port, user="api", password=PASSWORD, database=name, **options)


def test_load(serving, capsys, request):
    cluster, seconds = serving.cluster, request.config.getoption("seconds")
    rows = []
    with capsys.disabled():
        for number, server in enumerate(serving.servers, 1):
            server.launch()
            server.wait()
            wait_until_served(cluster, number)
            time.sleep(1.5)
            figure, failed = requests_a_second(cluster)
            rows.append((f"requests a second with {number} server{'s' * (number > 1)}", f"{figure:.0f}"))
            assert failed == 0
        load, writers, phases = run(serving, seconds)
        rows += figures(load, writers)
        print(f"\n{in_columns(rows)}\n\n{in_columns(phase_rows(load, phases))}")
    failures = [result for result in load.results if result.outcome is not Outcome.RIGHT]
    assert not failures, failures[:5]
    # A killed server cuts the responses that it is sending.
    assert len(load.broken) <= 2 * CLIENTS, load.broken
    for name in ("compute_tables", "load_roster"):
        assert [item for item in writers.written if item.name == name][-1].status == 0, writers.written
    of_nodes = [(start, end) for name, start, end in phases if name.startswith("database node")]
    failed = [item for item in writers.written if item.status]
    unexpected = [item for item in failed if not any(item.start < end and item.end > start for start, end in of_nodes)]
    assert not unexpected, unexpected


def run(serving, seconds):
    """Load the servers for so many seconds. Return the load, the writers, and the name, start and end of each fault."""
    cluster = serving.cluster
    load = ClusterLoad(cluster.http, CLIENTS, 0, requests())
    writers = Writers(serving.environment)
    find = {
        "database node": lambda: writing_node(cluster),
        "server": lambda: serving.servers[0],
        "balancer's peer": lambda: cluster.balancers[1],
        "Redis": lambda: cluster.redis,
    }
    faults = FEWER_FAULTS if seconds < SHORT else FAULTS
    phases, first = [], time.monotonic()
    try:
        for number, fault in enumerate(faults):
            time.sleep(max(0, first + seconds * (number + 0.2) / len(faults) - time.monotonic()))
            name, _space, kind = fault.rpartition(" ")
            victim, start = find[name](), time.monotonic()
            victim.kill() if kind == "killed" else victim.stop()
            time.sleep(seconds / len(faults) / 3)
            victim.launch()
            victim.wait()
            phases.append((fault, start, time.monotonic()))
        time.sleep(max(2, first + seconds - time.monotonic()))
    finally:
        writers.stop()
        load.stop()
    return load, writers, phases


def figures(load, writers):
    times = sorted(result.seconds for result in load.results)
    written = Counter(item.name for item in writers.written if item.status == 0)
    return [
        ("processor cores", str(os.cpu_count())),
        ("checked responses under load", str(len(times))),
        ("failed or wrong", str(sum(result.outcome is not Outcome.RIGHT for result in load.results))),
        ("broken off and asked again", str(len(load.broken))),
        ("median", f"{statistics.median(times):.3f} s"),
        ("99th percentile", f"{statistics.quantiles(times, n=100)[98]:.3f} s"),
        ("slowest", f"{times[-1]:.3f} s"),
        *((f"{name} in the meantime", str(number)) for name, number in sorted(written.items())),
    ]


def phase_rows(load, phases):
    rows = [("", "seconds", "responses", "failed", "slowest")]
    for name, start, end in phases:
        found = [result for result in load.results if start <= result.start < end]
        failed = sum(result.outcome is not Outcome.RIGHT for result in found)
        slowest = max((result.seconds for result in found), default=0)
        rows.append((name, f"{end - start:.1f}", str(len(found)), str(failed), f"{slowest:.2f} s"))
    return rows


def test_every_node_serves_reads(serving):
    cluster = serving.cluster
    names = set()
    for _connection in range(2 * len(cluster.nodes)):
        with closing(database(cluster.reads, name="reports")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@wsrep_node_name, COUNT(*) FROM course_enrollment_daily")
            names.add(cursor.fetchone()[0])
    assert names == {node.name for node in cluster.nodes}


def test_nodes_are_equal(serving):
    cluster = serving.cluster
    tables = cluster.nodes[0].execute(
        "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables"
        " WHERE table_schema IN ('analytics_api', 'reports') ORDER BY 1"
    )
    listed = ", ".join(name for (name,) in tables)
    sums = [node.execute("SET SESSION wsrep_sync_wait = 15", f"CHECKSUM TABLE {listed}") for node in cluster.nodes]
    assert sums[0] == sums[1] == sums[2]


def test_what_was_written_is_seen_on_every_node(serving):
    cluster = serving.cluster
    readers = [
        database(node.port, node.address, init_command="SET wsrep_sync_wait=1", autocommit=True)
        for node in cluster.nodes
    ]
    with closing(database(cluster.writes, autocommit=True)) as writer, writer.cursor() as cursor:
        for number in range(100):
            cursor.execute("UPDATE auth_user SET first_name = %s WHERE username = %s", (str(number), KEY))
            for reader in readers:
                with reader.cursor() as read:
                    read.execute("SELECT first_name FROM auth_user WHERE username = %s", (KEY,))
                    assert read.fetchone() == (str(number),)
    for reader in readers:
        reader.close()


def test_a_new_key_works_on_every_server(serving):
    for name in ("ada", "bob"):
        manage(serving.environment, "set_api_key", name, f"key-of-{name}", stdout=subprocess.DEVNULL)
        for port in serving.cluster.servers:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGING)
            connection.request("GET", "/authenticated/", headers={"Authorization": f"Token key-of-{name}"})
            assert connection.getresponse().status == 200
            connection.close()
