"""Requests as they arrive, and the errors of those that never reach a view."""

import json

import pytest
from waitress.adjustments import Adjustments
from waitress.utilities import InternalServerError

from analyticsdataserver.connections import MAX_LINE, RequestParser, error_body, forwarded_address, forwarded_scheme
from analyticsdataserver.worker import trusted


def parsed(head, *, version="1.1", headers=("Host: localhost",)):
    parser = RequestParser(Adjustments())
    lines = [head + f" HTTP/{version}".encode(), *(header.encode() for header in headers)]
    parser.received(b"\r\n".join(lines) + b"\r\n\r\n")
    assert parser.completed
    return parser


def test_raw_utf8_in_a_url():
    request = parsed("GET /api/v0/courses/course-v1:Université+学+%C3%A9/videos/?text_search=José".encode())
    assert request.error is None
    assert request.path.encode("latin-1").decode() == "/api/v0/courses/course-v1:Université+学+é/videos/"
    assert request.query == "text_search=Jos%C3%A9"


def test_plain_urls_are_unchanged():
    request = parsed(b"GET /api/v0/courses/a%2Fb/c+d/videos/?x=%2B+%zz")
    assert (request.error, request.query) == (None, "x=%2B+%zz")


@pytest.mark.parametrize(
    ("head", "options", "code"),
    [
        (b"GET /a\x01b", {}, 400),
        (b"GET", {}, 400),
        (b"get /", {}, 400),
        (b"GET /", {"version": "2.0"}, 400),
        (b"GET /", {"headers": ()}, 400),
        (b"GET /", {"headers": ("Host:",)}, 400),
        (b"GET /", {"headers": ("Host: localhost", "Broken header: \x00")}, 400),
        (b"GET /", {"headers": ("Host: localhost", "Content-Length: 1, 1")}, 400),
        (b"GET /", {"headers": ("Host: localhost", "Transfer-Encoding: gzip")}, 501),
        (b"GET /", {"headers": ("Host: localhost", "Expect: a miracle")}, 417),
        (b"GET /?" + b"a" * MAX_LINE, {}, 414),
        (b"GET /", {"headers": ("Host: localhost", "X-Long: " + "a" * MAX_LINE)}, 431),
        (b"GET /", {"headers": ("Host: localhost", *(f"X-{number}: 1" for number in range(200)))}, 431),
        (b"POST /", {"headers": ("Host: localhost", "Content-Length: 2097153")}, 413),
        (b"POST /api-token-auth/", {"headers": ("Host: localhost", "Content-Length: 65537")}, 413),
        (b"POST //api%2Dtoken-auth", {"headers": ("Host: localhost", "Content-Length: 65537")}, 413),
    ],
)
def test_refused(head, options, code):
    error = parsed(head, **options).error
    assert error.code == code
    body = json.loads(error_body(error))
    assert body["status"] == code
    assert body["error_code"] and body["developer_message"]


def test_a_request_line_without_an_end_is_refused_before_it_ends():
    parser = RequestParser(Adjustments())
    parser.received(b"GET /" + b"a" * (MAX_LINE + 1))
    assert (parser.completed, parser.error.code) == (True, 414)


def test_a_body_in_chunks_is_refused_when_it_is_too_large():
    parser = RequestParser(Adjustments())
    parser.received(b"POST /api-token-auth/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    received = 0
    while not parser.completed:
        received += parser.received(b"1000\r\n" + b"[" * 0x1000 + b"\r\n")
    assert parser.error.code == 413
    assert received < 70_000


def test_http_1_0_needs_no_host():
    assert parsed(b"GET /", version="1.0", headers=()).error is None


def test_crash():
    body = json.loads(error_body(InternalServerError("")))
    assert body == {
        "status": 500,
        "error_code": "internal_server_error",
        "developer_message": "Internal Server Error",
    }


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("", "10.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.2", "10.0.0.1"),
    ],
)
def test_forwarded_address(header, address):
    """A client can write what it likes to the left of what the trusted proxies add."""
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": header}
    assert forwarded_address(environ, trusted("10.0.0.1, 10.0.0.2")) == address


@pytest.mark.parametrize(
    ("header", "scheme"), [("https", "https"), ("HTTPS ", "https"), ("gopher", "http"), ("", "http")]
)
def test_forwarded_scheme(header, scheme):
    assert forwarded_scheme({"wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": header}) == scheme
