"""The export of data sets: every format has the same values, and a file is complete or absent."""

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, date, datetime

import duckdb
import pytest
from django.core.management import CommandError, call_command

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.simulation.documented import FIXTURE_PATHS
from analytics_data_api.v0.models import Roster
from tests.data_sets.test_views import unguarded
from tests.support import databases, factories
from tests.support.client import content
from tests.support.rosters import load_learners
from tests.support.running import ROOT, Server

pytestmark = pytest.mark.django_db(databases="__all__")

TEXTS = [
    "plain",
    "",
    "'",
    "=1+1",
    "-5",
    "a,b",
    'a"b',
    "two\nlines",
    "\t",
    "@x",
    "é😀\u2028",
    "null",
    "NULL",
    "+",
    '},{"id":',
]
DUCKDB_TYPES = {
    ("integer", None): "BIGINT",
    ("number", None): "DOUBLE",
    ("boolean", None): "BOOLEAN",
    ("string", None): "VARCHAR",
    ("string", "date"): "DATE",
    ("string", "YYYY-MM-DDTHHMMSS"): "TIMESTAMP WITH TIME ZONE",
    ("array", None): "VARCHAR[]",
}


def export(name, path, **options):
    call_command("export_data_set", name, output=str(path), no_progress=True, **options)


@pytest.fixture
def awkward_rows(demo_data):
    for number, text in enumerate(TEXTS):
        factories.ProblemFirstLastResponseAnswerDistributionFactory(
            answer_value=text, question_text=None if number % 2 else text, correct=[None, True, False][number % 3]
        )
    factories.GradeDistributionFactory(grade=None, max_grade=1e300)
    factories.GradeDistributionFactory(grade=0.1 + 0.2, max_grade=3.0)
    load_learners("edX/Awkward/1", [{"username": text, "segments": [text, "b"]} for text in TEXTS if text])
    Roster.objects.using("analytics").update(touched=datetime(2020, 1, 1, 1, 1, 1, 5, tzinfo=UTC))


def wire_value(value):
    """Return a DuckDB value in its JSON form."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S")
    return value.isoformat() if isinstance(value, date) else value


def csv_value(column, cell):
    """Return the value of a cell of CSV. Null and an empty text look the same."""
    if column.type == "array":
        return cell
    if cell is None or cell == "":
        return None
    if column.type == "boolean":
        return cell == "True"
    if column.type in ("integer", "number"):
        return float(cell)
    return unguarded(cell)


@pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=lambda data_set: data_set.name)
def test_every_format_has_the_same_values(api, awkward_rows, tmp_path, data_set):
    files = {kind: tmp_path / f"rows.{kind}" for kind in ("csv", "ndjson", "json", "parquet")}
    for kind, path in files.items():
        export(data_set.name, path)
        if kind != "parquet":
            response = api.get(f"/api/v0/data_sets/{data_set.name}/rows/", {"format": kind, "limit": "all"})
            assert path.read_bytes() == content(response)
    expected = json.loads(files["json"].read_bytes())
    assert expected
    assert [json.loads(line) for line in files["ndjson"].read_text().split("\n")[:-1]] == expected

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read = connection.execute("SELECT * FROM read_parquet(?)", [str(files["parquet"])])
        types = {name: str(kind) for name, kind, *_ in read.description}
        rows = [dict(zip(types, map(wire_value, row), strict=True)) for row in read.fetchall()]
        assert rows == expected
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(files["parquet"])]).fetchall()
        assert {name: kind for name, kind, *_ in described} == {
            column.name: DUCKDB_TYPES[column.type, column.format] for column in data_set.columns
        }
        metadata = connection.execute(
            "SELECT key, value FROM parquet_kv_metadata(?)", [str(files["parquet"])]
        ).fetchall()
        assert {key.decode(): value.decode() for key, value in metadata} == {
            column.name: column.description for column in data_set.columns
        }
        cells = connection.execute(
            "SELECT * FROM read_csv(?, header = true, all_varchar = true, quote = '\"', escape = '\"', delim = ',')",
            [str(files["csv"])],
        ).fetchall()
    found = [[csv_value(column, cell) for column, cell in zip(data_set.columns, row, strict=True)] for row in cells]
    assert found == [[in_csv(row[column.name]) for column in data_set.columns] for row in expected]


def in_csv(value):
    """Return a value as a cell of CSV shows it. Null and an empty text look the same, and a list is one text."""
    if isinstance(value, list):
        text = ", ".join(value)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text or None
    return None if value == "" else value


class TestCommand:
    def test_selection_and_cursor(self, tmp_path, capsys):
        for count, course_id in enumerate(("edX/a/1", "edX2/a/1", "edX/a/2")):
            factories.CourseEnrollmentDailyFactory(count=count, course_id=course_id)
        path = tmp_path / "rows.csv"
        export("enrollment", path, org="edX", fields="count,course_id")
        assert path.read_text() == "count,course_id\n0,edX/a/1\n2,edX/a/2\n"
        cursor = capsys.readouterr().out.strip()
        factories.CourseEnrollmentDailyFactory(count=3)
        export("enrollment", path, cursor=cursor, fields="count")
        assert path.read_text() == "count\n3\n"
        export("enrollment", path, updated_after="2030-01-01", updated_before="2031-01-01", fields="id")
        assert path.read_text() == "id\n"
        export("enrollment", tmp_path / "of_v1.json", database="analytics_v1")
        assert (tmp_path / "of_v1.json").read_text() == "[]"
        export("enrollment", tmp_path / "of_v1.parquet", database="analytics_v1")
        with duckdb.connect() as connection:
            found = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(tmp_path / "of_v1.parquet")])
            assert found.fetchall() == [(0,)]

    @pytest.mark.parametrize(
        "make",
        [
            lambda path: os.mkfifo(path),
            lambda path: path.mkdir(),
            lambda path: path.symlink_to("target.csv"),
            lambda path: path.symlink_to("/dev/null"),
            lambda path: path.symlink_to("nowhere.csv"),
        ],
    )
    def test_only_a_regular_file_is_replaced(self, tmp_path, make):
        (tmp_path / "target.csv").write_text("old")
        path = tmp_path / "rows.csv"
        make(path)
        before = os.lstat(path)
        with pytest.raises(CommandError, match=r"rows.csv: expected a new name .* Nothing was written\.$"):
            export("enrollment", path)
        assert os.lstat(path) == before and (tmp_path / "target.csv").read_text() == "old"
        assert len(list(tmp_path.iterdir())) == 2

    @pytest.mark.parametrize("name", ["/dev/null", "nowhere/rows.csv", "file.csv/rows.csv"])
    def test_no_such_place(self, tmp_path, monkeypatch, name):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file.csv").touch()
        with pytest.raises(CommandError, match=f"--output {name}: expected a new name"):
            export("enrollment", name)
        assert stat.S_ISCHR(os.lstat("/dev/null").st_mode)

    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("rows.xlsx", {}),
            ("rows.XLSX", {"format": "csv"}),
            ("rows.txt", {}),
            ("rows.csv.gz", {}),
            ("rows.json", {"format": "csv"}),
        ],
    )
    def test_extension_of_another_format(self, tmp_path, name, options):
        with pytest.raises(CommandError, match=r"would hold CSV: expected \.csv"):
            export("enrollment", tmp_path / name, **options)
        assert list(tmp_path.iterdir()) == []

    def test_extension_that_fits(self, tmp_path):
        for name, options in (("rows", {}), ("rows.CSV", {}), ("rows.txt", {"format": "csv"})):
            export("enrollment", tmp_path / name, fields="id", **options)
            assert (tmp_path / name).read_text() == "id\n"

    def test_standard_output(self, tmp_path, capfdbinary):
        factories.CourseEnrollmentDailyFactory(count=5)
        for kind in ("csv", "parquet"):
            export("enrollment", tmp_path / f"rows.{kind}")
            file_cursor = capfdbinary.readouterr().out
            export("enrollment", "-", format=kind)
            printed = capfdbinary.readouterr()
            assert printed.out == (tmp_path / f"rows.{kind}").read_bytes()
            assert printed.err.endswith(b"--cursor\n" + file_cursor)

    @pytest.mark.parametrize(
        "name, options",
        [
            ("enrolment", {}),
            ("enrollment", {"fields": "colour"}),
            ("enrollment", {"course_id": "DemoX"}),
            ("enrollment", {"updated_after": "yesterday"}),
            ("enrollment", {"database": "elsewhere"}),
        ],
    )
    def test_refused(self, tmp_path, name, options):
        with pytest.raises(CommandError):
            export(name, tmp_path / "rows.csv", **options)
        assert list(tmp_path.iterdir()) == []

    def test_what_fails_leaves_the_old_file(self, tmp_path, monkeypatch):
        factories.CourseEnrollmentDailyFactory()
        path = tmp_path / "rows.csv"
        path.write_text("old")
        with databases.unreachable("analytics", tmp_path), pytest.raises(CommandError, match="failed"):
            export("enrollment", path)

        def broken(*args):
            yield b"half"
            raise KeyboardInterrupt

        from analytics_data_api.management.commands import export_data_set

        monkeypatch.setitem(export_data_set.WRITERS, "csv", broken)
        with pytest.raises(CommandError, match="interrupted"):
            export("enrollment", path)
        assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]

    def test_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(CommandError, match="Nothing was written"):
            export("enrollment", tmp_path / "no such folder" / "rows.csv")


@pytest.mark.servers
def test_reader_that_leaves_is_one_line(tmp_path):
    server = Server(tmp_path)
    server.run("manage.py", "loaddata", "--database", "analytics", *FIXTURE_PATHS)
    command = f"{sys.executable} manage.py export_data_set learner_engagement --output - --no-progress | head -c 1"
    ran = subprocess.run(command, shell=True, cwd=ROOT, env=server.environment, capture_output=True, text=True)
    assert ran.stdout == "i"
    assert ran.stderr in ("", "CommandError: [Errno 32] Broken pipe. The output is incomplete.\n")
