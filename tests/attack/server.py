"""Databases of the attack's own, and the production server on them. ``python -m tests.attack.server`` fills one of them."""

import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
from django.core.management import call_command

from tests.attack.request import KEYS, RESTRICTIONS, VALID_KEYS
from tests.support.own_database import run_sql
from tests.support.running import ROOT, free_port, gunicorn

VARIABLES = {
    "default": "DATABASE_URL",
    "analytics": "ANALYTICS_DATABASE_URL",
    "analytics_v1": "ANALYTICS_DATABASE_URL_V1",
}
# Each count is larger by this number in the database of version 1.
MORE = 10_000
LOG_KEYS = {"request_id", "path", "status", "ms", "queries", "user"}
MAX_SHOWN = 3000


@contextmanager
def own_databases():
    """Yield a temporary directory and the environment of processes that use databases of their own.

    If DATABASE_URL names a MariaDB database, they are created beside it; otherwise they are SQLite files.
    """
    parts = urlsplit(os.environ.get("DATABASE_URL", ""))
    is_mysql = parts.scheme == "mysql"
    names = {alias: f"{parts.path.strip('/')}_attack_{alias}" for alias in VARIABLES}
    with tempfile.TemporaryDirectory(prefix="attack-") as directory:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local"}
        for alias, variable in VARIABLES.items():
            mysql_url = urlunsplit(parts._replace(path=f"/{names[alias]}"))
            environment[variable] = mysql_url if is_mysql else f"sqlite:///{directory}/{alias}.sqlite3"
        drop = [f"DROP DATABASE IF EXISTS `{own}`" for own in names.values()]
        if is_mysql:
            run_sql(parts, *drop, *(f"CREATE DATABASE `{own}`" for own in names.values()))
        try:
            yield Path(directory), environment
        finally:
            if is_mysql:
                run_sql(parts, *drop)


def fill_databases(environment):
    """Fill all databases at the same time: tables, rows and keys."""
    command = [sys.executable, "-m", "tests.attack.server"]
    parts = ("default", "analytics"), ("analytics_v1",)
    fillings = [subprocess.Popen([*command, *aliases], cwd=ROOT, env=environment) for aliases in parts]
    if sum(filling.wait() for filling in fillings):
        raise RuntimeError("The databases could not be filled. The output above has the reason.")


def fill_database(alias):
    from analytics_data_api.simulation.documented import fixture_paths, roster_paths
    from tests.attack.data import insert_hostile_rows

    call_command("migrate", database=alias, verbosity=0)
    if alias == "default":
        for user, restriction in RESTRICTIONS.items():
            call_command("set_api_key", user, KEYS[user].split()[1], *restriction, stdout=io.StringIO())
        return
    quiet = {"database": alias, "verbosity": 0, "stdout": io.StringIO()}
    call_command("loaddata", *map(str, fixture_paths()), **quiet)
    call_command("load_roster", *map(str, roster_paths()), no_progress=True, **quiet)
    insert_hostile_rows(alias, more=MORE if alias == "analytics_v1" else 0)


def nowhere(environment):
    """Return the URLs of analytics databases that do not respond."""
    is_mysql = environment["DATABASE_URL"].startswith("mysql:")
    url = f"mysql://root@127.0.0.1:{free_port()}/nowhere" if is_mysql else "sqlite:////nowhere/analytics.sqlite3"
    return dict.fromkeys([VARIABLES["analytics"], VARIABLES["analytics_v1"]], url)


@contextmanager
def serving(environment, log):
    """Yield the URL of a running server that writes this log."""
    port = free_port()
    environment = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "SECRET_KEY": "of-an-attack-and-of-nobody-else-0123456789-abcdefghijk",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": "2",
    }
    with log.open("w") as output, gunicorn(environment, stderr=output, stdout=output):
        yield f"http://127.0.0.1:{port}"


def log_violations(log, requests):
    """Yield a message for each crash, key, missing line and broken line in the log of a server."""
    if "Traceback (most recent call last)" in log:
        yield f"a crash in the log: {log[log.index('Traceback (most') :][:MAX_SHOWN]}"
    for secret in (KEYS[name].split()[1] for name in VALID_KEYS):
        if secret in log:
            yield f"a key in the log: {log[: log.index(secret)].splitlines()[-1][:MAX_SHOWN]}…"
    lines = [line for line in log.split("\n") if line.startswith("{")]
    if len(lines) < requests:
        yield f"{len(lines)} lines in the log for {requests} requests"
    for line in lines:
        try:
            facts = json.loads(line)
        except ValueError:
            facts = {}
        if not facts.keys() >= LOG_KEYS:
            yield f"a broken line in the log: {line[:MAX_SHOWN]!r}"
            break


if __name__ == "__main__":
    django.setup()
    for name in sys.argv[1:]:
        fill_database(name)
