"""Loads in processes of their own: simultaneous, killed, and with concurrent readers."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from analytics_data_api.rosters.writing import in_transaction
from analytics_data_api.v0 import models
from tests.support import databases
from tests.support.rosters import COURSE, lines

ROOT = Path(__file__).resolve().parents[2]
LEARNERS = "/api/v0/learners/"
FEW, MANY = 1500, 15_000
PATIENCE = 120

pytestmark = [pytest.mark.servers, pytest.mark.django_db(databases="__all__")]


@pytest.fixture
def database(tmp_path):
    """Yield an analytics database that other processes see too."""
    with databases.empty("analytics", tmp_path) as connection:
        databases.migrate("analytics")
        yield connection


@pytest.fixture
def start(database, tmp_path):
    """Return a function that starts a load of a file."""
    config = database.settings_dict
    if database.vendor == "sqlite":
        url = f"sqlite:///{config['NAME']}"
    else:
        host, port = config["HOST"] or "127.0.0.1", config["PORT"] or 3306
        url = f"mysql://{config['USER']}:{config['PASSWORD']}@{host}:{port}/{config['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'users.sqlite3'}",
        "ANALYTICS_DATABASE_URL": url,
        "ANALYTICS_DATABASE_URL_V1": "",
    }
    started = []

    def loading(path):
        command = [sys.executable, "manage.py", "load_roster", str(path), "--no-progress"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Children inherit that a shell makes its background processes ignore Ctrl-C, and nohup the end of a terminal.
            preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)],
        )
        started.append(process)
        return process

    yield loading
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a roster file of learners with the same name and cohort."""

    def written(name, size):
        people = ({"username": f"u{number:06}", "name": name, "cohort": name} for number in range(size))
        path = tmp_path / f"{name}-{size}.jsonl.gz"
        path.write_bytes(gzip.compress(lines(people), compresslevel=1))
        return path

    return written


def finish(process):
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


def wait_until_it_writes(process):
    """Wait until the process has written a part of a roster."""
    end = time.monotonic() + PATIENCE
    while not models.RosterLearner.objects.filter(roster__state="loading").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def all_learners(api):
    """Return the number of learners by cohort, as a client reads them in one request."""
    cells = api.csv(LEARNERS, {"course_id": COURSE, "page_size": 10**6, "fields": "cohort"})[1:]
    return Counter(cells)


def rows():
    return models.Roster.objects.count(), models.RosterLearner.objects.count()


def test_two_loads_of_one_course_at_once(api, start, write):
    first, second = write("first", FEW), write("second", FEW + 1)
    for number in (1, 2):
        processes = [start(first), start(second)]
        for process in processes:
            finish(process)
        found = all_learners(api)
        assert found in ({"first": FEW}, {"second": FEW + 1})
        # The later load has replaced the roster of the earlier one.
        assert models.Roster.objects.filter(state="current").count() == 1
        assert models.RosterTerm.objects.filter(term__in=["first", "second"]).count() == (2 * FEW + 1) * number


def test_killed_in_the_middle(api, start, write):
    finish(start(write("old", FEW)))
    killed = start(write("new", MANY))
    wait_until_it_writes(killed)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    assert models.Roster.objects.filter(state="loading").exists()
    assert all_learners(api) == {"old": FEW}
    assert api.rows(LEARNERS, {"course_id": COURSE, "text_search": "old"})["count"] == FEW
    assert api.rows(LEARNERS, {"course_id": COURSE, "text_search": "new"})["count"] == 0

    assert finish(start(write("newer", FEW))) == (f"{COURSE}: {FEW} learners\nLoaded {FEW} learners of 1 courses.\n")
    assert all_learners(api) == {"newer": FEW}
    # Hours later the dead load cannot be writing any more, and no request can be reading the replaced roster.
    models.Roster.objects.update(touched=timezone.now() - timedelta(hours=2))
    finish(start(write("newest", FEW)))
    assert all_learners(api) == {"newest": FEW}
    assert rows() == (2, 2 * FEW)
    assert not models.RosterTerm.objects.filter(term="new").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_in_the_middle(api, start, write, number):
    finish(start(write("old", FEW)))
    interrupted = start(write("new", MANY))
    wait_until_it_writes(interrupted)
    os.kill(interrupted.pid, number)
    _out, err = interrupted.communicate(timeout=PATIENCE)
    assert (interrupted.returncode, err) == (1, "CommandError: interrupted. The old rosters stay.\n")
    assert all_learners(api) == {"old": FEW}
    assert rows() == (1, FEW)


def test_readers_see_a_whole_roster(api, start, write):
    """Each response has the old or the new roster while loads keep replacing it."""
    api.described = False
    sizes = {"old": FEW, "new": FEW + 700}
    files = {name: write(name, size) for name, size in sizes.items()}
    finish(start(files["old"]))
    seen, statuses = [], Counter()
    for name in ("new", "old", "new"):
        process = start(files[name])
        while process.poll() is None:
            seen.append(name_of_the_roster(all_learners(api), sizes))
            seen.append(name_of_the_roster(metadata(api), sizes))
            for parameters in ({"page": 60}, {"text_search": "old new", "order_by": "email"}, {"sort_order": "desc"}):
                response = api.get(LEARNERS, {"course_id": COURSE, **parameters})
                statuses[response.status_code] += 1
                answer = response.json()
                [cohort] = {learner["cohort"] for learner in answer["results"]}
                assert answer["count"] == sizes[cohort]
                assert len(answer["results"]) == 25
        finish(process)
        assert name_of_the_roster(all_learners(api), sizes) == name
    assert set(statuses) == {200}
    assert set(seen) == set(sizes)


def name_of_the_roster(found, sizes):
    [name] = found
    assert found == {name: sizes[name]}
    return name


def metadata(api):
    return api.rows(f"/api/v0/course_learner_metadata/{COURSE}/")["cohorts"]


def test_a_database_that_does_not_respond(tmp_path, write):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{tmp_path}/no such folder/analytics.sqlite3",
    }
    command = [sys.executable, "manage.py", "load_roster", str(write("new", 3)), "--no-progress"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: the database analytics failed: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.django_db(databases="__all__", transaction=True)
class TestDeadlocks:
    @pytest.fixture
    def work(self):
        """Return a function that succeeds after two deadlocks, and the list of its attempts."""
        attempts = []

        def run():
            attempts.append(len(attempts))
            if len(attempts) < 3:
                raise OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")

        return run, attempts

    def test_retried(self, work):
        run, attempts = work
        in_transaction(run, using="analytics")
        assert attempts == [0, 1, 2]

    def test_not_inside_another_transaction(self, work):
        run, attempts = work
        with pytest.raises(OperationalError), transaction.atomic(using="analytics"):
            in_transaction(run, using="analytics")
        assert attempts == [0]

    def test_not_forever(self):
        def run():
            raise OperationalError(1213, "Deadlock found")

        with pytest.raises(OperationalError):
            in_transaction(run, using="analytics")
