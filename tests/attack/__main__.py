"""Send hostile requests to a server of their own and judge the responses.

The server's databases have the demo data and hostile rows. They are SQLite files, or are beside the MariaDB database of
DATABASE_URL. The same seed and number of requests repeat a run.
"""

import argparse
import os
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice

import django
from tqdm import tqdm

from tests.attack.request import AttackClient, NoResponse
from tests.attack.server import fill_databases, log_violations, nowhere, own_databases, serving

CLIENTS = 8
# One failure of each kind is printed, up to this number of kinds.
MAX_KINDS = 30
# At most 2,000 requests are raw ones, and half of a short run.
RAW_REQUESTS, RAW_SHARE = 2000, 2


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, help="default: a random number, which is printed")
    parser.add_argument(
        "--only", type=int, metavar="NUMBER", help="send only this request of a run and print the response"
    )
    parser.add_argument("--stopped", action="store_true", help="the analytics databases do not respond")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10**6)
    print(f"SEED={options.seed} REQUESTS={options.requests} repeats this run.", flush=True)
    with own_databases() as (directory, environment):
        fill_databases(environment)
        # Stored ids are looked up in this process, and URLs are resolved as the server resolves them.
        os.environ.update(environment)
        django.setup()
        log = directory / "log"
        with serving(environment | (nowhere(environment) if options.stopped else {}), log) as url:
            sent, failures = attack(url, options)
        violations = list(log_violations(log.read_text(errors="replace"), sent))
        print(*violations, sep="\n")
    sys.exit(1 if failures or violations else 0)


def attack(url, options):
    """Send the requests, print the results, and return the numbers of requests and failures."""
    # These modules import models, so they need django.setup().
    from tests.attack.cases import generated_requests
    from tests.attack.corpus import raw_requests
    from tests.attack.judge import Judge
    from tests.attack.values import ParameterValues
    from tests.support.description import committed_description

    description = committed_description()
    values = ParameterValues("analytics")
    judge = Judge(description, courses=values.stored["course_id"], is_stopped=options.stopped)
    generated = generated_requests(
        description.swagger, values, options.seed, options.requests - min(RAW_REQUESTS, options.requests // RAW_SHARE)
    )
    requests = enumerate(
        islice(chain(generated, raw_requests(description.paths, values, options.seed)), options.requests)
    )
    if options.only is not None:
        requests = islice(requests, options.only, options.only + 1)
    local = threading.local()

    def send(numbered):
        number, request = numbered
        if not hasattr(local, "client"):
            local.client = AttackClient(url)
        start = time.perf_counter()
        try:
            response = local.client.send(request)
        except NoResponse as error:
            return number, request, None, [f"no response: {error}"], 0
        took = time.perf_counter() - start
        return number, request, response, list(judge.violations(request, response)), took

    figures, kinds, failures, slowest = Counter(), {}, 0, (0, "")
    start = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as threads:
        # Sending starts while the generator still runs, since map() submits each request as it comes.
        for number, request, response, violations, took in tqdm(threads.map(send, requests), unit=" requests"):
            status, route = response.status if response else "none", judge.route(request)[0] or "no endpoint"
            figures[route, str(status)] += 1
            slowest = max(slowest, (took, request.curl(url)))
            if violations:
                failures += 1
                first = violations[0].partition("\n")[0]
                kinds.setdefault((route, status, first[:60]), []).append(
                    f"{first[:1000]}\n  number {number}: {request.curl(url)}"
                )
            if options.only is not None:
                print(request.curl(url), response, sep="\n")
    took = time.monotonic() - start
    print_figures(figures)
    print(f"{figures.total()} requests in {took:.0f} s, {figures.total() / took:.0f} a second, seed {options.seed}")
    print(f"The slowest took {slowest[0]:.2f} s: {slowest[1][:500]}")
    for (route, status, _beginning), found in [*kinds.items()][:MAX_KINDS]:
        print(f"\nFAILED {len(found)} times, {route} {status}: {found[0]}")
    print(f"{failures} failures")
    return figures.total(), failures


def print_figures(figures):
    statuses = sorted({status for _route, status in figures})
    totals = Counter()
    for (_route, status), count in figures.items():
        totals["all", status] += count
    print(f"{'':62}" + "".join(f"{status:>7}" for status in statuses))
    for route in (*sorted({route for route, _status in figures}), "all"):
        counts = ((figures | totals)[route, status] for status in statuses)
        print(f"{route:62}" + "".join(f"{count or '':>7}" for count in counts))


if __name__ == "__main__":
    main()
