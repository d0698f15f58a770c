"""Send hostile requests to a server of their own and judge the responses.

The server's databases have the demo data and hostile rows. They are SQLite files, or stand beside the MariaDB database of
DATABASE_URL. The same seed and number of requests repeat a run.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import django
from tqdm import tqdm

from tests.attack.request import AttackClient, AttackResponse
from tests.attack.server import VARIABLES, fill_database, log_violations, nowhere, own_databases
from tests.support.measured_server import PRODUCTION, measured_server

CLIENTS = 8
# One failure of each kind is printed, up to this number of kinds.
MAX_KINDS = 30
MAX_MALFORMED = 2000
NO_RESPONSE = AttackResponse(0, {}, b"")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--stopped", action="store_true", help="the analytics databases do not respond")
    options = parser.parse_args()
    print(f"SEED={options.seed} REQUESTS={options.requests} repeats this run.", flush=True)
    with own_databases() as environment, tempfile.NamedTemporaryFile("w+") as log:
        # This process fills the databases, looks up stored ids, and resolves URLs as the server does.
        os.environ.update(environment)
        django.setup()
        for alias in VARIABLES:
            fill_database(alias)
        environment |= PRODUCTION | (nowhere(environment) if options.stopped else {})
        with measured_server(environment, workers=2, threads=4, log=log) as server:
            failures = attack(f"http://127.0.0.1:{server.port}", options)
        violations = list(log_violations(Path(log.name).read_text(errors="replace"), options.requests))
        print(*violations, sep="\n")
    sys.exit(1 if failures or violations else 0)


def attack(url, options):
    """Send the requests, print the results, and return the number of failures."""
    # These modules import models, so they need django.setup().
    from tests.attack.cases import generated_requests
    from tests.attack.corpus import malformed_requests
    from tests.attack.judge import Judge
    from tests.attack.repeats import differences
    from tests.attack.values import ParameterValues
    from tests.support.description import committed_description

    description, values = committed_description(), ParameterValues("analytics")
    judge = Judge(description, courses=set(values.stored["course_id"]), is_stopped=options.stopped)
    local = threading.local()

    def fetch(request):
        local.client = getattr(local, "client", None) or AttackClient(url)
        start = time.perf_counter()
        try:
            response, violations = local.client.fetch(request), []
        except (OSError, HTTPException) as error:
            local.client, response, violations = None, NO_RESPONSE, [f"no response: {error!r}"]
        took = time.perf_counter() - start
        return request, response, violations or list(judge.violations(request, response)), took

    def requests():
        made = []
        # In a short run, two in three requests are malformed: generated ones take more time.
        count = max(options.requests - MAX_MALFORMED, options.requests // 3)
        for request in generated_requests(description.swagger, values, options.seed, count):
            made.append(request)
            yield request
        yield from malformed_requests(made, options.seed)

    figures, kinds, slowest, found = Counter(), {}, (0, None), []

    def fail(request, status, message):
        kinds.setdefault((judge.route(request)[0], status, message[:60]), []).append((message, request))

    start = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as threads:
        # map() submits each request as soon as it is generated.
        results = threads.map(fetch, islice(requests(), options.requests))
        for request, response, violations, took in tqdm(results, total=options.requests, unit=" requests"):
            figures[judge.route(request)[0] or "no endpoint", response.status] += 1
            slowest = max(slowest, (took, request), key=lambda pair: pair[0])
            if violations:
                fail(request, response.status, violations[0].partition("\n")[0])
            elif is_repeatable(request, response):
                found.append((request, response))

        for request, message in differences(found, lambda again: [result[1] for result in threads.map(fetch, again)]):
            fail(request, 200, message)
    took, failures = time.monotonic() - start, sum(map(len, kinds.values()))
    print_statuses(figures)
    print(f"{figures.total()} requests in {took:.0f} s, {figures.total() / took:.0f} a second, seed {options.seed}")
    print(f"The slowest took {slowest[0]:.2f} s: {slowest[1].curl(url)[:500]}")
    for (route, status, _beginning), alike in [*kinds.items()][:MAX_KINDS]:
        print(f"\nFAILED {len(alike)} times, {route} {status}: {alike[0][0][:1000]}\n  {alike[0][1].curl(url)}")
    print(f"{failures} failures")
    return failures


def is_repeatable(request, response):
    """Return True if the same request must have the same response. Pages have a nonce, and data sets follow the clock."""
    is_table = response.media_type in ("application/json", "text/csv") and "/data_sets/" not in unquote(request.target)
    return response.status == 200 and request.method == "GET" and is_table


def print_statuses(figures):
    statuses = sorted({status for _route, status in figures})
    totals = Counter()
    for (_route, status), count in figures.items():
        totals["all", status] += count
    for route in (None, *sorted({route for route, _status in figures}), "all"):
        cells = ((figures | totals)[route, status] or "" if route else status for status in statuses)
        print(f"{route or '':62}" + "".join(f"{cell:>7}" for cell in cells))


if __name__ == "__main__":
    main()
