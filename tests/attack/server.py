"""Databases of the attack's own, what their server must log, and databases that do not respond."""

import io
import json
from contextlib import ExitStack, contextmanager, redirect_stdout

from django.core.management import call_command

from tests.attack.request import KEYS, RESTRICTIONS, VALID_KEYS
from tests.support.own_database import own_database
from tests.support.running import free_port

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
    """Yield the environment of processes that use databases of their own: SQLite files, or beside a MariaDB DATABASE_URL."""
    with ExitStack() as stack:
        own = {
            alias: stack.enter_context(own_database(f"attack_{alias}", beside="DATABASE_URL")) for alias in VARIABLES
        }
        urls = {variable: own[alias]["ANALYTICS_DATABASE_URL"] for alias, variable in VARIABLES.items()}
        yield {**own["default"], **urls}


def fill_database(alias):
    from analytics_data_api.simulation.documented import ROSTER_PATHS, load_demo_data
    from tests.attack.data import insert_hostile_rows

    call_command("migrate", database=alias, verbosity=0)
    if alias == "default":
        for user, restriction in RESTRICTIONS.items():
            call_command("set_api_key", user, KEYS[user].split()[1], *restriction, stdout=io.StringIO())
        return
    with redirect_stdout(io.StringIO()):
        load_demo_data(alias, ROSTER_PATHS)
    insert_hostile_rows(alias, more=MORE if alias == "analytics_v1" else 0)


def nowhere(environment):
    """Return the URLs of analytics databases that do not respond."""
    is_mysql = environment["DATABASE_URL"].startswith("mysql:")
    url = f"mysql://root@127.0.0.1:{free_port()}/nowhere" if is_mysql else "sqlite:////nowhere/analytics.sqlite3"
    return dict.fromkeys([VARIABLES["analytics"], VARIABLES["analytics_v1"]], url)


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
