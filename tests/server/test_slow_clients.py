"""A client that is slow, idle or disconnected holds a connection but no thread."""

import re
import socket
import threading
import time
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.support.running import Server

pytestmark = pytest.mark.servers

HEAD = b"POST /api-token-auth/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path).running() as running:
        yield running


def connected(server, sent=b"", receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", server.port))
    client.sendall(sent)
    return client


def test_an_honest_client_is_answered_meanwhile(server):
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(connected(server, b"G"))
            stack.enter_context(connected(server, HEAD + b"Content-Length: 60000\r\n\r\n{"))
        for _ in range(24):
            request = b"GET /docs/swagger.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
            stack.enter_context(connected(server, request, receive_buffer=1024))
        for _ in range(120):
            stack.enter_context(connected(server))
        for _ in range(20):
            start = time.monotonic()
            with urlopen(f"{server.url}/status/", timeout=3) as response:
                assert response.status == 200
            assert time.monotonic() - start < 3


def test_a_client_that_is_refused_reads_why(server):
    """The body is longer than what the two sockets hold, so a connection that is closed at once would be reset."""
    with connected(server, HEAD + b"Content-Length: 20000000\r\n\r\n") as client:
        sender = threading.Thread(target=send_all, args=(client, b"x" * 20_000_000), daemon=True)
        sender.start()
        assert client.makefile("rb").readline().startswith(b"HTTP/1.1 413 ")


def test_head_has_no_body(server):
    """A client that keeps its connection would read the body as its next response."""
    request = b"%s /status/ HTTP/1.1\r\nHost: localhost\r\nConnection: %s\r\n\r\n"
    with connected(server, request % (b"HEAD", b"keep-alive") + request % (b"GET", b"close")) as client:
        head, get, body = client.makefile("rb").read().split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and b"\r\nContent-Length: %d\r\n" % len(body) in head
    assert get.startswith(b"HTTP/1.1 200 ")


BODY = b"GET /status/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(BODY)
NEXT = b"GET /next/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "statuses"),
    [
        (b"POST /status/ HTTP/1.1\r\nHost: localhost\r\n" + LENGTH, [405, 404]),
        (b"POST /nothing/ HTTP/1.1\r\nHost: localhost\r\n" + LENGTH, [404, 404]),
        (b"POST /status/ HTTP/1.1\r\n" + LENGTH, [400]),
        (HEAD + b"Content-Length: 20000000\r\n\r\n", [413]),
        (HEAD + b"Expect: nothing\r\n" + LENGTH, [417]),
        (HEAD + b"Transfer-Encoding: gzip\r\n" + LENGTH, [501]),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", [400]),
    ],
)
def test_a_body_that_no_view_reads_is_not_the_next_request(server, head, statuses):
    """The server has read the body before it answers, or it closes the connection."""
    with connected(server, head + BODY + NEXT) as client:
        client.settimeout(10)
        answers = client.makefile("rb").read()
    assert [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", answers)] == statuses
    assert answers.count(b"Connection: close") == 1


def send_all(client, data):
    try:
        client.sendall(data)
    except OSError:
        return
