"""A database of a benchmark's own, on the server that the environment names."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def own_database(name: str = "bench") -> Iterator[dict[str, str]]:
    """The environment of processes that work on an empty database, which is gone afterwards.

    It stands beside the database of ANALYTICS_DATABASE_URL, with ``name`` at the end of its name; without one it is a
    SQLite file in the temporary directory.
    """
    url = os.environ.get("ANALYTICS_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
            "DATABASE_URL": f"sqlite:///{directory}/default.sqlite3",
            "ANALYTICS_DATABASE_URL": f"sqlite:///{directory}/analytics.sqlite3",
            "ANALYTICS_DATABASE_URL_V1": "",
        }
        if not url.startswith("mysql:"):
            yield environment
            return
        parts = urlsplit(url)
        own = f"{parts.path.strip('/')}_{name}"
        environment["ANALYTICS_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{own}"))
        run_sql(parts, f"DROP DATABASE IF EXISTS `{own}`", f"CREATE DATABASE `{own}`")
        try:
            yield environment
        finally:
            run_sql(parts, f"DROP DATABASE IF EXISTS `{own}`")


def run_sql(parts, *statements: str) -> None:
    import MySQLdb

    connection = MySQLdb.connect(
        host=parts.hostname, port=parts.port or 3306, user=parts.username or "", password=parts.password or ""
    )
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def manage(environment: dict[str, str], *arguments: str, **options) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True, **options)
