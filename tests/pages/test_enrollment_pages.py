"""The pages about enrollment show the figures of the API."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSE
from tests.support.factories import (
    CourseEnrollmentByBirthYearFactory,
    CourseEnrollmentByCountryFactory,
    CourseEnrollmentByEducationFactory,
    CourseEnrollmentByGenderFactory,
    CourseEnrollmentModeDailyFactory,
)
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


def test_today_is_not_shown():
    today = datetime.now(UTC).date()
    for day in (today - timedelta(days=1), today):
        CourseEnrollmentModeDailyFactory(course_id="edX/Today/Run", date=day)
        CourseEnrollmentByGenderFactory(course_id="edX/Today/Run", date=day)
    yesterday = (today - timedelta(days=1)).isoformat()
    assert reader().read("/courses/edX/Today/Run/enrollment/").chart("enrollment-days")["categories"] == [yesterday]
    assert len(reader().read("/courses/edX/Today/Run/enrollment/gender/").table("gender-days")) == 1


def test_change_is_against_the_same_weekday():
    for day, count in ((1, 10), (2, 20), (8, 30), (9, 25)):
        CourseEnrollmentModeDailyFactory(course_id="edX/Week/Run", date=date(2020, 1, day), count=count)
    page = reader().read("/courses/edX/Week/Run/enrollment/")
    assert page.cards["Change in the last week"] == "5"
    assert page.chart("enrollment-days")["title"] == "25 learners enrolled, 5 more than a week before"


def test_modes_of_the_site_are_tracks():
    CourseEnrollmentModeDailyFactory(course_id="edX/Modes/Run", mode="executive", count=7)
    page = reader().read("/courses/edX/Modes/Run/enrollment/")
    assert page.series("enrollment-days") == {"executive": {"2014-12-10": 7}}


def test_age_cards():
    for year, count in ((1994, 2), (1989, 1), (1974, 1), (1964, 4), (None, 2)):
        CourseEnrollmentByBirthYearFactory(course_id="edX/Ages/Run", birth_year=year, count=count)
    page = reader().read("/courses/edX/Ages/Run/enrollment/age/")
    assert page.cards == {
        "Median age": "45.0", "25 and under": "37.5", "26 to 40": "12.5", "Over 40": "50.0", "Reported": "80.0",
    }  # fmt: skip
    assert "2 learners (20.0 %) did not report it" in page.text
    assert page.table("ages")[-1] == {"Age": "–", "Enrolled": "2", "Share": "20.0 %"}


def test_education_cards():
    for level, count in (("secondary", 1), ("none", 1), ("bachelors", 3), ("doctorate", 4), ("other", 1), (None, 5)):
        CourseEnrollmentByEducationFactory(course_id="edX/Levels/Run", education_level=level, count=count)
    page = reader().read("/courses/edX/Levels/Run/enrollment/education/")
    assert page.cards == {"High school or less": "20.0", "College": "30.0", "Advanced degree": "40.0"}
    levels = ["No formal education", "High school", "Bachelor's degree", "Doctorate", "Other education"]
    assert page.chart("levels")["categories"] == levels
    assert page.chart("levels")["title"] == "Most common: Doctorate, 4 learners"


def test_unknown_country_is_in_the_table_and_not_on_the_map():
    for code, count in (("FR", 3), (None, 1)):
        CourseEnrollmentByCountryFactory(course_id="edX/Places/Run", country_code=code, count=count)
    page = reader().read("/courses/edX/Places/Run/enrollment/geography/")
    assert page.series("countries") == {"count": {"FR": 3}}
    assert [(row["Country"], row["Share"]) for row in page.table("countries")] == [
        ("France", "75.0 %"),
        ("Unknown", "25.0 %"),
    ]


def test_long_series_come_in_pages_of_a_table():
    first = date(2015, 1, 1)
    for number in range(130):
        CourseEnrollmentModeDailyFactory(course_id="edX/Long/Run", date=first + timedelta(days=number))
    client = reader()
    page = client.read("/courses/edX/Long/Run/enrollment/")
    assert len(page.table("enrollment-days")) == 100
    assert len(page.chart("enrollment-days")["categories"]) == 130
    behind = client.read("/courses/edX/Long/Run/enrollment/", **{"enrollment-days_page": "2"})
    assert [row["Date"] for row in behind.table("enrollment-days")][-1] == "Jan. 1, 2015"
    assert "Page 2 of 2" in behind.text
