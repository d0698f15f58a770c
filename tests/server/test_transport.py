"""The patches of gunicorn, which apply before Django sees a request."""

import json
import runpy
import socket
from pathlib import Path

import pytest
from gunicorn import util
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine, LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.base import Worker

CONFIGURATION = Path(__file__).resolve().parents[2] / "analyticsdataserver" / "gunicorn.py"


@pytest.fixture
def configured(monkeypatch):
    """Load gunicorn's configuration file, and undo its patches afterwards."""
    monkeypatch.setattr(Request, "parse_request_line", Request.parse_request_line)
    monkeypatch.setattr(util, "write_error", util.write_error)
    config = Config()
    for name, value in runpy.run_path(str(CONFIGURATION)).items():
        if name in config.settings:
            config.set(name, value)
    return config


def request(config, target):
    line = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return Request(config, IterUnreader([line]), ("127.0.0.1", 1))


def test_letters_beyond_ascii_in_a_url(configured):
    got = request(configured, "/api/v0/courses/course-v1:Université+学+%C3%A9/videos/?text_search=José".encode())
    assert got.path == "/api/v0/courses/course-v1:Universit%C3%A9+%E5%AD%A6+%C3%A9/videos/"
    assert got.query == "text_search=Jos%C3%A9"


def test_plain_urls_stay_as_they_are(configured):
    got = request(configured, b"/api/v0/courses/a%2Fb/c+d/videos/?x=%2B+%zz")
    assert (got.method, got.path, got.query) == ("GET", "/api/v0/courses/a%2Fb/c+d/videos/", "x=%2B+%zz")


def test_control_characters_are_refused(configured):
    with pytest.raises(InvalidRequestLine):
        request(configured, b"/a\x01b")


def test_length_of_a_url(configured):
    assert len(request(configured, b"/?" + b"a" * 8000).query) == 8000
    with pytest.raises(LimitRequestLine):
        request(configured, b"/?" + b"a" * 9000)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidRequestLine("<é>\x00"), 400, "bad_request"),
        (LimitRequestLine(9000, 8190), 414, "uri_too_long"),
        (RuntimeError("unforeseen"), 500, "internal_server_error"),
    ],
    ids=["malformed", "too long", "crash"],
)
def test_errors_are_json(configured, error, status, code):
    configured.set("logger_class", "gunicorn.glogging.Logger")
    worker = Worker(0, 0, [], None, 1, configured, configured.logger_class(configured))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(None, theirs, ("127.0.0.1", 1), error)
        theirs.close()
        answer = ours.makefile("rb").read()
    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Type: application/json" in head.split(b"\r\n")
    assert b"X-Content-Type-Options: nosniff" in head.split(b"\r\n")
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert b"Content-Length: %d" % len(body) in head.split(b"\r\n")
    found = json.loads(body)
    assert (found["status"], found["error_code"]) == (status, code)
    assert found["developer_message"]
