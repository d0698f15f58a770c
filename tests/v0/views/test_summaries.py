"""course_summaries/, course_totals/ and programs/"""

import pytest

from tests.support.client import content
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

SUMMARIES, TOTALS, PROGRAMS = "/api/v0/course_summaries/", "/api/v0/course_totals/", "/api/v0/programs/"
POSTABLE = [SUMMARIES, TOTALS, PROGRAMS]
FORM = "application/x-www-form-urlencoded"
NOBODY = {"count": 0, "cumulative_count": 0, "count_change_7_days": 0, "passing_users": 0}

Summary = CourseMetaSummaryEnrollmentFactory


def course(letter, **columns):
    Summary(course_id=f"{letter}/{letter}/{letter}", **columns)


def ids(rows):
    return "".join(row["course_id"][0] for row in rows)


class TestSummary:
    def test_course(self, api):
        Summary(
            enrollment_mode="no-id-professional",
            count=1,
            cumulative_count=2,
            count_change_7_days=-3,
            passing_users=None,
        )
        Summary(enrollment_mode="professional", count=10, cumulative_count=20, count_change_7_days=30, passing_users=40)
        Summary(enrollment_mode="odd", count=100, cumulative_count=200, count_change_7_days=300, passing_users=400)
        odd = {"count": 100, "cumulative_count": 200, "count_change_7_days": 300, "passing_users": 400}
        professional = {"count": 11, "cumulative_count": 22, "count_change_7_days": 27, "passing_users": 40}
        assert api.rows(SUMMARIES) == [
            {
                "course_id": "edX/DemoX/Demo_Course",
                "catalog_course_title": "Demonstration Course",
                "catalog_course": "edX+DemoX",
                "start_date": "2014-10-06T000000",
                "end_date": "2015-01-26T000000",
                "pacing_type": "instructor_paced",
                "availability": "Current",
                "count": 111,
                "cumulative_count": 222,
                "count_change_7_days": 327,
                "passing_users": 440,
                "recent_count_change": None,
                "created": "2014-12-10T193146",
                "enrollment_modes": {
                    "audit": NOBODY,
                    "credit": NOBODY,
                    "honor": NOBODY,
                    "professional": professional,
                    "verified": NOBODY,
                    "masters": NOBODY,
                    "odd": odd,
                },
            }
        ]

    def test_nulls(self, api):
        nullable = (
            "catalog_course_title", "catalog_course", "start_time", "end_time", "pacing_type", "availability",
            "count", "cumulative_count", "count_change_7_days", "passing_users",
        )  # fmt: skip
        Summary(**dict.fromkeys(nullable))
        [row] = api.rows(SUMMARIES)
        assert [row[name] for name in ("start_date", "end_date", "availability", "pacing_type")] == [None] * 4
        assert row["count"] == row["passing_users"] == 0
        assert row["enrollment_modes"]["honor"] == NOBODY

    def test_order_is_by_code_point(self, api):
        for letter in "bZéa":
            course(letter)
        assert ids(api.rows(SUMMARIES)) == "Zabé"

    def test_starting_soon_is_upcoming(self, api, courses):
        assert [row["availability"] for row in api.rows(SUMMARIES)] == ["Upcoming", None, "Archived"]

    @pytest.mark.parametrize("value, shown", [("true", True), ("True", True), ("1", True), ("false", False),
                                              ("False", False), ("0", False), ("", False)])  # fmt: skip
    def test_programs(self, api, courses, value, shown):
        rows = api.rows(SUMMARIES, {"programs": value})
        assert [row.get("programs") for row in rows] == ([["p"], ["o", "p"], []] if shown else [None] * 3)
        assert all(("programs" in row) == shown for row in rows)

    def test_recent_date(self, api, courses):
        for day, count in [(1, 7), (3, 6), (5, 100)]:
            CourseEnrollmentDailyFactory(course_id="b/b/b", date=f"2014-12-{day:02}", count=count)
        changes = [
            [row["recent_count_change"] for row in api.rows(SUMMARIES, {"recent_date": f"2014-12-{day:02}"})]
            for day in (1, 2, 3, 4)
        ]
        assert changes == [[5, 3, 2], [5, 3, 2], [5, 4, 2], [5, 4, 2]]
        assert [row["recent_count_change"] for row in api.rows(SUMMARIES)] == [None] * 3

    @pytest.mark.parametrize("day", ["9999-12-31", "yesterday", "2014-02-30"])
    def test_recent_date_has_to_be_past(self, api, courses, day):
        response = api.get(SUMMARIES, {"recent_date": day})
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
        assert "recent_date" in response.json()["developer_message"] and day in response.json()["developer_message"]

    def test_fields_and_exclude(self, api, courses):
        row = {"course_id": "a/a/a", "count": 5}
        assert api.rows(SUMMARIES, {"fields": "course_id,count"})[0] == row
        assert "programs" not in api.rows(SUMMARIES, {"fields": "course_id,programs"})[0]
        row = api.rows(SUMMARIES, {"exclude": "count,programs,catalog_course", "programs": "true"})[0]
        assert not {"count", "programs", "catalog_course"} & set(row)
        assert set(row["enrollment_modes"]["audit"]) == set(NOBODY) - {"count"}
        assert "course_id" in row

    def test_database_without_courses(self, api):
        for url in (SUMMARIES, f"{SUMMARIES}?course_ids=a/b/c"):
            assert api.get(url).status_code == 404
            assert api.get(f"{url}{'&' if '?' in url else '?'}format=csv").status_code == 404

    def test_three_queries_beside_the_key(self, api, courses, query_counter):
        asked = {"programs": "1", "recent_date": "2014-12-09", "program_ids": "p", "page": "1"}
        # A process asks once which texts a column can hold.
        api.rows(SUMMARIES, asked)
        with query_counter() as queries:
            api.rows(SUMMARIES, asked)
        assert len(queries) == 4, "\n".join(queries)


class TestOptions:
    @pytest.mark.parametrize(
        "parameters, expected",
        [
            ({"course_ids": "c/c/c,a/a/a"}, "ac"),
            ({"course_ids": "c/c/c,a/a/a", "order_by": "count"}, "ca"),
            ({"availability": "Upcoming"}, "a"),
            ({"availability": "unknown,Archived"}, "bc"),
            ({"availability": "Current"}, ""),
            ({"pacing_type": "self_paced"}, "b"),
            ({"program_ids": "p"}, "ab"),
            ({"program_ids": "o,x"}, "b"),
            ({"program_ids": "x"}, ""),
            ({"text_search": "üB"}, "a"),
            ({"text_search": "C/c"}, "c"),
            ({"text_search": "nowhere"}, ""),
            ({"text_search": ""}, "abc"),
            ({"order_by": "verified_enrollment", "sort_order": "desc"}, "abc"),
            ({"order_by": "count"}, "cab"),
            ({"order_by": "count", "sort_order": "desc"}, "bac"),
            ({"order_by": "availability"}, "cab"),
            ({"order_by": "availability", "sort_order": "desc"}, "bac"),
            ({"order_by": "created", "sort_order": "desc"}, "abc"),
            ({"sort_order": "desc"}, "cba"),
        ],
    )
    def test_filters_and_orders(self, api, courses, parameters, expected):
        assert ids(api.rows(SUMMARIES, parameters)) == expected

    def test_an_empty_filter_result_as_csv(self, api, courses):
        lines = api.csv(SUMMARIES, {"availability": "Current", "fields": "course_id,count"})
        assert lines == ["course_id,count"]


class TestPages:
    def test_page(self, api, courses):
        answer = api.get(SUMMARIES, {"page": 2, "page_size": 1, "fields": "course_id"})
        url = "http://testserver/api/v0/course_summaries/?"
        assert answer.json() == {
            "count": 3,
            "num_pages": 3,
            "next": f"{url}fields=course_id&page=3&page_size=1",
            "previous": f"{url}fields=course_id&page=1&page_size=1",
            "results": [{"course_id": "b/b/b"}],
        }
        assert answer["Link"] == (
            f'<{url}fields=course_id&page=3&page_size=1>; rel="next", <{url}fields=course_id&page=1&page_size=1>; rel="prev"'
        )

    def test_all_pages_have_all_rows(self, api, courses):
        rows = []
        url = f"{SUMMARIES}?page_size=2&order_by=count"
        while url:
            answer = api.rows(url)
            rows += answer["results"]
            url = answer["next"]
        assert rows == api.rows(f"{SUMMARIES}?order_by=count")

    def test_post_to_next(self, api, courses):
        body = {"course_ids": ["a/a/a", "c/c/c"], "page_size": 1, "page": 1}
        first = api.post(SUMMARIES, body, format="json").json()
        second = api.post(first["next"], body, format="json").json()
        assert ids(first["results"] + second["results"]) == "ac"
        assert second["next"] is None

    def test_csv_has_the_rows_of_the_page(self, api, courses):
        response = api.get(SUMMARIES, {"page": 3, "page_size": 1, "fields": "course_id", "format": "csv"})
        assert content(response) == b"course_id\r\nc/c/c\r\n"
        assert 'rel="prev"' in response["Link"]

    def test_browsers(self, api, courses):
        response = api.get(SUMMARIES, {"page": 1}, HTTP_ACCEPT="text/html")
        assert response.status_code == 200 and "num_pages" in response.content.decode()

    def test_all_is_a_list(self, api, courses):
        assert ids(api.rows(SUMMARIES, {"all": "True", "page": 7, "page_size": 1})) == "abc"

    def test_no_rows(self, api):
        assert api.rows(SUMMARIES, {"page": 1})["results"] == []
        assert api.rows(SUMMARIES, {"page": 1})["num_pages"] == 1

    @pytest.mark.parametrize("page, status", [("4", 404), ("9" * 30, 404), ("0", 400), ("-1", 400), ("x", 400)])
    def test_no_such_page(self, api, courses, page, status):
        assert api.get(SUMMARIES, {"page": page, "page_size": 1}).status_code == status

    def test_page_size_has_a_most(self, api, courses, settings):
        settings.MAX_PAGE_SIZE = 2
        assert len(api.rows(SUMMARIES, {"page_size": 100})["results"]) == 2
        settings.DEFAULT_PAGE_SIZE = 1
        assert len(api.rows(SUMMARIES, {"page": 1})["results"]) == 1


class TestCsv:
    def test_modes_and_programs(self, api, courses):
        Summary(course_id="b/b/b", enrollment_mode="zeta", count=8)
        Summary(course_id="c/c/c", enrollment_mode="alpha", count=7)
        header, *lines = api.csv(SUMMARIES, {"programs": "true"})
        names = header.split(",")
        assert names == sorted(names)
        for mode in ("audit", "alpha", "zeta"):
            assert {f"enrollment_modes.{mode}.{name}" for name in NOBODY} <= set(names)
        place = names.index("programs")
        assert '"o, p"' in lines[1]
        assert lines[0].split(",")[place] == "p"

    def test_programs_only_where_asked_for(self, api, courses):
        assert "programs" not in api.csv(SUMMARIES)[0]

    def test_fields(self, api, courses):
        lines = api.csv(SUMMARIES, {"fields": "enrollment_modes.verified.count,course_id"})
        assert lines == ["enrollment_modes.verified.count,course_id", "5,a/a/a", "1,b/b/b", "0,c/c/c"]

    @pytest.mark.parametrize("url", [SUMMARIES, PROGRAMS])
    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_unknown_fields(self, api, courses, url, accept):
        for name in ("fields", "exclude"):
            response = api.get(url, {name: "created,unheard_of"}, HTTP_ACCEPT=accept)
            assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
            assert "unheard_of" in response.json()["developer_message"]

    def test_totals(self, api, courses):
        assert api.csv(TOTALS) == ["count,count_change_7_days,cumulative_count,verified_enrollment", "17,0,17,6"]

    def test_programs(self, api, courses):
        lines = api.csv(PROGRAMS, {"fields": "course_ids,program_id"})
        assert lines == ["course_ids,program_id", "b/b/b,o", '"a/a/a, b/b/b",p']


class TestTotals:
    def test_all(self, api, courses):
        Summary(course_id="d/d/d", count=None, cumulative_count=None, count_change_7_days=-4, passing_users=None)
        assert api.rows(TOTALS) == {
            "count": 17,
            "cumulative_count": 17,
            "count_change_7_days": -4,
            "verified_enrollment": 6,
        }

    def test_some(self, api, courses):
        assert api.rows(TOTALS, {"course_ids": "a/a/a,c/c/c,x/y/z"})["count"] == 7
        assert api.post(TOTALS, {"course_ids": ["a/a/a", "a/a/a"]}, format="json").json()["count"] == 5

    def test_zeros(self, api):
        zeros = {"count": 0, "cumulative_count": 0, "count_change_7_days": 0, "verified_enrollment": 0}
        assert api.rows(TOTALS) == api.rows(TOTALS, {"course_ids": "x/y/z"}) == zeros


class TestPrograms:
    def test_programs(self, api, courses):
        o, p = api.rows(PROGRAMS)
        assert o["program_id"] == "o"
        assert p == {
            "program_id": "p",
            "program_type": "MicroMasters",
            "program_title": "Demonstrations",
            "created": "2014-12-10T19:31:46Z",
            "course_ids": ["a/a/a", "b/b/b"],
        }
        assert api.rows(PROGRAMS, {"program_ids": "p,x"}) == [p]
        assert api.rows(PROGRAMS, {"exclude": "created,course_ids,program_type", "program_ids": "p"}) == [
            {"program_id": "p", "program_title": "Demonstrations"}
        ]
        assert api.post(PROGRAMS, {"program_ids": ["p"]}, format="json").json() == [p]

    def test_not_found(self, api, courses):
        assert api.get(PROGRAMS, {"program_ids": "x"}).status_code == 404

    def test_empty_list(self, api, courses):
        assert api.get(PROGRAMS, {"program_ids": ""}).status_code == 400
        assert api.post(PROGRAMS, {"program_ids": []}, format="json").status_code == 400


def test_versions_have_databases_of_their_own(api, courses):
    for url in (SUMMARIES, PROGRAMS):
        assert api.get(url.replace("v0", "v1")).status_code == 404
        assert api.post(url.replace("v0", "v1").rstrip("/")).status_code == 404
    Summary(course_id="x/y/z", count=3, using="analytics_v1")
    assert api.rows(TOTALS.replace("v0", "v1"))["count"] == 3
