"""Data sets from a running server: the script of the documentation, and connections that break."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "edx"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The production server on SQLite files of its own, one process of one thread."""

    def __init__(self, folder):
        self.database = folder / "analytics.sqlite3"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
            "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
            "ANALYTICS_DATABASE_URL": f"sqlite:///{self.database}",
            "ANALYTICS_DATABASE_URL_V1": "",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORKERS": "1",
            "THREADS": "1",
        }
        for arguments in (["migrate"], ["migrate", "--database", "analytics"], ["set_api_key", KEY, KEY]):
            self.run("manage.py", *arguments)

    def run(self, *arguments):
        command = [sys.executable, *map(str, arguments)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def execute(self, statement, rows=((),)):
        with sqlite3.connect(self.database, timeout=30) as connection:
            connection.executemany(statement, rows)
        connection.close()

    @contextmanager
    def running(self):
        command = [sys.executable, "-m", "gunicorn", "--config", "analyticsdataserver/gunicorn.py"]
        process = subprocess.Popen(
            [*command, "analyticsdataserver.wsgi:application"],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _attempt in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                        break
                time.sleep(0.1)
            self.worker = Path(f"/proc/{process.pid}")
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    with server.running():
        yield server


INSERT = "INSERT INTO course_enrollment_daily (course_id, date, count, created) VALUES (?, ?, ?, ?)"


def days(course_id, number, created):
    return [(course_id, f"20{index // 400 + 10:02}-01-{index % 28 + 1:02}", index, created) for index in range(number)]


def rows_of(database, query):
    with sqlite3.connect(database) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


THEIRS = """
    SELECT id, course_id, date, count, REPLACE(REPLACE(SUBSTR(created, 1, 19), ' ', 'T'), ':', '')
    FROM course_enrollment_daily ORDER BY id
"""


def test_the_copy_of_the_documentation_keeps_in_step(server, tmp_path):
    def in_step():
        server.run(
            ROOT / "docs" / "sync.py", server.url, KEY, tmp_path / "copy.db", "enrollment", "video_timelines", "roster"
        )
        ours = rows_of(tmp_path / "copy.db", "SELECT id, course_id, date, count, created FROM enrollment ORDER BY id")
        theirs = rows_of(server.database, THEIRS)
        return ours == theirs

    assert in_step()
    server.execute(
        INSERT, days("edX/a/1", 30_000, "2020-01-01 00:00:00") + days("edX/é/1", 10, "2020-01-01 00:00:01.5")
    )
    assert in_step()
    server.execute(INSERT, days("edX/b/1", 10, "2020-01-02 00:00:00"))
    server.execute("DELETE FROM course_enrollment_daily WHERE course_id = 'edX/a/1' AND count > 100")
    assert in_step()
    # Computed anew, with new ids.
    server.execute("DELETE FROM course_enrollment_daily WHERE course_id = 'edX/b/1'")
    server.execute(INSERT, days("edX/b/1", 9, "2020-01-03 00:00:00"))
    assert in_step()
    assert in_step()


def request(server, path):
    client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {KEY}\r\n\r\n"
    client.sendall(head.encode())
    return client


def open_files(server):
    """What the server's process has open of its database, and how many threads it has."""
    pids = (server.worker / "task" / server.worker.name / "children").read_text().split()
    links = [link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()]
    names = [os.readlink(link) for link in links if link.is_symlink()]
    return sorted(name for name in names if "socket" not in name), sum(
        len(list(Path(f"/proc/{p}/task").iterdir())) for p in pids
    )


ALL = "/api/v0/data_sets/course_programs/rows/?limit=all&format="
PROGRAM = (
    "INSERT INTO course_program_metadata (course_id, program_id, program_type, program_title, created)"
    " VALUES (?, ?, ?, ?, ?)"
)


@pytest.fixture(scope="module")
def many_rows(server):
    row = ("edX/a/1", "p" * 200, "t" * 200, "x" * 200, "2020-01-01 00:00:00")
    server.execute(PROGRAM, [row] * 60_000)


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json"])
def test_a_client_that_goes_leaves_nothing_behind(server, many_rows, kind):
    with request(server, f"{ALL}{kind}&course_id=edX/b/1") as client:
        assert client.recv(2**16).startswith(b"HTTP/1.1 200")
    before = open_files(server)
    for _time in range(3):
        with request(server, ALL + kind) as client:
            assert client.recv(2**16).startswith(b"HTTP/1.1 200")
        # The one thread answers again, and nobody holds the database back.
        with request(server, f"{ALL}{kind}&course_id=edX/b/1") as client:
            assert client.recv(2**16).startswith(b"HTTP/1.1 200")
        server.execute(INSERT, days("edX/c/1", 1, "2020-01-01 00:00:00"))
    assert open_files(server) == before


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json"])
def test_a_stream_that_fails_ends_without_its_end(server, many_rows, kind):
    whole = rest_of_after(server, kind, lambda: None)
    assert whole.endswith(b"\r\n0\r\n\r\n")
    try:
        broken = rest_of_after(
            server, kind, lambda: server.execute("ALTER TABLE course_program_metadata RENAME TO course_program_gone")
        )
    finally:
        server.execute("ALTER TABLE course_program_gone RENAME TO course_program_metadata")
    assert len(broken) < len(whole)
    assert not broken.endswith(b"\r\n0\r\n\r\n")


def rest_of_after(server, kind, act):
    """A whole answer, in the middle of which something happens."""
    client = request(server, ALL + kind)
    beginning = client.recv(2**12)
    act()
    if b"Connection: keep-alive" in beginning or b"Connection: close" not in beginning:
        client.settimeout(20)
    body = bytearray(beginning)
    with client:
        while not body.endswith(b"\r\n0\r\n\r\n"):
            chunk = client.recv(2**16)
            if not chunk:
                break
            body += chunk
    return bytes(body)
