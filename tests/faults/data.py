"""The databases and the data of the server under load."""

import os
import secrets
import subprocess

from analyticsdataserver.env import VARIABLES
from bench.databases import ROOT, manage
from bench.server import KEY
from tests.faults.mariadb import MariaDB
from tests.faults.requests import COURSES, LARGE_COURSE

USERS, FIGURES = "users", "figures"
# Days of the course that is large, and rows of the data set that is streamed.
DAYS, ROWS = 2000, 4000


def environment(users: MariaDB, figures: MariaDB, *, statement_timeout: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in VARIABLES},
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "DATABASE_URL": users.url(USERS),
        "ANALYTICS_DATABASE_URL": figures.url(FIGURES),
        "DATABASE_STATEMENT_TIMEOUT": str(statement_timeout),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
    }


def fill(users: MariaDB, figures: MariaDB, environ: dict[str, str]) -> None:
    users.execute(f"CREATE DATABASE {USERS} CHARACTER SET utf8mb4")
    figures.execute(f"CREATE DATABASE {FIGURES} CHARACTER SET utf8mb4")
    manage(environ, "migrate", "--verbosity", "0")
    manage(environ, "migrate", "--verbosity", "0", "--database", "analytics")
    fixtures = sorted(str(path) for path in (ROOT / "fixtures").glob("*.json"))
    manage(environ, "loaddata", "--verbosity", "0", "--database", "analytics", *fixtures)
    manage(
        environ,
        "load_roster",
        "--verbosity",
        "0",
        "--no-progress",
        str(ROOT / "fixtures" / "rosters.jsonl"),
        stdout=subprocess.DEVNULL,
    )
    manage(environ, "set_api_key", "chaos", KEY, stdout=subprocess.DEVNULL)
    summaries = ", ".join(f"('{course}', 'honor', 1, 1, 1, '2020-01-01')" for course in COURSES)
    figures.execute(
        "INSERT INTO course_enrollment_daily (course_id, date, count, created)"
        f" SELECT '{LARGE_COURSE}', '2000-01-01' + INTERVAL seq DAY, seq, '2020-01-01' FROM seq_1_to_{DAYS}",
        "INSERT INTO course_enrollment_daily (course_id, date, count, created)"
        " SELECT CONCAT('course-v1:chaos+', seq, '+run'), '2000-01-01', seq, '2020-01-02'"
        f" FROM seq_1_to_{ROWS}",
        "INSERT INTO course_meta_summary_enrollment"
        " (course_id, enrollment_mode, count, cumulative_count, count_change_7_days, created) VALUES " + summaries,
        database=FIGURES,
    )
