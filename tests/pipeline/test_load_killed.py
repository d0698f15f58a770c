"""Loads that are killed, told to stop, or run at the same time."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError

from analytics_data_api.pipeline.store import EventStore
from tests.pipeline.logs import line, lines, load, numbers

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]


def command(events_dir, *paths, commit=200_000):
    """Start a load that commits often, in a process of its own."""
    code = (
        "import django, sys; django.setup(); from django.core.management import call_command;"
        "from analytics_data_api.pipeline import loading, loading_files;"
        f"loading.COMMIT = {commit}; loading_files.BLOCK = 50_000;"
        "call_command('load_events', *sys.argv[1:], json=True, jobs=2)"
    )
    environment = os.environ | {
        "EVENTS_DIR": str(events_dir),
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.test",
    }
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, paths)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Children inherit that a shell makes its background processes ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "tracking.log.gz"
    days = (f"2026-03-{number % 3 + 1:02}T12:00:00.{number:06}+00:00" for number in range(40_000))
    path.write_bytes(gzip.compress(b"".join(line(time=day) + b"\n" for day in days), 1))
    return path


def wait_for_commits(events_dir, process, commits):
    while process.poll() is None:
        if len(list(events_dir.glob("kind=*/*/*.parquet"))) >= commits:
            return
        time.sleep(0.01)


@pytest.mark.parametrize("commits", [1, 20, 31])
def test_a_killed_load_keeps_what_it_has_committed(settings, events_dir, log, commits):
    process = command(events_dir, log)
    wait_for_commits(events_dir, process, commits)
    process.kill()
    process.communicate()
    with EventStore(events_dir).lock():
        kept = numbers(settings)
    assert 0 < len(kept) == len(set(kept))
    assert sum(sum(kinds.values()) for kinds in EventStore(events_dir).days().values()) == len(kept)
    counts, _warnings = load(settings, log)
    assert counts["lines"] + len(kept) == 40_000
    assert counts["duplicates"] == 0
    assert len(set(numbers(settings))) == 40_000


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_load_that_is_told_to_stop_says_so(events_dir, log, sent):
    process = command(events_dir, log)
    wait_for_commits(events_dir, process, 4)
    process.send_signal(sent)
    _output, errors = process.communicate(timeout=60)
    assert process.returncode
    assert "interrupted. What has been committed stays" in errors
    assert not (events_dir / "staging").exists()


def test_two_loads_at_once(settings, events_dir, log, tmp_path):
    process = command(events_dir, log)
    wait_for_commits(events_dir, process, 2)
    with pytest.raises(
        CommandError, match=f"is in use by process {process.pid}, since .*: try again when it has finished"
    ):
        load(settings, log)
    output, errors = process.communicate(timeout=120)
    assert json.loads(output)["lines"] == 40_000, errors


def test_an_interruption_within_a_commit_loses_nothing(settings, events_dir, tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(lines(range(5)))
    apply_plan = EventStore.apply_plan

    def interrupted(store):
        monkeypatch.setattr(EventStore, "apply_plan", apply_plan)
        if store.ledger.plan():
            raise KeyboardInterrupt
        monkeypatch.setattr(EventStore, "apply_plan", interrupted)

    monkeypatch.setattr(EventStore, "apply_plan", interrupted)
    with pytest.raises(CommandError, match="interrupted"):
        load(settings, tmp_path / "a")
    assert numbers(settings) == list(range(5))


def test_a_commit_that_was_begun_is_finished(settings, events_dir, tmp_path, monkeypatch):
    """As if the process was killed after the transaction and before the files were moved."""
    (tmp_path / "a").write_bytes(lines(range(5)) + b"bad\n")
    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "apply_plan", lambda store: os._exit(9) if store.ledger.plan() else None)
        child = os.fork()
        if not child:
            load(settings, tmp_path / "a")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert numbers(settings) == []
    counts, _warnings = load(settings, tmp_path / "a")
    assert counts["files_known"] == 1
    assert numbers(settings) == list(range(5))
    assert len(list((events_dir / "rejected").iterdir())) == 1
