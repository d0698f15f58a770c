"""Metrics for Prometheus, and the alert rules and the dashboard that read them."""

import itertools
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from urllib.error import HTTPError
from urllib.request import urlopen

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.support.running import KEY, ROOT, Server, free_port

pytestmark = pytest.mark.servers

ENROLLMENT = "/api/v0/courses/{course_id}/enrollment/"
ALERTS = ROOT / "deploy" / "prometheus-alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("metrics"))
    server.environment |= {"METRICS_PORT": str(free_port()), "WORKERS": "2", "TMPDIR": str(server.database.parent)}
    server.run("manage.py", "loaddata", "--database", "analytics", *sorted((ROOT / "fixtures").glob("*.json")))
    with closing(sqlite3.connect(server.database)) as database:
        database.execute("DROP TABLE video_timeline")
    with server.running():
        yield server


def status_of(server, path):
    """Return the status of a response on a connection of its own, so that any process answers."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Authorization": f"Token {KEY}"})
        response = connection.getresponse()
        response.read()
        return response.status


def children(server):
    return set((server.worker / "task" / str(server.process.pid) / "children").read_text().split())


def scraped(server):
    """Return the value of each sample by its name and labels."""
    with urlopen(f"http://127.0.0.1:{server.environment['METRICS_PORT']}/metrics", timeout=60) as response:
        families = text_string_to_metric_families(response.read().decode())
        samples = itertools.chain.from_iterable(family.samples for family in families)
        return {(name, frozenset(labels.items())): value for name, labels, value, *_rest in samples}


def sample(server, name, **labels):
    return scraped(server).get((f"analytics_api_{name}", frozenset(labels.items())), 0)


def eventually(condition):
    """Wait for what the server publishes once a second."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_requests_of_all_processes_count_by_route(server):
    before = sample(server, "requests_total", route=ENROLLMENT, status="200")
    for number in range(20):
        assert status_of(server, f"/api/v{number % 2}/courses/edX/DemoX/Demo_Course/enrollment/") == 200
    v1 = ENROLLMENT.replace("v0", "v1")
    counts = [sample(server, "requests_total", route=route, status="200") for route in (ENROLLMENT, v1)]
    assert counts == [before + 10, 10]
    assert sample(server, "request_seconds_count", route=v1) == 10
    assert sample(server, "request_seconds_sum", route=v1) > sample(server, "request_database_seconds_total", route=v1)


@pytest.mark.parametrize(
    "path, route, status",
    [
        ("/api/v0/courses/edX/DemoX/Nothing/enrollment/", ENROLLMENT, 404),
        ("/api/v0/videos/0fac49ba/timeline/", "/api/v0/videos/{video_id}/timeline/", 503),
        ("/secret/path/", "none", 404),
        ("/static/drf-yasg/style.css", "static", 200),
        ("/status/", "/status/", 200),
        ("/api/v0/courses/%zz" + "z" * 9000, "none", 414),
    ],
)
def test_routes_are_patterns(server, path, route, status):
    before = sample(server, "requests_total", route=route, status=str(status))
    assert status_of(server, path) == status
    assert sample(server, "requests_total", route=route, status=str(status)) == before + 1
    labels = {value for _name, labels in scraped(server) for _label, value in labels}
    assert not any("DemoX" in value or "secret" in value for value in labels)


def test_failed_statements(server):
    labels = {"database": "analytics", "error": "OperationalError"}
    before = sample(server, "statement_errors_total", **labels)
    status_of(server, "/api/v0/videos/0fac49ba/timeline/")
    assert sample(server, "statement_errors_total", **labels) > before


def test_state_of_the_processes(server):
    eventually(lambda: sample(server, "workers") == 2)
    assert sample(server, "threads") == 2
    assert 20e6 < sample(server, "worker_memory_bytes") < 1e9
    assert sample(server, "stalled_database", database="analytics") == 0
    eventually(lambda: sample(server, "cache_lookups_total", cache="statements", result="hit") > 0)


def test_last_days_of_the_tables(server):
    labels = {"database": "analytics", "table": "course_enrollment_daily"}
    eventually(lambda: sample(server, "table_last_day_timestamp_seconds", **labels) == 1418169600)
    eventually(lambda: sample(server, "table_stale", **labels) == 1)


def test_a_reload_keeps_the_counts(server):
    assert status_of(server, "/status/") == 200
    count = sample(server, "requests_total", route="/status/", status="200")
    workers = children(server)
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: not workers & children(server))
    eventually(lambda: sample(server, "workers") == 2)
    assert sample(server, "requests_total", route="/status/", status="200") == count


def test_nothing_else_is_there(server):
    port = server.environment["METRICS_PORT"]
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://127.0.0.1:{port}/api/v0/course_summaries/", timeout=60)
    # The port of clients has no metrics.
    assert status_of(server, "/metrics") == 404


def test_off_by_default(tmp_path):
    server = Server(tmp_path)
    server.environment["TMPDIR"] = str(tmp_path)
    with server.running():
        assert (status_of(server, "/status/"), status_of(server, "/metrics")) == (200, 404)
        assert not list(tmp_path.glob("analytics-metrics-*"))


STARTING = """
import os, threading
import django; django.setup()
from analyticsdataserver import metrics
metrics.look_at_tables_rarely = lambda: None
metrics.REQUESTS.labels("none", "200").inc()
file = os.path.join(os.environ["PROMETHEUS_MULTIPROC_DIR"], "counter_0.db")
open(file, "wb").close()
threading.Timer(0.15, os.truncate, (file, 65536)).start()
print(*metrics.application({"PATH_INFO": "/metrics", "REQUEST_METHOD": "GET"}, lambda status, headers: print(status)))
"""


def test_a_scrape_waits_for_a_process_that_starts(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", STARTING], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.stdout.startswith("200 OK\n") and "analytics_api_requests_total" in ran.stdout, ran.stderr


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Return the names of all metrics that the server can export."""
    code = (
        "import django; django.setup(); from analyticsdataserver import metrics; import prometheus_client; "
        "print(*(f'{m.name} {m.type}' for m in prometheus_client.REGISTRY.collect() if 'analytics' in m.name), sep='\\n')"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("exported"))}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
    kinds = dict(line.split() for line in ran.stdout.splitlines())
    return {name: [name + ending for ending in endings[kind]] for name, kind in kinds.items()}


def expressions():
    """Yield each expression of the alert rules and of the dashboard."""
    for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        yield from (target["expr"].replace("$__rate_interval", "5m") for target in panel["targets"])


def selectors(expression):
    """Yield the name of each metric that an expression selects, as the parser writes it."""
    text = str(promql_parser.parse(expression))
    yield from re.findall(r"\b(up|analytics_api_\w+)\b", text)


def test_rules_and_dashboard_read_what_the_server_exports(exported):
    samples = set(itertools.chain.from_iterable(exported.values()))
    read = {name for expression in expressions() for name in selectors(expression)}
    assert read - samples == {"up"}
    unread = {name for name, its in exported.items() if not read & set(its)}
    assert unread == set()


def test_every_metric_is_documented(exported):
    page = (ROOT / "docs" / "monitoring.rst").read_text(encoding="utf-8")
    assert [its[0] for name, its in exported.items() if f"``{name}" not in page] == []


def test_alerts_say_what_to_do():
    page = (ROOT / "docs" / "monitoring.rst").read_text(encoding="utf-8")
    for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert set(rule["annotations"]) == {"summary", "action"}
            assert f"``{rule['alert']}``" in page


def test_dashboard_has_a_place_for_each_panel():
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = set(
            itertools.product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))
        )
        assert not cells & taken and max(x for x, _y in cells) < 24
        taken |= cells
        text = json.dumps(panel).replace("$__rate_interval", "")
        assert set(re.findall(r"\$\{?(\w+)", text)) <= variables
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
