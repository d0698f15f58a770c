"""Times load_lms --url beside the same requests sent bare, through a stub of the LMS that does not throttle.

Each runs in a process of its own, in turn. Limits: 1.5 times the time of the bare requests, and 300 MB of memory. The
time that counts is that of the processor, the stub's included: nothing else is waited for, and other work on the machine
does not change it.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress

import django

from analytics_data_api.pipeline.lms_api_loading import APIRequest, load_lms_api
from analytics_data_api.pipeline.lms_client import APIClient, TokenSource, session_of
from analytics_data_api.pipeline.store import EventStore
from bench import counts_of_arguments
from tests.support.lms_bulk import bulk_site
from tests.support.lms_stub import CLIENT_ID, CLIENT_SECRET, lms_stub

LARGEST_RATIO, LARGEST_MEMORY = 1.5, 300


def serve(courses, enrollments, pipe):
    """Serve a stub until the other end of the pipe is closed. Send the time of the processor for each message."""
    with lms_stub(bulk_site(courses, enrollments)) as stub:
        pipe.send(stub.url)
        with suppress(EOFError):
            while pipe.recv():
                pipe.send(time.process_time())


def timed_load(url, pipe):
    """Send the seconds of a load, of its processor, its memory in MB, and the URLs that it asked for."""
    # The command has Django in its memory, too.
    django.setup()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        urls = []
        with closing(APIClient(url, TokenSource(url, CLIENT_ID, CLIENT_SECRET))) as client:
            client.session.hooks["response"].append(lambda response, *_rest, **_options: urls.append(response.url))
            began, cpu = time.monotonic(), time.process_time()
            summary = load_lms_api(EventStore(folder), client, APIRequest())
            times = time.monotonic() - began, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((*times, memory, [each for each in urls if "/oauth2/" not in each], summary.rows))


def timed_requests(url, urls, pipe):
    """Send the seconds of the bare requests, and of their processor."""
    with session_of(url) as session:
        header = {"Authorization": TokenSource(url, CLIENT_ID, CLIENT_SECRET).header(session)}
        began, cpu = time.monotonic(), time.process_time()
        for each in urls:
            session.get(each, headers=header).content  # noqa: B018
        pipe.send((time.monotonic() - began, time.process_time() - cpu))


@contextmanager
def child(function, *arguments):
    """Run a function in a new process. Yield the end of its pipe."""
    context = multiprocessing.get_context("spawn")
    own, other = context.Pipe()
    process = context.Process(target=function, args=(*arguments, other), daemon=True)
    process.start()
    other.close()
    try:
        yield own
    finally:
        own.close()
        process.join()


def timed_call(function, *arguments):
    with child(function, *arguments) as pipe:
        return pipe.recv()


def main():
    counts = counts_of_arguments(__doc__, courses=1000, enrollments=200_000, rounds=3)
    loads, bares = [], []
    with child(serve, counts.courses, counts.enrollments) as pipe:
        url = pipe.recv()

        def stub_time():
            pipe.send(True)
            return pipe.recv()

        for _round in range(counts.rounds):
            began = stub_time()
            wall, cpu, memory, urls, rows = timed_call(timed_load, url)
            between = stub_time()
            loads.append((wall, cpu + between - began, memory))
            wall, cpu = timed_call(timed_requests, url, urls)
            bares.append((wall, cpu + stub_time() - between))
    for table, number in rows.items():
        print(f"{table:<36} {number:>9,} rows")
    load, load_cpu, memory = (min(figures) for figures in zip(*loads, strict=True))
    bare, bare_cpu = (min(figures) for figures in zip(*bares, strict=True))
    memory = max(figures[2] for figures in loads)
    ratio = load_cpu / bare_cpu
    print(
        f"{len(urls):,} requests: {load_cpu:.1f} s of processor, bare {bare_cpu:.1f} s"
        f" ({load:.1f} s and {bare:.1f} s by the clock)"
    )
    print(f"ratio {ratio:.2f} (limit {LARGEST_RATIO}), memory {memory:.0f} MB (limit {LARGEST_MEMORY})")
    if ratio > LARGEST_RATIO or memory > LARGEST_MEMORY:
        sys.exit("over the limit")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
    main()
