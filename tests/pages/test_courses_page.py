"""The list of courses: totals, search, filters, order and pages are those of the API."""

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSE
from tests.support.factories import CourseEnrollmentDailyFactory, CourseMetaSummaryEnrollmentFactory
from tests.support.pages import reader

pytestmark = [pytest.mark.django_db(databases="__all__")]

SUMMARIES = "/api/v0/course_summaries/"


def listed(page):
    return [row.get("data-key") for row in page.elements("tr") if row.get("data-key")]


@pytest.mark.usefixtures("demo_data")
class TestDemo:
    def test_totals(self, api):
        totals = api.rows("/api/v0/course_totals/")
        cards = reader().read("/courses/").cards
        assert cards["Ever enrolled"] == str(totals["cumulative_count"])
        assert cards["Enrolled now"] == str(totals["count"])
        assert cards["Change in the last week"] == str(totals["count_change_7_days"])
        assert cards["Verified"] == str(totals["verified_enrollment"])

    @pytest.mark.parametrize(
        "parameters",
        [
            {"order_by": "course_id"},
            {"order_by": "passing_users", "sort_order": "desc"},
            {"order_by": "verified_enrollment"},
            {"order_by": "end_date", "sort_order": "desc"},
            {"text_search": "COOL", "order_by": "course_id"},
            {"text_search": "edx demox", "order_by": "course_id"},
            {"pacing_type": "self_paced", "order_by": "course_id"},
            {"availability": "Archived", "order_by": "course_id"},
            {"order_by": "course_id", "page": "2", "page_size": "1"},
        ],
    )
    def test_same_courses_in_the_same_order(self, api, parameters):
        expected = api.rows(SUMMARIES, {"page": "1", **parameters})["results"]
        page = reader().read("/courses/", **parameters)
        assert listed(page) == [row["course_id"] for row in expected]

    def test_programs(self, api):
        for program in api.rows("/api/v0/programs/"):
            page = reader().read("/courses/", program_ids=program["program_id"], order_by="course_id")
            assert listed(page) == [
                each for each in program["course_ids"] if each in listed(reader().read("/courses/"))
            ]
            assert f"Program: {program['program_title']}" in page.text

    def test_sparkline_is_the_enrollment(self, api):
        rows = api.rows(f"/api/v0/courses/{DEMO_COURSE}/enrollment/", {"start_date": "2000-01-01"})
        [svg] = reader().read("/courses/").elements("{http://www.w3.org/2000/svg}svg")
        assert svg.get("aria-label").startswith(f"Enrolled learners: {rows[0]['count']:,} on ")
        assert f", {rows[-1]['count']:,} on " in svg.get("aria-label")

    def test_chips_remove_one_filter(self):
        page = reader().read("/courses/", text_search="course", pacing_type="self_paced")
        chips = {text: url for text, url in page.links().items() if "(remove this filter)" in text}
        assert len(chips) == 2
        [search] = [url for text, url in chips.items() if text.startswith("Search")]
        assert search == "?pacing_type=self_paced"

    def test_nothing_found(self):
        page = reader().read("/courses/", text_search="nothing like it")
        assert "No course matches" in page.text

    def test_order_turns(self):
        page = reader().read("/courses/")
        [head] = page.elements("th", aria_sort="descending")
        assert "sort_order=asc" in head.find("a").get("href")


def test_no_courses_at_all():
    page = reader().read("/courses/")
    assert "make demo" in page.text
    assert page.cards == {}


def test_counts_of_filters_follow_the_other_filters():
    for number, (pacing, availability) in enumerate(
        [("self_paced", "Current"), ("self_paced", "Archived"), ("instructor_paced", "Current")]
    ):
        CourseMetaSummaryEnrollmentFactory(
            course_id=f"edX/Course{number}/Run", pacing_type=pacing, availability=availability
        )
    page = reader().read("/courses/", pacing_type="self_paced")
    labels = {label.find("input").get("value"): "".join(label.itertext()).split()[-1] for label in page.elements("label")
              if label.find("input") is not None}  # fmt: skip
    assert labels == {"Current": "1", "Archived": "1", "self_paced": "2", "instructor_paced": "1"}


def test_many_courses_cost_no_more_queries(query_counter):
    client = reader()
    CourseMetaSummaryEnrollmentFactory(course_id="edX/Course/Run")
    client.get("/courses/")
    counts = []
    for first in (0, 40):
        for number in range(first, first + 40):
            CourseMetaSummaryEnrollmentFactory(course_id=f"edX/Course{number}/Run")
            CourseEnrollmentDailyFactory(course_id=f"edX/Course{number}/Run")
        with query_counter() as queries:
            client.read("/courses/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
