"""Time the pages of the demo course: first byte, bytes, queries, and the time until the charts are drawn in Chromium.

The server is the production server on SQLite with the demo data. The times are medians.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import django

from analytics_data_api.simulation.documented import INVENTED_COURSE
from tests.support.browser import chromium
from tests.support.pages_browser import PageInBrowser
from tests.support.pages_server import demo_site
from tests.support.running import KEY, free_port, gunicorn

MAXIMUM_QUERIES, MAXIMUM_BYTES = 10, 200_000
STATIC = Path(__file__).resolve().parents[1] / "analytics_data_api" / "static" / "pages"
DRAWN = "return performance.getEntriesByName('charts-drawn').map((mark) => mark.startTime)[0] ?? null"


def fetched(port: int, path: str) -> tuple[float, bytes]:
    """Return the milliseconds until the first byte of a page, and its body as it is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    headers = {"Authorization": f"Token {KEY}", "Accept-Encoding": "gzip"}
    connection.request("GET", quote(path, safe="/:+"), headers=headers)
    response = connection.getresponse()
    first = response.read(1)
    passed = (time.perf_counter() - began) * 1000
    body = first + response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status}")
    return passed, body


def queries_in(log: Path, path: str) -> int:
    """Return the queries of the last request of a path, which the server's log tells."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return next(line["queries"] for line in reversed(lines) if line["path"] == path)


def assets() -> int:
    """Return the bytes of the files that each page loads beside the chart library."""
    return sum((STATIC / name).stat().st_size for name in ("pages.css", "pages.js", "charts.js", "icon.svg"))


def drawn_after(page: PageInBrowser, path: str, rounds: int) -> float | None:
    times = []
    for _round in range(rounds):
        page.open(path)
        times.append(page.browser.execute_script(DRAWN))
    return statistics.median(times) if None not in times else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    # The list stands beside factories of rows, which need Django.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.test")
    django.setup()
    from tests.support.pages import COURSE_PAGES

    paths = ["/courses/", *(f"/courses/{INVENTED_COURSE}/{path}" for path in COURSE_PAGES)]
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        environment = {**demo_site(folder), "PORT": str(free_port()), "REQUEST_LOG": "on"}
        port = int(environment["PORT"])
        with (
            log.open("w") as file,
            gunicorn(environment, stderr=file, stdout=subprocess.DEVNULL),
            chromium(folder / "browser") as driver,
        ):
            page = PageInBrowser(driver, f"http://127.0.0.1:{port}")
            page.log_in("edx", "edx")
            print(f"{'page':55} {'first byte':>10} {'bytes':>8} {'queries':>8} {'drawn':>9}")
            for path in paths:
                fetched(port, path)
                results = [fetched(port, path) for _round in range(rounds)]
                milliseconds = statistics.median(passed for passed, _body in results)
                size, queries = len(results[0][1]), queries_in(log, path)
                drawn = drawn_after(page, path, rounds)
                drawn_text = "no chart" if drawn is None else f"{drawn:.0f} ms"
                print(f"{path:55} {milliseconds:7.1f} ms {size:8,} {queries:8} {drawn_text:>9}")
                failures += queries > MAXIMUM_QUERIES or size + assets() > MAXIMUM_BYTES
        print(f"files of every page beside the chart library: {assets():,} bytes, not compressed")
        library = (STATIC / "charts" / "echarts.min.js.gz").stat().st_size
        print(f"chart library: {library:,} bytes, gzipped")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
