"""The demo data of the cluster, the commands that write it, and requests for it."""

import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from analytics_data_api.simulation.documented import FIXTURE_PATHS, INVENTED_COURSE, SMALL_ROSTERS
from tests.faults.conftest import ROWS
from tests.faults.load import LARGE_COURSE, REQUESTS, LoadRequest, course_path
from tests.support.running import ROOT, install, manage

# The time of the load that wrote a row, and whether Redis answers.
VARIES = re.compile(rb'"(created|last_updated|cache_status)":"[^"]*"')
DATA_SET = f"/api/v0/data_sets/enrollment/rows/?limit=all&course_id={quote(LARGE_COURSE)}&format="


def insert_data(environment, node, directory):
    """Insert the demo data. Its largest course is computed from logs."""
    install(environment)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    logs = directory / "site"
    for command in (
        ["loaddata", *FIXTURE_PATHS, "--database", "analytics"],
        ["load_roster", SMALL_ROSTERS],
        ["generate_fake_course_data", "--force", "--num-weeks", "2", "--logs", logs],
        ["load_events", logs / "logs"],
        ["load_lms", "--database", f"sqlite:///{logs}/lms.sqlite3"],
        ["compute_tables"],
    ):
        manage(environment, *command, **quiet)
    node.execute(*ROWS, database="reports")


def requests():
    """Return the requests of the load. Any of them may be seen to break off."""
    computed = [course_path(INVENTED_COURSE, f"{name}/") for name in ("enrollment", "activity", "videos", "problems")]
    rosters = (f"/api/v0/learners/?course_id={quote(course)}" for course in ("my/cool/course", INVENTED_COURSE))
    found = {**REQUESTS, **{path.split("/")[-2]: LoadRequest(path) for path in computed}}
    found |= {f"learners {number}": LoadRequest(path) for number, path in enumerate(rosters)}
    found["data set"] = replace(REQUESTS["data set"], path=f"{DATA_SET}ndjson")
    found["packed data set"] = replace(REQUESTS["packed data set"], path=f"{DATA_SET}csv")
    return {name: replace(request, is_stream=True, varies=VARIES) for name, request in found.items()}


@dataclass(frozen=True)
class Written:
    """A command that has ended. Times are those of time.monotonic()."""

    name: str
    start: float
    end: float
    status: int
    errors: str


class Writers:
    """Commands that replace tables with the same rows, again and again until they are stopped."""

    def __init__(self, environment):
        self.environment = environment
        self.ending, self.written = threading.Event(), []
        day = (datetime.now(UTC).date() - timedelta(days=4)).isoformat()
        commands = (
            ["compute_tables", "--no-progress", "--start", day],
            ["load_roster", "--no-progress", "--database", "analytics_write", str(SMALL_ROSTERS)],
        )
        self.threads = [threading.Thread(target=self.run, args=(command,)) for command in commands]
        for thread in self.threads:
            thread.start()

    def run(self, command):
        while not self.ending.is_set():
            start = time.monotonic()
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True
            )
            self.written.append(Written(command[0], start, time.monotonic(), done.returncode, done.stderr[-500:]))
            self.ending.wait(0.5)

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()
