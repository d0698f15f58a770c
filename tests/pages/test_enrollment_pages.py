"""The pages about enrollment show the figures of the API."""

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSE
from tests.support.pages import reader

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("demo_data")]

COURSE = f"/courses/{DEMO_COURSE}/"
API = f"/api/v0/courses/{DEMO_COURSE}/enrollment/"
ALL_DAYS = {"start_date": "2000-01-01"}


def test_activity_has_each_track_and_day(api):
    rows = api.rows(f"{API}mode/", ALL_DAYS)
    page = reader().read(f"{COURSE}enrollment/")
    series = page.series("enrollment-days")
    tracks = {name for row in rows for name in row if row[name] and name not in ("course_id", "date", "created")}
    assert set(series) == tracks - {"count", "cumulative_count"}
    for name, values in series.items():
        assert values == {row["date"]: row[name] for row in rows}
    table = page.table("enrollment-days")
    assert [row["Enrolled"] for row in table] == [f"{row['count']:,}" for row in reversed(rows)]
    assert page.cards["Enrolled now"] == str(rows[-1]["count"])
    assert page.cards["Ever enrolled"] == str(rows[-1]["cumulative_count"])


def test_activity_of_a_range():
    page = reader().read(f"{COURSE}enrollment/", start_date="2014-12-09", end_date="2014-12-10")
    assert page.chart("enrollment-days")["categories"] == ["2014-12-09"]


def test_geography(api):
    rows = api.rows(f"{API}location/")
    page = reader().read(f"{COURSE}enrollment/geography/")
    known = {row["country"]["alpha2"]: row["count"] for row in rows if row["country"]["alpha2"]}
    assert page.series("countries")["count"] == known
    assert [int(row["Enrolled"].replace(",", "")) for row in page.table("countries")] == sorted(
        (row["count"] for row in rows), reverse=True
    )
    assert page.cards["Countries"] == str(len(known))


def test_age(api):
    rows = api.rows(f"{API}birth_year/")
    page = reader().read(f"{COURSE}enrollment/age/")
    assert page.series("ages")["count"] == {
        2014 - row["birth_year"]: row["count"] for row in reversed(rows) if row["birth_year"]
    }
    assert sum(int(row["Enrolled"]) for row in page.table("ages")) == sum(row["count"] for row in rows)


def test_education(api):
    rows = api.rows(f"{API}education/")
    page = reader().read(f"{COURSE}enrollment/education/")
    known = [row["count"] for row in rows if row["education_level"]]
    assert sorted(page.series("levels")["count"].values()) == sorted(known)
    assert sum(int(row["Enrolled"]) for row in page.table("levels")) == sum(row["count"] for row in rows)


def test_gender(api):
    rows = api.rows(f"{API}gender/", ALL_DAYS)
    page = reader().read(f"{COURSE}enrollment/gender/")
    genders = [rows[-1][name] for name in ("female", "male", "other", "unknown")]
    assert list(page.series("genders")["count"].values()) == genders
    days = page.table("gender-days")
    assert [int(row["Female"]) for row in days] == [row["female"] for row in reversed(rows)]
