"""Two MariaDB servers of the tests' own, and the environment of a server on them."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from analyticsdataserver.env import VARIABLES
from tests.support.running import ROOT, install


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
        subprocess.run([sys.executable, "-m", "tests.faults.fill"], cwd=ROOT, env=environment, check=True)
        yield users, figures


def environment_of(users_url, figures_url, statement_timeout=60):
    return {
        **{name: value for name, value in os.environ.items() if name not in VARIABLES},
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "DATABASE_URL": users_url,
        "ANALYTICS_DATABASE_URL": figures_url,
        "DATABASE_STATEMENT_TIMEOUT": str(statement_timeout),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
    }
