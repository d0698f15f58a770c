"""The production server under measurement, and a client that keeps its connection."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.databases import ROOT

KEY = "bench"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """gunicorn as `make serve` starts it, with one process of one thread unless more are asked for."""

    def __init__(
        self, environment: dict[str, str], *, workers: int = 1, threads: int = 1, log: int | IO = subprocess.DEVNULL
    ) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "analyticsdataserver/gunicorn.py"]
            + ["analyticsdataserver.wsgi:application"],
            cwd=ROOT,
            env={
                **environment,
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
                "WORKERS": str(workers),
                "THREADS": str(threads),
            },
            stderr=log,
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        self.wait()

    def wait(self) -> None:
        for _attempt in range(200):
            try:
                if self.get("/status/")[0] == 200:
                    return
            except OSError:
                self.connection.close()
                time.sleep(0.1)
        raise RuntimeError("the server does not start")

    def get(self, path: str) -> tuple[int, bytes]:
        self.connection.request("GET", path, headers={"Authorization": f"Token {KEY}"})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def time(self, path: str) -> float:
        """Seconds until the whole answer is there."""
        start = time.perf_counter()
        status, body = self.get(path)
        took = time.perf_counter() - start
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:300]!r}")
        return took

    def workers(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def memory(self) -> int:
        """Resident bytes of the workers."""
        pages = sum(int(Path(f"/proc/{worker}/statm").read_text().split()[1]) for worker in self.workers())
        return pages * os.sysconf("SC_PAGE_SIZE")

    def open_files(self) -> int:
        return sum(len(list(Path(f"/proc/{worker}/fd").iterdir())) for worker in self.workers())

    def running_threads(self) -> int:
        return sum(len(list(Path(f"/proc/{worker}/task").iterdir())) for worker in self.workers())

    def memory_peak_of(self, path: str) -> int:
        """By how many bytes the worker's memory grows at most while it answers a request."""
        for worker in self.workers():
            Path(f"/proc/{worker}/clear_refs").write_text("5")  # resets the peak
        before = self.memory()
        self.get(path)
        status = "".join(Path(f"/proc/{worker}/status").read_text() for worker in self.workers())
        peak = sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
        return peak * 1024 - before

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def running(environment: dict[str, str], **options) -> Iterator[Server]:
    server = Server(environment, **options)
    try:
        yield server
    finally:
        server.stop()


def percentile_95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
