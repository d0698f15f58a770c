"""Call the WSGI application of the checkout that PYTHONPATH names, without a server around it.

Each line of the input is a number of requests and a path. Each line of the output is JSON: the microseconds of CPU time of a
request, and the share of each layer in it, by the profiler, if the line ends with ``layers``.
"""

import cProfile
import io
import json
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import unquote

# The layer of a source file is that of the first of these texts that its path contains.
LAYERS = {
    "database": ("/django/db/", "/MySQLdb/", "/analyticsdataserver/db/", "/analytics_data_api/sql/", "/asgiref/"),
    "log line": ("/logging/", "/request_log.py"),
    "REST framework": ("/rest_framework/", "/web/prepared.py"),
    "key": ("/analytics_data_api/auth/",),
    "endpoint": ("/analytics_data_api/",),
    "middleware": (
        "/analyticsdataserver/",
        "/whitenoise/",
        "/middleware/",
        "/contrib/",
        "deprecation.py",
        "exception.py",
    ),
    "Django": ("",),
}


def environ(path: str, key: str) -> dict[str, Any]:
    """Return what a server hands to the application for a GET request with a key."""
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT_ENCODING": "identity",
        "HTTP_AUTHORIZATION": f"Token {key}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def call(application: Any, path: str, key: str) -> bytes:
    """Return the body of a response, closed as a server closes it. Raise RuntimeError unless its status is 200."""
    started: list[str] = []
    response = application(environ(path, key), lambda status, headers: started.append(status))
    body = b"".join(response)
    response.close()
    if not started[0].startswith("200"):
        raise RuntimeError(f"{path}: {started[0]} {body[:300]!r}")
    return body


def layer_of(file: str) -> str:
    return next(layer for layer, parts in LAYERS.items() if any(part in file for part in parts))


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """Return the share of each layer in the time of a profile. A function in C counts for the one that calls it."""
    times: Counter[str] = Counter()
    for entry in profile.getstats():
        if not isinstance(entry.code, str):
            times[layer_of(entry.code.co_filename)] += entry.inlinetime
    return {layer: times[layer] / sum(times.values()) for layer in LAYERS}


def main(key: str) -> None:
    from analyticsdataserver.wsgi import application

    for line in sys.stdin:
        number, path, *wanted = line.split()
        profile = cProfile.Profile(builtins=False)
        if wanted:
            profile.enable()
        start = time.process_time()
        for _request in range(int(number)):
            call(application, path, key)
        took = (time.process_time() - start) / int(number) * 1e6
        profile.disable()
        print(json.dumps({"microseconds": took, "layers": shares(profile) if wanted else {}}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
