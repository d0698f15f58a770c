"""load_lms reads the LMS's database, and what it has staged is put into place as a whole."""

import json
import sqlite3
from io import StringIO
from urllib.parse import quote

import duckdb
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from analytics_data_api.pipeline import lms_database, lms_staging
from analytics_data_api.pipeline.store import EventStore

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

TABLES = {
    "auth_user": "id integer PRIMARY KEY, username varchar(150), email varchar(254), password varchar(128)",
    "auth_userprofile": "id integer PRIMARY KEY, user_id integer, name varchar(255), gender varchar(6),"
    " year_of_birth integer, goals text",
    "student_courseenrollment": "id integer PRIMARY KEY, user_id integer, course_id varchar(255), created datetime,"
    " is_active bool, mode varchar(100)",
    "course_overviews_courseoverview": "id varchar(255) PRIMARY KEY, org text, display_name text,"
    " display_number_with_default text, start datetime, end datetime, self_paced bool",
}
ROWS = {
    "auth_user": [(1, "ada", "ada@example.com", "secret"), (2, "bob", "", "secret"), (7, "çelik", None, "secret")],
    "auth_userprofile": [(5, 1, "Ada\tLovelace 👩", "f", 1815, 'a "goal"\n'), (6, 2, "", None, None, None)],
    "student_courseenrollment": [
        (1, 1, "edX/a/1", "2024-01-02 03:04:05.678901", 1, "audit"),
        (2, 2, "edX/a/1", None, 0, "a"),
    ],
    "course_overviews_courseoverview": [("edX/a/1", "edX", "A", "a", "2024-01-01 00:00:00", None, 0)],
}


class LMS:
    """An LMS's database: a SQLite file, or a database on the MySQL server that the tests use."""

    def __init__(self, folder):
        server = connections["analytics"]
        if server.vendor == "sqlite":
            self.connection = sqlite3.connect(folder / "lms.sqlite3", isolation_level=None)
            self.url = f"sqlite:///{folder}/lms.sqlite3"
        else:
            # A connection outside the test's transaction.
            self.connection = server.get_new_connection({**server.get_connection_params(), "autocommit": True}).cursor()
            config = server.settings_dict
            self.name = f"{config['NAME']}_lms"
            self.connection.execute(f"DROP DATABASE IF EXISTS {self.name}")
            self.connection.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
            self.connection.execute(f"USE {self.name}")
            account = f"{config['USER']}:{quote(config['PASSWORD'], safe='')}"
            self.url = f"mysql://{account}@{config['HOST']}:{config['PORT'] or 3306}/{self.name}"
        self.mark = "?" if server.vendor == "sqlite" else "%s"

    def create(self, **tables):
        for name, columns in tables.items():
            self.connection.execute(f"CREATE TABLE {name} ({columns.replace('datetime', 'datetime(6)')})")

    def insert(self, table, rows):
        marks = ", ".join(self.mark * len(rows[0]) if self.mark == "?" else [self.mark] * len(rows[0]))
        for row in rows:
            self.connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)


@pytest.fixture
def lms(tmp_path):
    made = LMS(tmp_path)
    made.create(**TABLES)
    for table, rows in ROWS.items():
        made.insert(table, rows)
    yield made
    if connections["analytics"].vendor == "mysql":
        made.connection.execute(f"DROP DATABASE {made.name}")


def load_lms(lms, **options):
    out = StringIO()
    call_command("load_lms", database=lms.url, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def loaded(events_dir, table):
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(events_dir / "lms" / f"{table}.parquet")])
        names = [column[0] for column in found.description]
        return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]


def plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_rows_and_what_is_missing(lms, events_dir):
    summary = load_lms(lms)
    assert summary["rows"] == {table: len(rows) for table, rows in ROWS.items()}
    assert summary["missing_tables"] == [
        "courseware_studentmodule",
        "grades_persistentcoursegrade",
        "course_groups_courseusergroup",
        "course_groups_courseusergroup_users",
        "student_courseenrollment_history",
        "student_courseaccessrole",
        "course_modes_coursemode",
        "completion_blockcompletion",
    ]
    assert "language" in summary["missing_columns"]["auth_userprofile"]
    users = loaded(events_dir, "auth_user")
    assert [(user["id"], user["username"], user["email"]) for user in users] == [row[:3] for row in ROWS["auth_user"]]
    # A password is not read at all.
    assert {"id", "username", "email"} <= set(users[0]) and "password" not in users[0]
    ada, _bob = loaded(events_dir, "auth_userprofile")
    assert (ada["user_id"], ada["name"], ada["year_of_birth"], ada["goals"]) == (
        1,
        "Ada\tLovelace 👩",
        1815,
        'a "goal"\n',
    )
    assert ada["city"] is None
    enrollments = loaded(events_dir, "student_courseenrollment")
    assert [(row["created"], row["is_active"]) for row in enrollments] == [
        ("2024-01-02T03:04:05.678901", True),
        (None, False),
    ]
    assert loaded(events_dir, "course_overviews_courseoverview")[0]["self_paced"] is False


def test_batches_by_key(lms, events_dir, monkeypatch):
    monkeypatch.setattr(lms_database, "BATCH_SIZE", 2)
    lms.insert("auth_user", [(number, f"u{number}", None, "") for number in range(20, 25)])
    assert load_lms(lms)["rows"]["auth_user"] == 8
    assert [row["id"] for row in loaded(events_dir, "auth_user")] == [1, 2, 7, 20, 21, 22, 23, 24]


def test_a_load_replaces_and_unchanged_tables_keep_their_files(lms, events_dir):
    load_lms(lms)
    before = {path.name: path.stat().st_mtime_ns for path in (events_dir / "lms").glob("*.parquet")}
    lms.connection.execute("DELETE FROM auth_user WHERE id = 2")
    load_lms(lms)
    assert [row["id"] for row in loaded(events_dir, "auth_user")] == [1, 7]
    after = {path.name: path.stat().st_mtime_ns for path in (events_dir / "lms").glob("*.parquet")}
    assert {name for name in before if before[name] != after[name]} == {"auth_user.parquet"}
    assert sorted(path.name for path in (events_dir / "lms").iterdir()) == sorted([*before, "sources.json"])


def test_a_load_that_was_cut_off_is_resumed(lms, events_dir, monkeypatch):
    load_lms(lms)
    monkeypatch.setattr(lms_database, "BATCH_SIZE", 1)
    lms.insert("auth_user", [(8, "new", None, "")])
    add, parts = lms_staging.LMSStaging.add, []

    def failing(self, *arguments):
        if len(parts) == 2:
            raise KeyboardInterrupt
        parts.append(arguments[0])
        add(self, *arguments)

    monkeypatch.setattr(lms_staging.LMSStaging, "add", failing)
    with pytest.raises(CommandError, match="reads on from here"):
        load_lms(lms)
    assert len(loaded(events_dir, "auth_user")) == 3
    # These rows have been read already, and are not read again.
    lms.connection.execute("DELETE FROM auth_user WHERE id = 1")
    parts.clear()
    monkeypatch.setattr(lms_staging.LMSStaging, "add", add)
    assert load_lms(lms)["rows"]["auth_user"] == 4
    assert [row["id"] for row in loaded(events_dir, "auth_user")] == [1, 2, 7, 8]


def test_logs_can_be_loaded_in_the_meantime_but_no_second_load_of_the_lms(lms, events_dir):
    store = EventStore(events_dir)
    with lms_staging.staged_tables(store, "database", "another"):
        with store.lock():
            pass
        with pytest.raises(CommandError, match="the LMS's data of this event store is in use by process"):
            load_lms(lms)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "no source is named"),
        ("postgres://a:secret@b/c", "malformed: expected mysql"),
        ("mysql://a:secret@b:port/c", "malformed: expected mysql"),
        ("sqlite:///nowhere/lms.sqlite3", "there is no file .*nowhere/lms.sqlite3"),
    ],
)
def test_urls(events_dir, url, message):
    with pytest.raises(CommandError, match=message) as error:
        call_command("load_lms", database=url)
    assert "secret" not in str(error.value)


def test_a_database_of_something_else(events_dir, tmp_path):
    sqlite3.connect(tmp_path / "other.sqlite3").execute("CREATE TABLE t (a)")
    with pytest.raises(CommandError, match="has no table of the LMS: expected auth_user"):
        call_command("load_lms", database=f"sqlite:///{tmp_path}/other.sqlite3")
    (tmp_path / "text").write_text("not a database, but a text that is longer than its header" * 20)
    with pytest.raises(CommandError, match="cannot read the database sqlite:///.*text"):
        call_command("load_lms", database=f"sqlite:///{tmp_path}/text")
