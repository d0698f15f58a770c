"""Two MariaDB servers of the tests' own, and the environment of a server on them."""

import os
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from analytics_data_api.simulation.documented import FIXTURE_PATHS, SMALL_ROSTERS
from analyticsdataserver.env import VARIABLES
from tests.faults.load import COURSES, LARGE_COURSE
from tests.support.measured_server import PRODUCTION
from tests.support.running import install, manage

# Days of a large course, a day of each of many courses, and the summaries of some of these.
ENROLLMENT = "INSERT INTO course_enrollment_daily (course_id, date, count, created) SELECT"
SUMMARIES = "course_id, enrollment_mode, count, cumulative_count, count_change_7_days, created"
NUMBERED = "CONCAT('course-v1:chaos+', seq, '+run')"
ROWS = (
    f"{ENROLLMENT} '{LARGE_COURSE}', '2000-01-01' + INTERVAL seq DAY, seq, '2020-01-01' FROM seq_1_to_2000",
    f"{ENROLLMENT} {NUMBERED}, '2000-01-02', seq, '2020-01-01' FROM seq_1_to_4000",
    f"INSERT INTO course_meta_summary_enrollment ({SUMMARIES})"
    f" SELECT {NUMBERED}, 'honor', 9, 9, 9, '2020-01-01' FROM seq_1_to_{len(COURSES)}",
)


@pytest.fixture(scope="session")
def mariadbs():
    """Start a database of users and one of figures, and fill them."""
    MariaDB = pytest.importorskip("tests.faults.mariadb").MariaDB
    # A terminated run stops its databases as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        users = MariaDB(directory / "users")
        figures = MariaDB(directory / "figures", like=users)
        for database in (users, figures):
            stack.callback(database.stop)
            database.launch()
            database.wait()
            database.execute("CREATE DATABASE analytics CHARACTER SET utf8mb4")
        environment = environment_of(users.url(), figures.url())
        install(environment)
        for command in (["loaddata", *FIXTURE_PATHS], ["load_roster", "--no-progress", SMALL_ROSTERS]):
            manage(environment, *command, "--database", "analytics", stdout=subprocess.DEVNULL)
        figures.execute(*ROWS, database="analytics")
        yield users, figures


def environment_of(users_url, figures_url, statement_timeout=60):
    return {
        **{name: value for name, value in os.environ.items() if name not in VARIABLES},
        **PRODUCTION,
        "DATABASE_URL": users_url,
        "ANALYTICS_DATABASE_URL": figures_url,
        "DATABASE_STATEMENT_TIMEOUT": str(statement_timeout),
    }
