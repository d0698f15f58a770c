"""The page that compares courses."""

import pytest

from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
    CourseProgramMetadataFactory,
)
from tests.support.pages import reader

pytestmark = pytest.mark.django_db(databases="__all__")

ONE, TWO = "course-v1:edX+One+T1", "edX/Two/T1"


@pytest.fixture(autouse=True)
def courses():
    for course_id, start, counts in ((ONE, "2024-01-01", (5, 6)), (TWO, "2024-02-01", (1, 9))):
        CourseMetaSummaryEnrollmentFactory(course_id=course_id, catalog_course_title=None, start_time=f"{start}T00:00Z")
        CourseProgramMetadataFactory(course_id=course_id, program_id="p1", program_title="Both")
        for day, count in zip(("02", "09"), counts, strict=True):
            CourseEnrollmentDailyFactory(course_id=course_id, date=f"{start[:8]}{day}", count=count)


def test_by_date():
    page = reader().read("/compare/", course_id=[ONE, TWO])
    series = page.series("enrolled")
    assert {day: count for day, count in series[ONE].items() if count} == {"2024-01-02": 5, "2024-01-09": 6}
    assert {day: count for day, count in series[TWO].items() if count} == {"2024-02-02": 1, "2024-02-09": 9}
    assert "edX/Two/T1: 9 in the end" in page.text


def test_by_weeks_since_the_start():
    page = reader().read("/compare/", course_id=f"{ONE},{TWO}", axis="weeks")
    assert page.series("enrolled") == {ONE: {0: 5, 1: 6}, TWO: {0: 1, 1: 9}}


def test_a_chart_for_each_course():
    page = reader().read("/compare/", course_id=[ONE, TWO], axis="weeks", view="apart")
    assert page.series("enrolled-0") == {ONE: {0: 5, 1: 6}} and page.series("enrolled-1") == {TWO: {0: 1, 1: 9}}


def test_courses_of_a_program():
    page = reader().read("/compare/", program_id="p1")
    assert page.title == "Both" and set(page.series("enrolled")) == {ONE, TWO}


def test_ten_at_a_time():
    ids = [f"edX/More/{number:02}" for number in range(12)]
    for course_id in ids:
        CourseMetaSummaryEnrollmentFactory(course_id=course_id)
        CourseEnrollmentDailyFactory(course_id=course_id)
    page = reader().read("/compare/", course_id=ids)
    assert list(page.series("enrolled")) == ids[:10] and "2 more courses are left out" in page.text


def test_nothing_named():
    assert "Name two or more courses" in reader().read("/compare/").text


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"course_id": "nonsense"}, 400), ({"course_id": "a/b/c"}, 404), ({"program_id": "x"}, 404), ({"axis": "x"}, 400)],
)
def test_wrong_addresses(sent, status):
    assert reader().get("/compare/", sent).status_code == status


def test_a_course_that_may_not_be_seen():
    assert reader(is_restricted=True, courses=ONE).get("/compare/", {"course_id": [ONE, TWO]}).status_code == 403
