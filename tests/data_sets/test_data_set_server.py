"""Data sets from a running server: the script of the documentation, and connections that break."""

import csv
import itertools
import os
import socket
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from tests.support.proxy import Proxy
from tests.support.running import KEY, ROOT

pytestmark = pytest.mark.servers


INSERT = "INSERT INTO course_enrollment_daily (course_id, date, count, created) VALUES (%s, %s, %s, %s)"


def days(course_id, number, created):
    return [(course_id, f"20{index // 400 + 10:02}-01-{index % 28 + 1:02}", index, created) for index in range(number)]


def rows_of(copy, query):
    with closing(sqlite3.connect(copy)) as connection:
        return connection.execute(query).fetchall()


THEIRS = """
    SELECT id, course_id, SUBSTR(date, 1, 10), count, REPLACE(REPLACE(SUBSTR(created, 1, 19), ' ', 'T'), ':', '')
    FROM course_enrollment_daily ORDER BY id
"""


SCRIPT = ROOT / "docs" / "sync.py"


def test_the_copy_of_the_documentation_keeps_in_step(server, tmp_path):
    def in_step():
        server.run(SCRIPT, server.url, KEY, tmp_path / "copy.db", "enrollment", "video_timelines", "roster")
        ours = rows_of(tmp_path / "copy.db", "SELECT id, course_id, date, count, created FROM enrollment ORDER BY id")
        return ours == server.rows(THEIRS)

    assert in_step()
    server.execute(
        INSERT, days("edX/a/1", 30_000, "2020-01-01 00:00:00") + days("edX/é/1", 10, "2020-01-01 00:00:01.5")
    )
    assert in_step()
    server.execute(INSERT, days("edX/b/1", 10, "2020-01-02 00:00:00"))
    server.execute("DELETE FROM course_enrollment_daily WHERE course_id = 'edX/a/1' AND count > 100")
    assert in_step()
    # The pipeline computes the rows again, with new ids.
    server.execute("DELETE FROM course_enrollment_daily WHERE course_id = 'edX/b/1'")
    server.execute(INSERT, days("edX/b/1", 9, "2020-01-03 00:00:00"))
    assert in_step()
    assert in_step()


def test_a_copy_whose_connection_breaks_stays_what_it_was(server, tmp_path):
    def ids():
        return rows_of(tmp_path / "copy.db", "SELECT id FROM enrollment ORDER BY id")

    server.execute(INSERT, days("edX/broken/1", 10, "2020-02-01 00:00:00"))
    with Proxy(("127.0.0.1", server.port)) as proxy:
        copy = (SCRIPT, f"http://127.0.0.1:{proxy.port}", KEY, tmp_path / "copy.db", "enrollment")
        server.run(*copy)
        before = ids()
        assert before == server.rows("SELECT id FROM course_enrollment_daily ORDER BY id")
        server.execute(INSERT, days("edX/broken/2", 30_000, "2020-02-02 00:00:00"))
        proxy.after(10**6, proxy.cut)
        with pytest.raises(subprocess.CalledProcessError):
            server.run(*copy, stderr=subprocess.DEVNULL)
        assert proxy.left is None, "the connection broke before the end"
        assert ids() == before
        server.run(*copy)
        assert ids() == server.rows("SELECT id FROM course_enrollment_daily ORDER BY id")


def block_of_the_documentation(language):
    """Return the first code block in a language on the page about bulk data."""
    text = (ROOT / "docs" / "bulk_data.rst").read_text(encoding="utf-8")
    block = text.partition(f".. code-block:: {language}\n\n")[2]
    return textwrap.dedent(
        "".join(itertools.takewhile(lambda line: line[:1] in " \n", block.splitlines(keepends=True)))
    )


def test_the_parquet_of_the_documentation(server, tmp_path):
    server.execute(INSERT, days("edX/parquet/1", 7, "2020-12-01 00:00:00"))
    command = block_of_the_documentation("console").strip()
    assert command.startswith("$ ./manage.py export_data_set ")
    arguments = command.replace("enrollment.parquet", f"{tmp_path}/enrollment.parquet").split()[1:]
    server.run(*arguments, stderr=subprocess.DEVNULL)
    program = subprocess.run(
        [sys.executable, "-c", block_of_the_documentation("python")],
        cwd=tmp_path,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    # The program prints the number by pandas and by DuckDB.
    lines = [line.strip("│ ").split() for line in program.stdout.splitlines()]
    assert [words[-1] for words in lines if words[:1] == ["edX/parquet/1"]] == ["6", "6"]


def test_the_nightly_pull_of_the_documentation(server, tmp_path):
    commands = block_of_the_documentation("sh").replace("http://127.0.0.1:8000", server.url)
    assert "curl" in commands
    found = []
    for course_id, number in (("edX/night/1", 3), ("edX/night/2", 0), ("edX/night/3", 2)):
        server.execute(INSERT, days(course_id, number, f"2021-01-0{course_id[-1]} 00:00:00") or [])
        subprocess.run(["bash", "-ec", commands], cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
        file = max(tmp_path.glob("enrollment-*.csv"), key=lambda path: path.stat().st_mtime_ns)
        with file.open(newline="") as lines:
            pulled = [int(row["id"]) for row in csv.DictReader(lines)]
        found += pulled
        assert number == 0 or len(pulled) >= number
        assert found == [row[0] for row in server.rows("SELECT id FROM course_enrollment_daily ORDER BY created, id")]


def request(server, path):
    client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {KEY}\r\n\r\n"
    client.sendall(head.encode())
    return client


def open_files(server):
    """Return the open files of the server's processes, and the number of their threads."""
    pids = (server.worker / "task" / server.worker.name / "children").read_text().split()
    links = [link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()]
    names = [os.readlink(link) for link in links if link.is_symlink()]
    return sorted(name for name in names if "socket" not in name), sum(
        len(list(Path(f"/proc/{p}/task").iterdir())) for p in pids
    )


TRANSACTIONS = """
    SELECT trx_mysql_thread_id FROM information_schema.innodb_trx
    JOIN information_schema.processlist ON id = trx_mysql_thread_id WHERE db = DATABASE()
"""
ALL = "/api/v0/data_sets/course_programs/rows/?limit=all&format="
PROGRAM = (
    "INSERT INTO course_program_metadata (course_id, program_id, program_type, program_title, created)"
    " VALUES (%s, %s, %s, %s, %s)"
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
        # The only thread responds again, and no open transaction blocks the database.
        with request(server, f"{ALL}{kind}&course_id=edX/b/1") as client:
            assert client.recv(2**16).startswith(b"HTTP/1.1 200")
        server.execute(INSERT, days("edX/c/1", 1, "2020-01-01 00:00:00"))
    assert open_files(server) == before
    if connections["analytics"].vendor == "mysql":
        assert server.rows(TRANSACTIONS) == []


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
    """Return a whole response. Call ``act`` after its beginning has arrived."""
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
