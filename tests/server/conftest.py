"""A server with the demo data, for tests with real clients."""

import os
import subprocess
import sys

import pytest

from tests.support.configuration_files import write  # noqa: F401  (a fixture)
from tests.support.running import ROOT, free_port, gunicorn

PASSWORD = "correct-horse"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Run a server as `make demo` does, with the demo data and the user edx, and yield its address."""
    folder = tmp_path_factory.mktemp("server")
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{folder}/analytics.sqlite3",
        "ANALYTICS_DATABASE_URL_V1": "",
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "WORKERS": "1",
    }

    def run(*arguments):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, check=True)

    fixtures = sorted(map(str, (ROOT / "fixtures").glob("*.json")))
    run("manage.py", "migrate", "--verbosity", "0", "--database", "default")
    run("manage.py", "migrate", "--verbosity", "0", "--database", "analytics")
    run("manage.py", "loaddata", "--verbosity", "0", "--database", "analytics", *fixtures)
    run("manage.py", "createsuperuser", "--noinput", "--username", "edx", "--email", "edx@example.com")
    run("manage.py", "set_api_key", "edx", "edx")
    with gunicorn(environ):
        yield f"http://127.0.0.1:{environ['PORT']}"
