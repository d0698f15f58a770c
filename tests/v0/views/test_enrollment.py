"""courses/{course_id}/enrollment/ and what is below it."""

from datetime import UTC, date, datetime

import pytest

from tests.support.factories import (
    DEMO_COURSE,
    CourseEnrollmentByBirthYearFactory,
    CourseEnrollmentByCountryFactory,
    CourseEnrollmentByEducationFactory,
    CourseEnrollmentByGenderFactory,
    CourseEnrollmentDailyFactory,
    CourseEnrollmentModeDailyFactory,
)
from tests.web.test_times import MALFORMED

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = f"/api/v0/courses/{DEMO_COURSE}"
ENROLLMENT = f"{COURSE}/enrollment/"
LATER = datetime(2014, 12, 11, 5, 0, 59, 999999, tzinfo=UTC)
EARLIER = datetime(2014, 12, 10, 4, tzinfo=UTC)

# Each endpoint of days: its path, the factory of a row, and the slug of its CSV file.
DAYS = {
    "enrollment/": (CourseEnrollmentDailyFactory, "enrollment"),
    "enrollment/mode/": (CourseEnrollmentModeDailyFactory, "enrollment_mode"),
    "enrollment/birth_year/": (CourseEnrollmentByBirthYearFactory, "enrollment-age"),
    "enrollment/education/": (CourseEnrollmentByEducationFactory, "enrollment-education"),
    "enrollment/gender/": (CourseEnrollmentByGenderFactory, "enrollment-gender"),
    "enrollment/location/": (CourseEnrollmentByCountryFactory, "enrollment-location"),
}
SHUFFLED_DAYS = [date(2014, 12, 10), date(2014, 12, 8), date(2015, 1, 2), date(2014, 12, 9)]


@pytest.mark.parametrize("path, factory, slug", [(path, *rest) for path, rest in DAYS.items()], ids=list(DAYS))
class TestEveryEndpoint:
    @pytest.fixture
    def days(self, api, path, factory, slug):
        """Return the rows of a window after inserting rows of four days."""
        for day in SHUFFLED_DAYS:
            factory(date=day)
            factory(date=day, course_id="course-v1:edX+Another+2014")

        def days_of(query=""):
            rows = api.rows(f"{COURSE}/{path}{query}")
            assert {row["course_id"] for row in rows} == {DEMO_COURSE}
            return [row["date"] for row in rows]

        return days_of

    def test_latest_day(self, days):
        assert days() == ["2015-01-02"]

    @pytest.mark.parametrize(
        "query, expected",
        [
            ("?start_date=2014-12-09", ["2014-12-09", "2014-12-10", "2015-01-02"]),
            ("?end_date=2014-12-10", ["2014-12-08", "2014-12-09"]),
            ("?start_date=2014-12-09&end_date=2014-12-10", ["2014-12-09"]),
            ("?start_date=2014-12-9&end_date=2015-1-2", ["2014-12-09", "2014-12-10"]),
            ("?start_date=2014-12-09T000000&end_date=2014-12-10T000000", ["2014-12-09"]),
            # Only the date of a date-time counts.
            ("?start_date=2014-12-09T235959&end_date=2014-12-10T235959", ["2014-12-09"]),
            ("?start_date=2014-12-09T23:59:59Z&end_date=2014-12-10T00:00:00Z", ["2014-12-09"]),
            # It is the date in UTC.
            (
                "?start_date=2014-12-10T01:00:00%2B02:00&end_date=2014-12-10T22:00:00-02:00",
                ["2014-12-09", "2014-12-10"],
            ),
            ("?start_date=0001-01-01&end_date=9999-12-31", ["2014-12-08", "2014-12-09", "2014-12-10", "2015-01-02"]),
        ],
    )
    def test_window(self, days, query, expected):
        assert days(query) == expected

    @pytest.mark.parametrize(
        "query",
        ["?start_date=2015-01-03", "?end_date=2014-12-08", "?start_date=2014-12-09&end_date=2014-12-09"],
    )
    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_window_without_rows(self, api, days, path, accept, query):
        response = api.get(f"{COURSE}/{path}{query}", HTTP_ACCEPT=accept)
        assert response.status_code == 404
        assert response.json()["error_code"] == "not_found"

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    @pytest.mark.parametrize("name", ["start_date", "end_date"])
    def test_malformed_times(self, api, days, path, name, accept):
        for text in MALFORMED if accept == "application/json" else MALFORMED[:5]:
            response = api.get(f"{COURSE}/{path}", {name: text}, HTTP_ACCEPT=accept)
            assert (response.status_code, response["Content-Type"]) == (400, "application/json"), text
            assert response.json()["error_code"] == "illegal_parameter_values"
            for words in (name, repr(text)[:200], "YYYY-MM-DD", "YYYY-MM-DDTHHMMSS"):
                assert words in response.json()["developer_message"]

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_start_after_end(self, api, days, path, accept):
        response = api.get(
            f"{COURSE}/{path}", {"start_date": "2014-12-10", "end_date": "2014-12-09"}, HTTP_ACCEPT=accept
        )
        assert (response.status_code, response["Content-Type"]) == (400, "application/json")
        assert response.json()["error_code"] == "illegal_parameter_values"
        for words in ("start_date", "2014-12-10", "end_date", "2014-12-09"):
            assert words in response.json()["developer_message"]

    def test_csv(self, api, path, factory, slug):
        factory()
        response = api.get(f"{COURSE}/{path}", HTTP_ACCEPT="text/csv")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == f"attachment; filename=edX-DemoX-Demo_Course--{slug}.csv"
        header, line = response.getvalue().decode().splitlines()
        assert api.csv(f"{COURSE}/{path}", {"fields": "created,nonsense,date,,created"}) == [
            "created,date",
            "2014-12-10T193146,2014-12-10",
        ]
        assert len(header.split(",")) == len(line.split(","))

    def test_fields_change_nothing_in_json(self, api, path, factory, slug):
        factory()
        assert api.rows(f"{COURSE}/{path}", {"fields": "date"}) == api.rows(f"{COURSE}/{path}")


def test_enrollment(api):
    CourseEnrollmentDailyFactory(count=1892, created=LATER)
    assert api.rows(ENROLLMENT) == [
        {"course_id": DEMO_COURSE, "date": "2014-12-10", "count": 1892, "created": "2014-12-11T050059"}
    ]
    assert api.csv(ENROLLMENT) == [
        "count,course_id,created,date",
        "1892,edX/DemoX/Demo_Course,2014-12-11T050059,2014-12-10",
    ]


class TestMode:
    url = f"{ENROLLMENT}mode/"

    def test_modes_of_a_day_are_one_row(self, api):
        CourseEnrollmentModeDailyFactory(mode="verified", count=756, cumulative_count=760, created=LATER)
        CourseEnrollmentModeDailyFactory(mode="honor", count=945, cumulative_count=980, created=EARLIER)
        assert api.rows(self.url) == [
            {
                "course_id": DEMO_COURSE,
                "date": "2014-12-10",
                "count": 1701,
                "cumulative_count": 1740,
                "created": "2014-12-11T050059",
                "audit": 0,
                "credit": 0,
                "honor": 945,
                "professional": 0,
                "verified": 756,
                "masters": 0,
            }
        ]

    def test_no_id_professional_is_professional(self, api):
        CourseEnrollmentModeDailyFactory(mode="no-id-professional", count=3, cumulative_count=5)
        CourseEnrollmentModeDailyFactory(mode="professional", count=4, cumulative_count=6)
        [row] = api.rows(self.url)
        assert (row["professional"], row["count"], row["cumulative_count"]) == (7, 7, 11)
        assert "no-id-professional" not in row

    def test_unknown_modes_follow_sorted_on_every_day(self, api):
        for day, mode in [(9, "zen"), (10, "honor"), (10, "apprentice"), (11, "=cmd")]:
            CourseEnrollmentModeDailyFactory(date=date(2014, 12, day), mode=mode, count=day)
        rows = api.rows(self.url, {"start_date": "2014-12-09"})
        assert [list(row)[-3:] for row in rows] == [["=cmd", "apprentice", "zen"]] * 3
        assert [(row["=cmd"], row["apprentice"], row["zen"]) for row in rows] == [(0, 0, 9), (0, 10, 0), (11, 0, 0)]
        header, *lines = api.csv(self.url, {"start_date": "2014-12-09"})
        assert header == (
            "'=cmd,apprentice,audit,count,course_id,created,credit,cumulative_count,date,honor,masters,professional,"
            "verified,zen"
        )
        values = [line.split(",") for line in lines]
        assert [(*line[:2], line[-1]) for line in values] == [("0", "0", "9"), ("0", "10", "0"), ("11", "0", "0")]

    def test_a_mode_never_takes_the_place_of_another_key(self, api):
        for mode in ("count", "date", "course_id", "created", "cumulative_count"):
            CourseEnrollmentModeDailyFactory(mode=mode, count=2, cumulative_count=3)
        [row] = api.rows(self.url)
        assert (row["course_id"], row["date"], row["created"]) == (DEMO_COURSE, "2014-12-10", "2014-12-10T193146")
        assert (row["count"], row["cumulative_count"]) == (10, 15)


class TestBirthYear:
    url = f"{ENROLLMENT}birth_year/"

    def test_order(self, api):
        for day, year in [(10, 1961), (9, 1990), (10, None), (10, 1960), (9, None), (9, 1989)]:
            CourseEnrollmentByBirthYearFactory(date=date(2014, 12, day), birth_year=year, count=year or 7)
        rows = api.rows(self.url, {"start_date": "2014-12-01"})
        assert [(row["date"][-2:], row["birth_year"]) for row in rows] == [
            ("09", 1989),
            ("09", 1990),
            ("09", None),
            ("10", 1960),
            ("10", 1961),
            ("10", None),
        ]
        assert list(rows[0]) == ["course_id", "date", "birth_year", "count", "created"]
        assert api.csv(self.url)[-1] == ",7,edX/DemoX/Demo_Course,2014-12-10T193146,2014-12-10"

    def test_not_reported_is_one_row_a_day(self, api):
        for day, count, created in [
            (9, 1, EARLIER),
            (10, 2, EARLIER),
            (10, 40, LATER),
            (9, 30, EARLIER),
            (8, 5, LATER),
        ]:
            CourseEnrollmentByBirthYearFactory(date=date(2014, 12, day), birth_year=None, count=count, created=created)
        rows = api.rows(self.url, {"start_date": "2014-12-01"})
        assert [(row["date"], row["birth_year"], row["count"], row["created"]) for row in rows] == [
            ("2014-12-08", None, 5, "2014-12-11T050059"),
            ("2014-12-09", None, 31, "2014-12-10T040000"),
            ("2014-12-10", None, 42, "2014-12-11T050059"),
        ]


class TestEducation:
    url = f"{ENROLLMENT}education/"

    def test_order_is_that_of_code_points(self, api):
        levels = ["none", "Zz", "doctorate", None, "a", "Älter", "😀", "ﬀ", "", "bachelors"]
        for level in levels:
            CourseEnrollmentByEducationFactory(education_level=level)
        CourseEnrollmentByEducationFactory(education_level=None, count=8)
        rows = api.rows(self.url)
        assert [row["education_level"] for row in rows] == [
            "",
            "Zz",
            "a",
            "bachelors",
            "doctorate",
            "none",
            "Älter",
            "ﬀ",
            "😀",
            None,
        ]
        assert rows[-1]["count"] == 1900
        assert list(rows[0]) == ["course_id", "date", "education_level", "count", "created"]

    @pytest.mark.parametrize(
        "level, cell",
        [
            ("=1+1", "'=1+1"),
            ("+1", "+1"),
            ("-1.5", "-1.5"),
            ("-1e5", "-1e5"),
            ("+1+1", "'+1+1"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a=1", "a=1"),
            ("", ""),
            ('say "a,b"', '"say ""a,b"""'),
            ("=HYPERLINK(1,2)", '"\'=HYPERLINK(1,2)"'),
        ],
    )
    def test_no_cell_is_a_formula(self, api, level, cell):
        CourseEnrollmentByEducationFactory(education_level=level, count=1)
        assert api.rows(self.url)[0]["education_level"] == level
        lines = api.csv(self.url, {"fields": "education_level,count"})
        assert lines == ["education_level,count", f"{cell},1"]


class TestGender:
    url = f"{ENROLLMENT}gender/"

    def test_genders_of_a_day_are_one_row(self, api):
        counts = [("f", 732), ("m", 1155), ("o", 435), (None, 5), ("x", 60), ("", 100), ("F", 1000)]
        for gender, count in counts:
            CourseEnrollmentByGenderFactory(gender=gender, count=count, created=LATER if gender == "x" else EARLIER)
        assert api.rows(self.url) == [
            {
                "course_id": DEMO_COURSE,
                "date": "2014-12-10",
                "female": 732,
                "male": 1155,
                "other": 435,
                "unknown": 1165,
                "created": "2014-12-11T050059",
            }
        ]

    def test_absent_genders_are_zero(self, api):
        CourseEnrollmentByGenderFactory(date=date(2014, 12, 9), gender="m", count=3)
        CourseEnrollmentByGenderFactory(date=date(2014, 12, 8), gender="o", count=4)
        rows = api.rows(self.url, {"start_date": "2014-12-01"})
        assert [[row[name] for name in ("date", "female", "male", "other", "unknown")] for row in rows] == [
            ["2014-12-08", 0, 0, 4, 0],
            ["2014-12-09", 0, 3, 0, 0],
        ]


class TestLocation:
    url = f"{ENROLLMENT}location/"

    def test_country(self, api):
        CourseEnrollmentByCountryFactory(country_code="CA", count=264)
        assert api.rows(self.url) == [
            {
                "date": "2014-12-10",
                "course_id": DEMO_COURSE,
                "country": {"alpha2": "CA", "alpha3": "CAN", "name": "Canada"},
                "count": 264,
                "created": "2014-12-10T193146",
            }
        ]
        assert api.csv(self.url) == [
            "count,country.alpha2,country.alpha3,country.name,course_id,created,date",
            "264,CA,CAN,Canada,edX/DemoX/Demo_Course,2014-12-10T193146,2014-12-10",
        ]

    def test_unknown_countries_are_one_row_before_the_others(self, api):
        for code, count in [("ZW", 1), ("us", 2), ("XX", 10), ("", 20), ("US", 3), (None, 40), ("zz", 80), ("AF", 5)]:
            CourseEnrollmentByCountryFactory(country_code=code, count=count, created=LATER if code == "" else EARLIER)
        rows = api.rows(self.url)
        assert [(row["country"]["alpha2"], row["count"]) for row in rows] == [
            (None, 150),
            ("AF", 5),
            ("US", 5),
            ("ZW", 1),
        ]
        assert rows[0]["country"] == {"alpha2": None, "alpha3": None, "name": "UNKNOWN"}
        assert [row["created"] for row in rows] == ["2014-12-11T050059"] + ["2014-12-10T040000"] * 3
        assert api.csv(self.url)[1] == "150,,,UNKNOWN,edX/DemoX/Demo_Course,2014-12-11T050059,2014-12-10"

    def test_days_are_apart(self, api):
        for day, code, count in [(10, "CA", 1), (9, "XX", 2), (10, None, 4), (9, "CA", 8)]:
            CourseEnrollmentByCountryFactory(date=date(2014, 12, day), country_code=code, count=count)
        rows = api.rows(self.url, {"start_date": "2014-12-01"})
        assert [(row["date"], row["country"]["alpha2"], row["count"]) for row in rows] == [
            ("2014-12-09", None, 2),
            ("2014-12-09", "CA", 8),
            ("2014-12-10", None, 4),
            ("2014-12-10", "CA", 1),
        ]
