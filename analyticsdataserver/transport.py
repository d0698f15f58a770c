"""Patches of gunicorn: it accepts non-ASCII letters in a URL, and its own errors are JSON.

They replace functions that gunicorn keeps to itself, and hold for the version that requirements/base.txt pins (27.0).
"""

import re

import orjson
from gunicorn import util
from gunicorn.http.message import Request

from analyticsdataserver.headers import SECURITY_HEADERS
from analyticsdataserver.request_log import COMPLETE, Facts, current

BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

parse_request_line = Request.parse_request_line


def parse_raw_request_line(request, line):
    """Percent-encode non-ASCII bytes, which clients such as curl send as they are and gunicorn refuses."""
    method, *rest = bytes(line).split(b" ")
    rest = [BEYOND_ASCII.sub(lambda match: b"%%%02X" % ord(match[0]), part) for part in rest]
    return parse_request_line(request, b" ".join((method, *rest)))


def write_json_error(sock, status_code, reason, message):
    """Send an error of the same form as all others, for a request that is too malformed or too long to reach a view."""
    facts = Facts()
    current.set(facts)
    body = orjson.dumps(
        {
            "status": status_code,
            "error_code": reason.lower().replace(" ", "_"),
            "developer_message": message or reason,
        }
    )
    head = (
        f"HTTP/1.1 {status_code} {reason}",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Request-ID: {facts.id}",
        *(f"{name}: {value}" for name, value in SECURITY_HEADERS.items()),
        "\r\n",
    )
    facts.status, facts.bytes = status_code, len(body)
    facts.write(COMPLETE)
    util.write_nonblock(sock, "\r\n".join(head).encode() + body)


def install():
    Request.parse_request_line = parse_raw_request_line
    util.write_error = write_json_error
