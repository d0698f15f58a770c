"""The production server in a process of its own, on databases of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
KEY = "edx"
# Seconds that a server may take to start and to stop.
PATIENCE = 60
GUNICORN = ("-m", "gunicorn", "--config", "analyticsdataserver/gunicorn.py", "analyticsdataserver.wsgi:application")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def gunicorn(environment, *, python=(sys.executable,), **how):
    """Yield the process of a server that listens on the PORT of its environment, and stop it afterwards."""
    process = subprocess.Popen([*python, *GUNICORN], env=environment, **{"cwd": ROOT, **how})
    try:
        wait_for(f"http://127.0.0.1:{environment['PORT']}/status/", process)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(url, process):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(url, timeout=PATIENCE):
                return
        except URLError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not start: see what it wrote") from error
            time.sleep(0.1)


def manage(environment, *arguments, **how):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True, **how)


def install(environment):
    """Create a server's tables and its key."""
    for arguments in (["migrate"], ["migrate", "--database", "analytics"], ["set_api_key", KEY, KEY]):
        manage(environment, *arguments, stdout=subprocess.DEVNULL)


class Server:
    """One process with one thread, on SQLite files in the folder unless ``analytics_url`` names another database."""

    def __init__(self, folder, analytics_url=None):
        self.database = folder / "analytics.sqlite3"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
            "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
            "ANALYTICS_DATABASE_URL": analytics_url or f"sqlite:///{self.database}",
            "ANALYTICS_DATABASE_URL_V1": "",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORKERS": "1",
            "THREADS": "1",
        }
        install(self.environment)

    def run(self, *arguments, stderr=None):
        command = [sys.executable, *map(str, arguments)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL, stderr=stderr)

    @contextmanager
    def running(self, log=subprocess.DEVNULL):
        with gunicorn(self.environment, stderr=log) as process:
            self.process = process
            self.worker = Path(f"/proc/{process.pid}")
            yield self
