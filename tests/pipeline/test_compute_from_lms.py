"""All tables from logs and an LMS: by its REST API, by its database, and by a database that lacks something."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from analytics_data_api.pipeline.lms_tables import LMS_KEYS, LMS_TABLES, NOT_IN_DATABASE, NOT_IN_DATABASE_COLUMNS
from analytics_data_api.pipeline.tables import ENROLLMENTS, ROSTER, TABLES
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.lms_data import LMS_SCHEMA
from analytics_data_api.simulation.site import write_site
from tests.pipeline.computed import roster, rows, run
from tests.pipeline.stores import COURSE, check, enroll, store_of
from tests.pipeline.test_load_lms import LMS
from tests.support.lms_invented import invented_site
from tests.support.lms_stub import CLIENT_ID, CLIENT_SECRET, lms_stub

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

INVENTED = FakeCourse("course-v1:edX+DemoX+Demo_Course", seed=1, end=date(2026, 3, 3), num_weeks=2)
# Records have tests of their own.
FIGURES = [name for name, table in TABLES.items() if not table.is_record]
# Columns that the REST API cannot tell: openings of subsections, hidden parts of accounts, grades of those who left.
UNKNOWN_TO_API = {
    "course_meta_summary_enrollment": {"passing_users"},
    "roster": {"city", "language"},
    "sequential_open_distribution": {"count", "course_id", "module_id"},
}


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    write_site(INVENTED, folder)
    return folder


@pytest.fixture
def lms_url(site_folder, tmp_path):
    """Return the URL of the invented LMS's database: a SQLite file, or a copy of it on the server that the tests use."""
    file = site_folder / "lms.sqlite3"
    if connections["analytics"].vendor == "sqlite":
        yield f"sqlite:///{file}"
        return
    copy = LMS(tmp_path)
    copy.create(**LMS_SCHEMA)
    with closing(sqlite3.connect(file)) as connection:
        for table in LMS_SCHEMA:
            found = connection.execute(f"SELECT * FROM {table}").fetchall()
            marks = ", ".join(["%s"] * len(found[0]))
            copy.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    yield copy.url
    copy.connection.execute(f"DROP DATABASE {copy.name}")


def values_of(table):
    """Return the rows of a table, or of the rosters, as sorted dictionaries."""
    if table == ROSTER:
        found = [
            {
                **{name: value for name, value in vars(learner).items() if name[0] != "_"},
                **{"course": key[0], "mode": facet.enrollment_mode, "segments": facet.segments, "cohort": facet.cohort},
            }
            for key, (learner, facet) in roster().items()
        ]
    else:
        with connections["analytics"].cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    skipped = {"id", "created", "roster_id", "facet_id"}
    return [{name: value for name, value in row.items() if name not in skipped} for row in found]


def compute(settings, folder):
    settings.GEOIP_DATABASE = str(folder / "countries.mmdb")
    call_command("compute_tables", start=date(2000, 1, 1), end=INVENTED.end, verbosity=0)
    return {table: values_of(table) for table in FIGURES}


def test_both_ways_give_the_same_rows(settings, events_dir, site_folder, lms_url):
    call_command("load_events", str(site_folder / "logs"), jobs=1, verbosity=0)
    with lms_stub(invented_site(INVENTED, site_folder / "lms.sqlite3")) as stub:
        settings.LMS_URL, settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = stub.url, CLIENT_ID, CLIENT_SECRET
        call_command("load_lms", url=stub.url, discovery=stub.url, grades=True, verbosity=0)
        api = compute(settings, site_folder)
        shutil.rmtree(events_dir / "lms")
        call_command("load_lms", database=lms_url, discovery=stub.url, verbosity=0)
    database = compute(settings, site_folder)
    assert [table for table in FIGURES if not database[table]] == []
    assert [table for table in FIGURES if not api[table]] == ["sequential_open_distribution"]

    differing = {}
    for table in FIGURES:
        columns = sorted(database[table][0])
        for column in columns:
            others = [name for name in columns if name in UNKNOWN_TO_API.get(table, ()) and name != column]
            if without(api[table], others) != without(database[table], others):
                differing.setdefault(table, set()).add(column)
    assert {table: names & UNKNOWN_TO_API.get(table, set()) for table, names in differing.items()} == UNKNOWN_TO_API
    for table in FIGURES:
        unknown = UNKNOWN_TO_API.get(table, set())
        assert without(api[table], unknown) == without(database[table], unknown) or not api[table], table


def without(found, names):
    return sorted(repr(sorted((key, str(value)) for key, value in row.items() if key not in names)) for row in found)


DATABASE_TABLES = [table for table in LMS_TABLES if table not in NOT_IN_DATABASE]
SAMPLES = {
    "BIGINT": 1,
    "INTEGER": 1,
    "DOUBLE": 1.0,
    "BOOLEAN": 1,
    "TIMESTAMP": "2024-01-01 08:00:00",
    "VARCHAR": COURSE,
}
TEXTS = {
    "username": "ann",
    "letter_grade": "Pass",
    "group_type": "cohort",
    "mode": "audit",
    "module_type": "sequential",
}


def write_database(file, table, lacking):
    """Write a database with a table of one row that lacks a column."""
    columns = [name for name in LMS_TABLES[table] if name not in NOT_IN_DATABASE_COLUMNS.get(table, ())]
    found = {name: TEXTS.get(name, SAMPLES[LMS_TABLES[table][name]]) for name in columns}
    found = {LMS_KEYS.get(table, "id"): found.get("id", 1), **found}
    found.pop(lacking, None)
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        listed = ", ".join(f'"{name}"' for name in found)
        connection.execute(f"CREATE TABLE {table} ({listed})")
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(found))})", list(found.values()))


@pytest.mark.parametrize("table", DATABASE_TABLES)
def test_a_table_that_lacks_a_column(settings, tmp_path, table):
    """Loads and computation go on, and say what is unknown."""
    store = store_of(tmp_path / "events", enroll("2024-01-02", 1), check("2024-01-02", "ann", user_id=1))
    settings.EVENTS_DIR, settings.GEOIP_DATABASE = str(store.path), None
    affected = [
        name for name, one in TABLES.items() if table in (*one.lms, *(ENROLLMENTS if one.uses_enrollments else ()))
    ]
    file = tmp_path / "lms.sqlite3"
    key = LMS_KEYS.get(table, "id")
    for column in (None, *LMS_TABLES[table]):
        if column == key or column in NOT_IN_DATABASE_COLUMNS.get(table, ()):
            continue
        write_database(file, table, column)
        out = StringIO()
        call_command("load_lms", database=f"sqlite:///{file}", stdout=out)
        assert column is None or f"The table {table} has no {column}: null." in out.getvalue()
        summary = run(store, "2024-01-04", start="2024-01-01", tables=affected or ["course_activity"])
        assert column is None or any(f"{table} without {column}" in sentence for sentence in summary.unknown)


def test_a_missing_table_is_named_once(settings, tmp_path):
    settings.EVENTS_DIR = str(tmp_path / "events")
    write_database(tmp_path / "lms.sqlite3", "course_modes_coursemode", None)
    out = StringIO()
    call_command("load_lms", database=f"sqlite:///{tmp_path}/lms.sqlite3", stdout=out)
    for table in DATABASE_TABLES:
        assert out.getvalue().count(f"no table {table}.") == (table != "course_modes_coursemode")


def test_rows_stay_if_the_lms_no_longer_tells_what_they_need(settings, tmp_path):
    store = store_of(tmp_path / "events", enroll("2024-01-01", 1))
    settings.EVENTS_DIR, settings.GEOIP_DATABASE = str(store.path), None
    file = tmp_path / "lms.sqlite3"

    def compute_from(table, lacking):
        write_database(file, table, lacking)
        call_command("load_lms", database=f"sqlite:///{file}", verbosity=0)
        run(store, "2024-01-04")

    compute_from("courseware_studentmodule", None)
    compute_from("grades_persistentcoursegrade", None)
    compute_from("course_overviews_courseoverview", None)
    # Its only row has this text in every column.
    assert rows("course_meta_summary_enrollment", "passing_users", "availability") == [(1, "Archived")]
    for table, column in [
        ("courseware_studentmodule", "grade"),
        ("courseware_studentmodule", "module_type"),
        ("grades_persistentcoursegrade", "letter_grade"),
        ("grades_persistentcoursegrade", "passed_timestamp"),
    ]:
        compute_from(table, column)
        assert rows("grade_distribution", "grade", "count") == [(1.0, 1)]
        assert rows("sequential_open_distribution", "count") == [(1,)]
        assert rows("course_meta_summary_enrollment", "passing_users") == [(1,)]
    compute_from("course_overviews_courseoverview", "end")
    assert rows("course_meta_summary_enrollment", "availability", "catalog_course_title") == [(None, COURSE)]


def test_every_table_of_the_lms_is_invented(site_folder):
    assert set(DATABASE_TABLES) == set(LMS_SCHEMA)
