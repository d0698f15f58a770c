"""Databases of the attack's own, with the demo data and rows that do harm, and the production server on them."""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.support.own_database import run_sql
from tests.support.running import ROOT, free_port, gunicorn

# The alias of each database, and the variable with its URL.
VARIABLES = {
    "default": "DATABASE_URL",
    "analytics": "ANALYTICS_DATABASE_URL",
    "analytics_v1": "ANALYTICS_DATABASE_URL_V1",
}


@contextmanager
def own_databases(name="attack"):
    """A temporary directory, and the environment of processes that work on databases of their own. Both go afterwards.

    The databases stand beside that of DATABASE_URL, with ``name`` at the end of their names, if that is MariaDB's; else
    they are SQLite files in the directory.
    """
    parts = urlsplit(os.environ.get("DATABASE_URL", ""))
    is_mysql = parts.scheme == "mysql"
    names = {alias: f"{parts.path.strip('/')}_{name}_{alias}" for alias in VARIABLES}
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


def prepare(environment, *arguments):
    """Makes the tables, the rows and the keys."""
    subprocess.run([sys.executable, "-m", "tests.attack.prepare", *arguments], cwd=ROOT, env=environment, check=True)


@contextmanager
def serving(environment, log, *, workers=2):
    """The URL of a server that runs."""
    port = free_port()
    environment = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "SECRET_KEY": "of-an-attack-and-of-nobody-else-0123456789-abcdefghijk",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(workers),
    }
    with log.open("w") as output, gunicorn(environment, stderr=output, stdout=output):
        yield f"http://127.0.0.1:{port}"
