"""A server whose responses are timed, and what its worker processes hold."""

import http.client
import os
import secrets
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from tests.support.running import KEY, ROOT, free_port, gunicorn

# Variables of a server with the production settings.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "127.0.0.1",
}


class MeasuredServer:
    """A running gunicorn, and a client with a key that keeps its connection."""

    def __init__(self, process, port):
        self.process, self.port = process, port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def get(self, path):
        """Return the status and the body of a response."""
        self.connection.request("GET", path, headers={"Authorization": f"Token {KEY}"})
        response = self.connection.getresponse()
        return response.status, response.read()

    def time(self, path):
        """Return the seconds until the whole response has arrived."""
        start = time.perf_counter()
        status, body = self.get(path)
        took = time.perf_counter() - start
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:300]!r}")
        return took

    def workers(self):
        """Return the directory in /proc of each worker process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [Path(f"/proc/{child}") for child in children]

    def memory(self):
        """Return the resident bytes of all workers."""
        return sum(self.memories())

    def memories(self):
        """Return the resident bytes of each worker."""
        size = os.sysconf("SC_PAGE_SIZE")
        return [int((worker / "statm").read_text().split()[1]) * size for worker in self.workers()]

    def open_files(self):
        return sum(len(list((worker / "fd").iterdir())) for worker in self.workers())

    def running_threads(self):
        return sum(len(list((worker / "task").iterdir())) for worker in self.workers())

    def memory_growth(self, work):
        """Return the result of ``work()``, and the bytes by which the workers' memory grows at its peak in the meantime."""
        for worker in self.workers():
            (worker / "clear_refs").write_text("5")  # resets the peak
        before = self.memory()
        result = work()
        status = "".join((worker / "status").read_text() for worker in self.workers())
        peak = sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
        return result, peak * 1024 - before


@contextmanager
def measured_server(environment, *, workers=1, threads=1, log=subprocess.DEVNULL, root=ROOT):
    """Yield a server of the checkout in a directory. None workers or threads are the default number."""
    port = free_port()
    how = {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": str(workers or ""), "THREADS": str(threads or "")}
    with gunicorn({**environment, **how}, stderr=log, cwd=root) as process:
        server = MeasuredServer(process, port)
        yield server
        server.connection.close()
