"""The server with few permissions: a system user who owns nothing and a database account that may only read."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.db import connections
from django.db.utils import OperationalError

from tests.support import databases, deployment, pipeline_tables
from tests.support.demo_data import demo_rows
from tests.support.routes import ROUTES
from tests.support.running import ROOT

pytestmark = pytest.mark.servers

USER = "nobody"


def python_of(user):
    """Return a command that runs Python with the installed packages as another system user, or None."""
    system = shutil.which(f"python3.{sys.version_info[1]}", path="/usr/local/bin:/usr/bin")
    for command in ([sys.executable], ["env", f"PYTHONPATH={sysconfig.get_path('purelib')}", system or "no"]):
        trial = [*command, "-c", "import django, orjson, analyticsdataserver.env"]
        try:
            ran = subprocess.run(trial, cwd=ROOT, user=user, extra_groups=[], capture_output=True)
        except (OSError, LookupError):
            continue
        if ran.returncode == 0:
            return command
    return None


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """Run the deployment as nobody if root runs the tests, otherwise as the current user."""
    user = USER if os.geteuid() == 0 else None
    python = python_of(user) if user else [sys.executable]
    if python is None:
        pytest.skip(f"{user} may read neither this Python nor another one")
    with (
        # Other users cannot read pytest's folders.
        tempfile.TemporaryDirectory() as folder,
        django_db_blocker.unblock(),
        deployment.deployed(demo_rows(), Path(folder), user, python) as running,
    ):
        yield running


def children(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def test_no_process_is_roots(server):
    pids = [server.process.pid, *children(server.process)]
    assert len(pids) == 3
    for pid in pids:
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert "0" not in status["Uid"].split() and "0" not in status["Gid"].split()
        assert int(status["CapEff"], 16) == 0


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if "learner" not in route.path], ids=lambda route: route.slug
)
def test_answers(server, route):
    request = Request(f"{server.root('v0')}/{route.sample}", headers={"Authorization": f"Token {deployment.KEY}"})
    with urlopen(request, timeout=60) as answer:
        assert answer.status == 200 and json.load(answer)


def test_its_databases_answer(server):
    with urlopen(f"{server.url}/health/", timeout=60) as answer:
        assert json.load(answer)["overall_status"] == "OK"
    assert "Traceback" not in server.log.read_text()


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_the_account_may_not_write(tmp_path):
    shape = pipeline_tables.shapes_for(connections["analytics"])[0]
    with (
        pipeline_tables.dumped("analytics", shape, [], tmp_path) as dump,
        pipeline_tables.read_only("analytics", dump) as reader,
    ):
        for statement in ("DELETE FROM course_activity", "DROP TABLE course_activity", "CREATE TABLE more (id INT)"):
            with pytest.raises(OperationalError):
                databases.execute(reader, statement)
