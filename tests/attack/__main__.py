"""Sends generated requests to a server of its own and judges the answers.

The server has databases of its own, with the demo data and rows that do harm: SQLite files, or databases beside the one of
DATABASE_URL. A request is made of the seed and its number alone, so that one that failed can be sent again.
"""

import argparse
import os
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import django
from tqdm import tqdm

from tests.attack import examples, logs
from tests.attack.server import own_databases, prepare, serving
from tests.support.running import free_port

CLIENTS = 8
# Of failures that are alike the first is printed.
MOST_KINDS = 30


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, help="default: another one each time, which is printed")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="send this one request and print its answer")
    parser.add_argument(
        "--examples", type=int, default=0, help="also let schemathesis send at most so many of its own to each path"
    )
    parser.add_argument("--stopped", action="store_true", help="no database of figures answers")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    with own_databases() as (directory, environment):
        prepare(environment)
        # Here too: what is stored is looked up, and URLs are resolved as the server does.
        os.environ.update(environment)
        django.setup()
        print(f"Seed {seed}: the same requests again with SEED={seed}", flush=True)
        log = directory / "log"
        if options.stopped:
            environment |= nowhere(directory, environment)
        with serving(environment, log) as url:
            failed = attack(url, seed, options)
            if options.examples:
                failed += examples.send(url, seed, options.examples, directory)
        failed += check_log(log.read_text(errors="replace"), options)
    sys.exit(1 if failed else 0)


def check_log(log, options):
    from tests.attack.generator import GOOD_KEYS, KEYS

    requests = options.requests if options.only is None else 1
    secrets = [KEYS[name].split()[1] for name in GOOD_KEYS]
    complaints = list(logs.complaints(log, requests=requests, secrets=secrets))
    print(*complaints, sep="\n")
    return len(complaints)


def nowhere(directory, environment):
    """URLs of databases that do not answer."""
    url = f"sqlite:///{directory}/nowhere/analytics.sqlite3"
    if environment["ANALYTICS_DATABASE_URL"].startswith("mysql:"):
        url = f"mysql://root@127.0.0.1:{free_port()}/nowhere"
    return {"ANALYTICS_DATABASE_URL": url, "ANALYTICS_DATABASE_URL_V1": url}


def attack(url, seed, options):
    """Sends the requests, prints what came back, and gives the number of failures."""
    from tests.attack.generator import Generator
    from tests.attack.judge import Judge
    from tests.attack.known import known
    from tests.attack.sending import Http, NoAnswer
    from tests.support.description import committed_description

    description = committed_description()
    stored = known("analytics")
    generator = Generator(description.paths, stored, seed)
    judge = Judge(description, courses=stored.course_id, is_stopped=options.stopped)
    local = threading.local()

    def send(number):
        if not hasattr(local, "http"):
            local.http = Http(url)
        request = generator.request(number)
        start = time.perf_counter()
        try:
            answer = local.http.send(request)
        except NoAnswer as error:
            return request, None, [f"no answer: {error}"], 0
        return request, answer, list(judge.complaints(request, answer)), time.perf_counter() - start

    if options.only is not None:
        request, answer, complaints, _took = send(options.only)
        print(request.curl(url), answer, *complaints, sep="\n")
        return len(complaints)

    figures, failures, slowest = Counter(), [], (0, "")
    start = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as threads:
        done = threads.map(send, range(options.requests))
        for request, answer, complaints, took in tqdm(done, total=options.requests, unit=" requests"):
            status = answer.status if answer else "none"
            figures[judge.route(request)[0] or "no endpoint", status] += 1
            slowest = max(slowest, (took, request.curl(url)))
            if complaints:
                failures.append((request, status, complaints))
    print_figures(figures)
    took = time.monotonic() - start
    print(f"{options.requests} requests in {took:.0f} s, {options.requests / took:.0f} a second, seed {seed}")
    print(f"The slowest took {slowest[0]:.2f} s: {slowest[1][:500]}")
    kinds = {}
    for request, status, complaints in failures:
        first = complaints[0].partition("\n")[0]
        kinds.setdefault((judge.route(request)[0], status, first[:60]), []).append((request, first))
    for (template, status, _beginning), found in [*kinds.items()][:MOST_KINDS]:
        request, complaint = found[0]
        print(f"\nFAILED {len(found)} times, {template} {status}: {complaint[:1000]}")
        print(f"  number {request.number}: {request.curl(url)}")
    print(f"{len(failures)} failures")
    return len(failures)


def print_figures(figures):
    statuses = sorted({str(status) for _template, status in figures})
    print(f"{'':62}" + "".join(f"{status:>7}" for status in statuses))
    by_template = {}
    for (template, status), count in figures.items():
        by_template.setdefault(template, {})[str(status)] = count
    total = Counter()
    for template, counts in sorted(by_template.items()):
        total.update(counts)
        print(f"{template:62}" + "".join(f"{counts.get(status, ''):>7}" for status in statuses))
    print(f"{'all':62}" + "".join(f"{total[status]:>7}" for status in statuses))


if __name__ == "__main__":
    main()
