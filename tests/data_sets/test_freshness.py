"""./manage.py check --database analytics tells the last day of each table."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connections

from analytics_data_api.data_sets import freshness
from tests.support import databases, factories
from tests.support.rosters import load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

TODAY = date(2026, 3, 10)


def shown():
    """Return the words of each table's line."""
    lines = (line.split(maxsplit=1) for line in freshness.lines(connections["analytics"], TODAY))
    return {table: " ".join(text.split()) for table, text in lines}


def test_last_day_of_each_table():
    factories.CourseEnrollmentDailyFactory(date=date(2026, 3, 8))
    # An old day that was computed again.
    factories.CourseEnrollmentDailyFactory(date=date(2026, 1, 1))
    factories.CourseEnrollmentByGenderFactory(date=date(2026, 3, 7))
    factories.CourseActivityWeeklyFactory(interval_start=datetime(2026, 2, 23, tzinfo=UTC))
    factories.VideoFactory(created=datetime(2026, 3, 1, 23, tzinfo=UTC))
    load_learners("edX/a/b", [{"username": "ada"}])
    tables = shown()
    assert tables["course_enrollment_daily"] == "2026-03-08 (date)"
    assert tables["course_enrollment_gender_daily"] == "2026-03-07 (date) stale: 3 days ago"
    assert tables["course_activity"] == "2026-03-02 (interval_end)"
    assert tables["video"] == "2026-03-01 (created) stale: 9 days ago"
    assert tables["video_timeline"] == "is empty"
    [roster] = [text for table, text in tables.items() if "(touched)" in text]
    assert "stale" not in roster


def test_missing_tables_and_columns(tmp_path):
    with databases.empty("analytics", tmp_path) as connection:
        assert shown() == {}
        databases.execute(connection, "CREATE TABLE video (id INTEGER)")
        assert shown() == {"video": "has no column created"}


def test_command(capsys):
    call_command("check", databases=["analytics"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Last day of each table of the database 'analytics':"
    assert lines[1].split() == ["answer_distribution", "is", "empty"]
    call_command("check")
    assert "Last day" not in capsys.readouterr().out
