"""One line of JSON for each request, its id, and no key in any line."""

import json
import logging
import re
import socket
import sqlite3
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
from django.http import StreamingHttpResponse

from analyticsdataserver import request_log, responses
from tests.support import databases
from tests.support.client import ApiClient
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    KeyAccessFactory,
    TokenFactory,
    UserFactory,
)
from tests.support.running import Server

COURSE = "edX/DemoX/Demo_Course"
URL = f"/api/v0/courses/{COURSE}/enrollment/"
KEY = "geheimer-schluessel"

in_process = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def lines():
    """Collect the lines that are logged during a test."""
    found = []

    class Handler(logging.Handler):
        def emit(self, record):
            found.append(json.loads(record.getMessage()))

    handler = Handler()
    request_log.logger.addHandler(handler)
    yield found
    request_log.logger.removeHandler(handler)


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = "tests.support.crash_urls"
    CourseEnrollmentDailyFactory(course_id=COURSE)
    client = ApiClient(described=False, raise_request_exception=False)
    # Only the first use of a key in a day is recorded.
    KeyAccessFactory(user=TokenFactory(key=KEY, user__username="ada").user, last_used=datetime.now(UTC).date())
    client.credentials(HTTP_AUTHORIZATION=f"Token {KEY}")
    return client


def without_times(line):
    return {name: value for name, value in line.items() if name not in ("time", "ms", "request_id")}


@in_process
class TestLine:
    def test_of_an_answer(self, client, lines):
        before = datetime.now(UTC)
        response = client.get(f"{URL}?key={KEY}")
        [line] = lines
        assert without_times(line) == {
            "address": "127.0.0.1",
            "user": "ada",
            "method": "GET",
            "path": URL,
            "status": 200,
            "queries": 2,
            "bytes": len(response.content),
            "outcome": "complete",
        }
        assert line["request_id"] == response["X-Request-ID"]
        assert line["time"].endswith("Z") and line["ms"] > 0
        assert abs((datetime.fromisoformat(line["time"]) - before).total_seconds()) < 60

    @pytest.mark.parametrize(
        ("path", "extra", "status", "queries"),
        [
            (f"{URL}?start_date=never", {}, 400, 1),
            ("/nothing/", {}, 404, 0),
            ("/status/", {}, 200, 0),
            ("/status/", {"HTTP_HOST": "elsewhere.example.com"}, 400, 0),
            ("/health/", {}, 200, 3),
            ("/crash/rows/", {}, 500, 1),
            ("/crash/plain/", {}, 500, 0),
            ("/static/drf-yasg/style.css", {}, 200, 0),
        ],
    )
    def test_of_others(self, client, lines, path, extra, status, queries):
        client.get(path, **extra)
        [line] = lines
        assert (line["path"], line["status"], line["queries"]) == (path.partition("?")[0], status, queries)
        assert line["outcome"] == "complete"

    def test_of_strangers(self, anonymous, lines):
        anonymous.get(URL, HTTP_AUTHORIZATION=f"Token {KEY}")
        assert (lines[0]["user"], lines[0]["status"], lines[0]["queries"]) == (None, 401, 1)

    def test_of_a_session(self, client, lines):
        browser = ApiClient()
        browser.force_login(UserFactory(username="bob"))
        browser.get("/authenticated/")
        assert lines[-1]["user"] == "bob"

    @pytest.mark.parametrize(
        "path, extra, settled",
        [
            ("/reports/download/signed-by-us/", {}, "/reports/download/.../"),
            ("/reports/download/signed-by-us", {}, "/reports/download/..."),
            ("/x/Reports/Download//signed-by-us/x", {}, "/x/Reports/Download//.../x"),
            ("/reports/download/signed-by-us/", {"HTTP_HOST": "elsewhere.example.com"}, "/reports/download/.../"),
        ],
    )
    def test_a_link_to_a_report_is_a_permission(self, anonymous, lines, path, extra, settled):
        """Not even if the path has no route, or is refused or redirected."""
        anonymous.get(path, **extra)
        assert lines[0]["path"] == settled

    def test_a_link_that_is_redirected_to_https(self, anonymous, lines, settings):
        settings.SECURE_SSL_REDIRECT = True
        assert ApiClient().get("/reports/download/signed-by-us/").status_code == 301
        assert lines[0]["path"] == "/reports/download/.../"

    def test_head_and_not_modified_have_no_body(self, client, lines):
        etag = client.get(URL)["ETag"]
        client.head(URL)
        client.get(URL, HTTP_IF_NONE_MATCH=etag)
        assert [line["bytes"] for line in lines[1:]] == [0, 0]
        assert lines[2]["status"] == 304

    def test_database_down(self, client, lines, tmp_path):
        with databases.unreachable("analytics", tmp_path):
            client.get(URL)
        assert (lines[0]["status"], lines[0]["user"]) == (503, "ada")


@in_process
class TestStreams:
    def test_complete(self, client, lines):
        response = client.get(URL, {"format": "csv"})
        assert lines == [], "it is not over yet"
        body = response.getvalue()
        response.close()
        assert without_times(lines[0])["bytes"] == len(body)
        assert (lines[0]["outcome"], lines[0]["queries"], lines[0]["user"]) == ("complete", 2, "ada")

    @pytest.fixture
    def streamed(self, rf):
        def answer(chunks):
            request = rf.get("/stream/")
            request.resolver_match = None
            return responses.ResponseHeadersMiddleware(lambda _request: StreamingHttpResponse(chunks))(request)

        return answer

    def test_broken_off(self, streamed, lines):
        response = streamed(iter([b"one", b"two", b"three"]))
        assert next(iter(response)) == b"one"
        response.close()
        assert (lines[0]["outcome"], lines[0]["bytes"], lines[0]["status"]) == ("broken off", 3, 200)

    def test_failed(self, streamed, lines):
        def chunks():
            yield b"one"
            raise RuntimeError

        response = streamed(chunks())
        with pytest.raises(RuntimeError):
            list(response)
        response.close()
        assert (lines[0]["outcome"], lines[0]["bytes"]) == ("failed", 3)

    def test_never_begun(self, streamed, lines):
        streamed(iter([b"one"])).close()
        assert (lines[0]["outcome"], lines[0]["bytes"]) == ("broken off", 0)


@in_process
class TestRequestId:
    @pytest.mark.parametrize("id", ["a", "0" * 128, "01J/x:y.z+w=@-_", "8d9c5a3e-8a0e-4e55-9f5a-1f2b3c4d5e6f"])
    def test_is_taken(self, anonymous, lines, id):
        assert anonymous.get("/status/", HTTP_X_REQUEST_ID=id)["X-Request-ID"] == lines[0]["request_id"] == id

    @pytest.mark.parametrize("id", ["", " ", "0" * 129, "a b", "é", 'a"b', "a\nb", "a,b", "{}"])
    def test_is_made_anew(self, anonymous, lines, id):
        answers = [anonymous.get("/status/", HTTP_X_REQUEST_ID=id)["X-Request-ID"] for _time in range(2)]
        assert [line["request_id"] for line in lines] == answers
        assert answers[0] != answers[1]
        assert all(re.fullmatch(r"[0-9a-f]{32}", answer) for answer in answers)

    def test_stands_in_other_lines_and_in_the_answer_to_a_crash(self, client, caplog):
        caplog.handler.addFilter(request_log.RequestIdFilter())
        response = client.get("/crash/view/", HTTP_X_REQUEST_ID="of-this-crash")
        assert [record.request_id for record in caplog.records if record.exc_info] == ["of-this-crash"]
        assert KEY not in caplog.text
        assert "of-this-crash" in response.json()["developer_message"]


@in_process
def test_off(client, lines, monkeypatch):
    monkeypatch.setattr(request_log.logger, "level", logging.ERROR)
    request_log.logger.manager._clear_cache()
    assert client.get(URL)["X-Request-ID"]
    client.get(URL, {"format": "csv"}).getvalue()
    assert lines == []
    monkeypatch.undo()
    request_log.logger.manager._clear_cache()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run a server with LOG_LEVEL=DEBUG."""
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder)
    server.run("manage.py", "set_api_key", "ada", KEY)
    server.environment["LOG_LEVEL"] = "DEBUG"
    server.environment["GUNICORN_CMD_ARGS"] = "--log-level debug"
    with (folder / "log").open("w") as log, server.running(log):
        yield server, folder / "log"


@pytest.mark.servers
class TestServer:
    def sent(self, server, text):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(2**16), b""))

    def test_no_key_in_any_line(self, server):
        server, log = server
        body = json.dumps({"username": "ada", "password": KEY}).encode()
        heads = {
            f"GET /authenticated/?key={KEY} HTTP/1.1": f"Authorization: Token {KEY}",
            f"GET /nothing/?key={KEY} HTTP/1.1": f"Authorization: Token {KEY}x",
            f"GET /status/?key={KEY}\x01 HTTP/1.1": "A: b",
            f"GET /status/?key={KEY} HTTP/9.1": "A: b",
            f"G(T /status/?key={KEY} HTTP/1.1": "A: b",
            "GET /status/ HTTP/1.1": f"Authorization: Token {KEY}\x00",
            "GET /authenticated/ HTTP/1.1": f"Authorization : Token {KEY}",
            f"GET /?{KEY * 1000} HTTP/1.1": "A: b",
            "GET /health/ HTTP/1.1": f"Authorization: Token {KEY * 1000}",
            "POST /api-token-auth/ HTTP/1.1": "Content-Type: application/json",
            "POST /api/v0/course_totals/ HTTP/1.1": f"Content-Type: application/{KEY}\r\nAuthorization: Token {KEY}",
        }
        statuses = []
        for line, header in heads.items():
            head = f"{line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n{header}\r\nContent-Length: {len(body)}\r\n\r\n"
            answer = self.sent(server, head.encode("latin-1") + body)
            assert b"\r\nx-request-id: " in answer.lower()
            statuses.append(int(answer.split()[1]))
        assert statuses == [200, 404, 400, 400, 400, 400, 400, 414, 431, 400, 415]
        text = log.read_text()
        assert KEY not in text
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert [line["status"] for line in lines][-len(statuses) :] == statuses

    def test_no_host_of_a_stranger(self, server):
        server, log = server
        head = f"GET /authenticated/ HTTP/1.1\r\nHost: {KEY}.example.com\r\nConnection: close\r\n\r\n"
        answer = self.sent(server, head.encode())
        assert answer.startswith(b"HTTP/1.1 400 ") and b"ALLOWED_HOSTS" in answer
        text = log.read_text()
        assert KEY not in text
        assert "Traceback" not in text

    def test_streams(self, server):
        server, log = server
        with sqlite3.connect(server.database) as connection:
            connection.executemany(
                "INSERT INTO course_enrollment_daily (course_id, date, count, created) VALUES ('a/b/c', ?, 1, ?)",
                [(f"2{day:03}-01-01", "2020-01-01") for day in range(1000)] * 100,
            )
        connection.close()
        path = "/api/v0/courses/a/b/c/enrollment/?format=csv&start_date=1900-01-01"
        headers = f"Host: 127.0.0.1\r\nConnection: close\r\nAuthorization: Token {KEY}"
        head = f"GET {path} HTTP/1.1\r\n{headers}\r\n\r\n".encode()
        body = self.sent(server, head)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(head)
            client.recv(100)
        # The only thread has gone on to the next request.
        self.sent(server, b"GET /status/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        [complete, broken] = [line for line in lines if (line["path"] or "").endswith("/enrollment/")]
        assert (complete["outcome"], broken["outcome"]) == ("complete", "broken off")
        assert 0 < broken["bytes"] < complete["bytes"] < len(body)


@pytest.mark.servers
def test_no_password_of_a_database_or_a_cache_that_does_not_answer(tmp_path):
    pytest.importorskip("MySQLdb", reason="mysqlclient is not installed: make develop-mysql")
    server = Server(tmp_path)
    server.environment |= {
        "LOG_LEVEL": "DEBUG",
        "ANALYTICS_DATABASE_URL": f"mysql://reader:{KEY}@127.0.0.1:1/reports",
        "CACHE_URL": f"redis://:{KEY}@127.0.0.1:1/0",
        "THROTTLE_RATE_USER": "5/day",
    }
    with (tmp_path / "log").open("w") as log, server.running(log):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", URL, headers={"Authorization": "Token edx"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["RateLimit-Limit"]) == (503, "5")
        connection.close()
    text = (tmp_path / "log").read_text()
    assert "the cache fails" in text and '"status":503' in text
    assert KEY not in text
