"""A running server whose connections to MariaDB are refused, frozen and cut."""

import gzip
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import quote

import pytest

from analyticsdataserver.db import limits
from tests.faults.conftest import environment_of
from tests.support.measured_server import measured_server
from tests.support.proxy import Proxy
from tests.support.running import KEY

pytestmark = pytest.mark.faults

STATEMENT = 1
# Seconds within which an error has to come if a connection must be made, and if one exists.
CONNECT_MAXIMUM, MAXIMUM = limits.CONNECT + 1, STATEMENT + 1
THREADS = 4
RECOVERY = 2

COURSE = "course-v1:faults+course+run"
ENROLLMENT = f"/api/v0/courses/{COURSE}/enrollment/"
ROWS = 12_000
STREAM = f"/api/v0/data_sets/enrollment/rows/?limit=all&course_id={quote(COURSE)}&format="


class Served:
    """The server, the proxies in front of its databases, and its log."""

    def __init__(self, server, users, figures, log):
        self.server, self.users, self.figures, self.log = server, users, figures, log

    def ask(self, path=ENROLLMENT, *, method="GET", body=None, headers=None, key=KEY):
        """Return status, headers and body of a response, and the seconds that it took."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        headers = {**(headers or {}), **({"Authorization": f"Token {key}"} if key else {})}
        start = time.monotonic()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.headers, content, time.monotonic() - start

    def restore(self):
        """Restore both databases, and wait for the server until it recovers."""
        self.users.restore()
        self.figures.restore()
        end = time.monotonic() + RECOVERY
        while (status := self.ask()[0]) != 200 and time.monotonic() < end:
            time.sleep(0.05)
        assert status == 200

    @contextmanager
    def logged(self):
        """Yield a list that holds the lines of the log afterwards."""
        before = len(self.log.read_text())
        lines = []
        yield lines
        # The server writes a line after it has sent the response.
        time.sleep(0.2)
        lines += self.log.read_text()[before:].splitlines()


@pytest.fixture(scope="module")
def served(mariadbs, tmp_path_factory):
    log = tmp_path_factory.mktemp("faults") / "log"
    figures = mariadbs[1]
    figures.execute(
        "INSERT INTO course_enrollment_daily (course_id, date, count, created)"
        f" SELECT '{COURSE}', '2000-01-01' + INTERVAL seq DAY, seq, '2020-01-01' FROM seq_1_to_{ROWS}",
        database="analytics",
    )
    with ExitStack() as stack:
        proxies = [stack.enter_context(Proxy(("127.0.0.1", database.port))) for database in mariadbs]
        urls = [database.url(proxy.port) for database, proxy in zip(mariadbs, proxies, strict=True)]
        output = stack.enter_context(log.open("w"))
        server = stack.enter_context(measured_server(environment_of(*urls, STATEMENT), threads=THREADS, log=output))
        yield Served(server, *proxies, log)
    figures.execute(f"DELETE FROM course_enrollment_daily WHERE course_id = '{COURSE}'", database="analytics")


@pytest.fixture(autouse=True)
def all_is_well(served):
    served.restore()
    yield
    served.restore()


def assert_unavailable(answer, maximum):
    status, headers, body, seconds = answer
    assert (status, headers["Content-Type"]) == (503, "application/json"), body
    assert json.loads(body)["error_code"] == "analytics_database_unavailable"
    assert int(headers["Retry-After"]) > 0
    assert seconds < maximum


def at_once(served, number, *arguments, **options):
    """Return the responses to as many requests at the same time."""
    with ThreadPoolExecutor(number) as threads:
        futures = [threads.submit(served.ask, *arguments, **options) for _request in range(number)]
        return [future.result() for future in futures]


DATABASES = pytest.mark.parametrize("names", [["users"], ["figures"], ["users", "figures"]], ids=" and ".join)


def fail(served, names, *faults):
    for name in names:
        for fault in faults:
            getattr(getattr(served, name), fault)()


@DATABASES
def test_refused(served, names):
    fail(served, names, "refuse")
    for answer in at_once(served, 3 * THREADS):
        assert_unavailable(answer, MAXIMUM)
    assert served.ask("/status/")[0] == 200


@DATABASES
def test_frozen_with_a_connection(served, names):
    at_once(served, 3 * THREADS)
    fail(served, names, "freeze")
    # These are more than there are threads. Requests that wait for a thread still fail in time.
    for answer in at_once(served, 5 * THREADS):
        assert_unavailable(answer, MAXIMUM)
    assert served.ask("/status/")[0] == 200
    # The circuit breaker knows it by now.
    assert_unavailable(served.ask(), STATEMENT)


@DATABASES
def test_frozen_without_a_connection(served, names):
    fail(served, names, "cut", "freeze")
    for answer in at_once(served, 5 * THREADS):
        assert_unavailable(answer, CONNECT_MAXIMUM)


@DATABASES
def test_started_anew(served, names):
    """If the database has closed the connection, the server reconnects silently."""
    at_once(served, 3 * THREADS)
    fail(served, names, "cut")
    time.sleep(0.2)
    assert {answer[0] for answer in at_once(served, 3 * THREADS)} == {200}


@DATABASES
def test_cut_while_a_statement_runs(served, names):
    """The statement is sent again over another connection."""
    at_once(served, 3 * THREADS)
    for name in names:
        proxy = getattr(served, name)
        proxy.after(1, proxy.cut)
    with served.logged() as lines:
        assert {answer[0] for answer in at_once(served, 3 * THREADS)} == {200}
    assert any("is asked again" in line for line in lines)


@pytest.mark.parametrize("fault", ["refuse", "freeze"])
@pytest.mark.parametrize("name, key", [("users", "default_db_status"), ("figures", "analytics_db_status")])
def test_health(served, fault, name, key):
    fail(served, [name], fault)
    for _time in range(2):
        status, _headers, body, seconds = served.ask("/health/", key=None)
        states = json.loads(body)["detailed_status"]
        assert (status, states.pop(key), set(states.values())) == (503, "UNAVAILABLE", {"OK"})
        assert seconds < CONNECT_MAXIMUM


@pytest.mark.parametrize("path", ["/api-auth/login/", "/api-token-auth/", "/authenticated/"])
def test_pages_outside_of_the_api(served, path):
    form = None if path == "/authenticated/" else "username=somebody&password=wrong"
    headers = {"Cookie": f"csrftoken={'c' * 32}; sessionid=none", "X-CSRFToken": "c" * 32, "Accept": "text/html"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    served.users.refuse()
    response = served.ask(path, method="POST" if form else "GET", body=form, headers=headers)
    if path == "/api-auth/login/":
        # A browser gets a page.
        status, sent, body, seconds = response
        assert (status, sent["Content-Type"]) == (503, "text/html; charset=utf-8") and seconds < MAXIMUM
        assert b"Try again later" in body and int(sent["Retry-After"]) > 0
    else:
        assert_unavailable(response, MAXIMUM)


class TestSlowStatement:
    @pytest.fixture(autouse=True)
    def locked(self, mariadbs):
        """Lock the table, so that nobody can read its rows."""
        with closing(mariadbs[1].connect(database="analytics")) as connection, connection.cursor() as cursor:
            cursor.execute("LOCK TABLES course_enrollment_daily WRITE")
            yield

    def test_is_given_up(self, served):
        for answer in at_once(served, THREADS):
            assert_unavailable(answer, MAXIMUM)
            assert "too long" in json.loads(answer[2])["developer_message"]

    def test_is_not_a_fault_of_the_database(self, served):
        assert_unavailable(served.ask(), MAXIMUM)
        assert served.ask(f"/api/v0/courses/{COURSE}/videos/")[0] == 404
        assert served.ask("/health/")[0] == 200


def stream(served, kind, *, version="1.1", encoding="identity"):
    """Return the bytes of a response up to its end, and the error that ended the connection, or None."""
    head = f"GET {STREAM}{kind} HTTP/{version}\r\nHost: 127.0.0.1\r\nAuthorization: Token {KEY}\r\n"
    head += f"Accept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    answer, error = b"", None
    with socket.create_connection(("127.0.0.1", served.server.port), timeout=20) as client:
        client.sendall(head.encode())
        try:
            while data := client.recv(2**16):
                answer += data
        except ConnectionResetError as reset:
            error = reset
    assert answer.startswith(b"HTTP/%s 200 " % version.encode())
    return answer.partition(b"\r\n\r\n")[2], error


@pytest.fixture(scope="module")
def enough(served):
    """Return a number of bytes that the database sends after its first and before its last result."""
    before = served.figures.answered
    stream(served, "csv")
    return (served.figures.answered - before) * 8 // 10


class TestBrokenStream:
    @pytest.mark.parametrize("fault, kind", [("freeze", "csv"), ("cut", "ndjson"), ("refuse", "json")])
    def test_lacks_its_last_chunk(self, served, enough, fault, kind):
        served.figures.after(enough, getattr(served.figures, fault))
        with served.logged() as lines:
            body, error = stream(served, kind)
        assert error is None and len(body) > 10_000
        assert not body.endswith(b"\r\n0\r\n\r\n")
        broke_off = [line for line in lines if "broke off" in line]
        assert len(broke_off) == 1 and "/data_sets/enrollment/rows/" in broke_off[0]
        assert not any("Traceback" in line for line in lines)

    @pytest.mark.parametrize("fault", ["freeze", "cut"])
    @pytest.mark.parametrize("version, encoding", [("1.1", "gzip"), ("1.0", "identity"), ("1.0", "gzip")])
    def test_packed_or_without_chunks(self, served, enough, fault, version, encoding):
        served.figures.after(enough, getattr(served.figures, fault))
        body, error = stream(served, "csv", version=version, encoding=encoding)
        assert (error is None) == (version == "1.1")
        assert not body.endswith(b"\r\n0\r\n\r\n")

    def test_leaves_nothing_behind(self, served, enough):
        stream(served, "csv")
        before = served.server.open_files()
        for fault in ("cut", "freeze", "refuse"):
            served.figures.after(enough, getattr(served.figures, fault))
            stream(served, "csv")
            served.restore()
        at_once(served, THREADS)
        time.sleep(0.5)
        # Each thread keeps a connection to each database. The main thread comes on top.
        assert served.server.open_files() <= before + 2 * THREADS
        assert served.server.running_threads() <= THREADS + 1


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_whole_stream(served, encoding):
    unpacked = gzip.decompress if encoding == "gzip" else bytes
    in_chunks = served.ask(f"{STREAM}csv", headers={"Accept-Encoding": encoding})[2]
    body, error = stream(served, "csv", version="1.0", encoding=encoding)
    assert error is None
    assert unpacked(body) == unpacked(in_chunks)
    assert unpacked(body).count(b"\r\n") == ROWS + 1
