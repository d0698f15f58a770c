"""Worker processes of a load, which end when the load does, however it ends."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from threading import Thread
from typing import Any


class ThisProcess:
    """Does the work at once, for loads that are too small for processes of their own."""

    jobs = 1

    def submit(self, function: Callable, *arguments: Any) -> Future:
        future: Future = Future()
        future.set_result(function(*arguments))
        return future

    def shutdown(self) -> None:
        """Do nothing: no work is left behind."""


class Processes:
    """Does the work in other processes."""

    def __init__(self, jobs: int):
        self.jobs = jobs
        # A copy of this process would have copies of its locks and connections. The fork server has none.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["analytics_data_api.pipeline.loading_rows"])
        self.pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=begin)

    def submit(self, function: Callable, *arguments: Any) -> Future:
        return self.pool.submit(function, *arguments)

    def shutdown(self) -> None:
        """Wait for the work that has begun, and drop the rest."""
        self.pool.shutdown(wait=True, cancel_futures=True)


def begin() -> None:
    """Leave signals to the load, which is told of them as well, and end with it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
