"""Spark computes the same rows as DuckDB, from the same statements and the same events."""

import json
import shutil
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from io import StringIO

import orjson
import pytest
from django.core.management import call_command

from analytics_data_api.pipeline import statements
from analytics_data_api.pipeline.countries import open_lookup
from analytics_data_api.pipeline.engines.opening import opened_engine
from analytics_data_api.pipeline.session import Period, Session
from analytics_data_api.pipeline.store import COLUMNS, EventStore, StoreError
from analytics_data_api.pipeline.tables import TABLES
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.site import write_site
from tests.pipeline.computed import emptied, everything
from tests.pipeline.hostile_events import hostile_events
from tests.pipeline.stores import add, store_of

pytestmark = pytest.mark.spark

END = date(2026, 3, 3)
COURSES = (
    FakeCourse("course-v1:edX+DemoX+Demo_Course", seed=1, end=END, num_weeks=3),
    FakeCourse("edX/Demo.X/2014", seed=7, end=END, num_weeks=2),
)
MASTER = "local[2]"


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_blocker):
    """Return a folder with the data of the invented courses, and an event store of them with hostile events."""
    folder = tmp_path_factory.mktemp("site") / "with [brackets] {braces}* & spaces"
    for number, course in enumerate(COURSES):
        write_site(course, folder / str(number))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("django.conf.settings.EVENTS_DIR", str(folder / "events"))
        call_command(
            "load_events", *(str(folder / str(number) / "logs") for number in (0, 1)), jobs=1, stdout=StringIO()
        )
        call_command("load_lms", database=f"sqlite:///{folder}/0/lms.sqlite3", verbosity=0)
    add(EventStore(folder / "events"), *hostile_events())
    return folder


@contextmanager
def session_of(engine, store, lms, lookup):
    days = sorted(day for day in store.changes() if day < END)
    period = Period(days[0], END)
    with opened_engine(store, engine, MASTER) as opened:
        opened.read_events(store, END)
        session = Session(opened, period, lms, lookup)
        courses = [course_id for (course_id,) in session.rows("store_courses")]
        session.use_courses(courses)
        # Reports name their files before their statements are asked.
        opened.load("report_courses", {"course_id": "VARCHAR", "file": "VARCHAR"}, zip(courses, courses, strict=True))
        session.use_days(period.first_day + timedelta(number) for number in range((END - period.first_day).days))
        yield session, days


def rows_of_statements(engine, folder, lms):
    """Return columns and rows of every statement."""
    store = EventStore(folder / "events")
    found = {}
    with session_of(engine, store, lms, open_lookup(str(folder / "0" / "countries.mmdb"))) as (session, days):
        for name in sorted(statements.names()):
            rows = session.rows(name, days=days if "$days" in statements.text(name) else None)
            found[name] = session.columns(name), sorted((tuple(map(plain, row)) for row in rows), key=repr)
    return found


def plain(value):
    """Return a value as both engines have it: each escapes texts in JSON in its own way."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        # Answers may look like JSON.
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(value)
    return value


@pytest.mark.parametrize("with_lms", [True, False])
def test_every_statement_has_the_same_rows(site, with_lms):
    lms = site / "events" / "lms" if with_lms else site / "none"
    duckdb, spark = (rows_of_statements(engine, site, lms) for engine in ("duckdb", "spark"))
    # Statements that need no data of the LMS are tried: they have rows.
    assert [name for name, table in TABLES.items() if not table.lms and not duckdb[name][1]] == []
    differing = {}
    for name, (columns, rows) in duckdb.items():
        assert spark[name][0] == columns
        if spark[name][1] != rows:
            differing[name] = (
                [row for row in rows if row not in spark[name][1]][:3],
                [row for row in spark[name][1] if row not in rows][:3],
            )
    assert differing == {}


@pytest.mark.django_db(databases=["default", "analytics"])
def test_the_command_writes_the_same_rows(site, settings, tmp_path):
    settings.SPARK_MASTER = MASTER
    settings.GEOIP_DATABASE = str(site / "0" / "countries.mmdb")
    written = {}
    for engine in ("duckdb", "spark"):
        settings.EVENTS_DIR = str(tmp_path / engine)
        shutil.copytree(site / "events", settings.EVENTS_DIR)
        out = StringIO()
        call_command("compute_tables", engine=engine, end=END, json=True, stdout=out)
        summary = json.loads(out.getvalue())
        assert summary["engine"] == engine
        written[engine] = everything(), {name: table["rows"] for name, table in summary["tables"].items()}
        assert not (tmp_path / engine / "state" / "work").exists()
        emptied()
    assert written["spark"][1] == written["duckdb"][1]
    assert [table for table, rows in written["duckdb"][0].items() if written["spark"][0][table] != rows] == []


def test_an_unknown_master_is_an_error(tmp_path):
    with pytest.raises(StoreError, match="SPARK_MASTER=nowhere"), opened_engine(store_of(tmp_path), "spark", "nowhere"):
        pass


def test_an_empty_store_has_no_rows(tmp_path):
    with opened_engine(EventStore(tmp_path), "spark", MASTER) as engine:
        engine.read_events(EventStore(tmp_path), END)
        assert list(engine.rows("SELECT * FROM events")) == []
        assert engine.columns("SELECT * FROM events") == ["kind", "date", *COLUMNS]
