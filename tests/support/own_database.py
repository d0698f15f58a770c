"""An empty database of a process's own, which is dropped afterwards."""

import os
import tempfile
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def own_database(name="bench", *, beside="ANALYTICS_DATABASE_URL"):
    """Yield the environment of processes that work on the database.

    It is created next to the database of the variable ``beside``, with ``name`` at the end of its name, or as a SQLite file
    in the temporary directory if that URL is unset.
    """
    url = os.environ.get(beside, "")
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


def run_sql(parts, *statements):
    """Run statements on the MariaDB server of a split URL."""
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
