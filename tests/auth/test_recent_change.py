"""A namesake of another organization changes no figure of a restricted key, and shows itself in none."""

from datetime import date

import pytest
from django.db import connections

from tests.support import databases, two_courses
from tests.support.factories import CourseEnrollmentDailyFactory, CourseMetaSummaryEnrollmentFactory

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MINE, THEIRS = "edX/DemoX/Run", "EDX/DemoX/Run"
URL = "/api/v0/course_summaries/"


def insert(days):
    for course_id, own_days in days.items():
        factor = 100 if course_id == THEIRS else 1
        CourseMetaSummaryEnrollmentFactory(course_id=course_id, count=50 * factor, enrollment_mode="honor")
        for day in own_days:
            CourseEnrollmentDailyFactory(course_id=course_id, date=date(2014, 12, day), count=day * factor)


@pytest.mark.parametrize("access", [{"orgs": ["edX"]}, {"courses": [MINE]}], ids=["organization", "course"])
@pytest.mark.parametrize("their_days", [(5,), (1, 3, 9)], ids=str)
@pytest.mark.parametrize("first", [MINE, THEIRS])
def test_recent_count_change(restricted, tmp_path, access, their_days, first):
    with databases.empty("analytics", tmp_path):
        databases.migrate("analytics")
        two_courses.ignore_case("analytics")
        days = {MINE: (1, 3), THEIRS: their_days}
        insert({course_id: days[course_id] for course_id in sorted(days, key=first.__ne__)})
        [row] = restricted(**access).rows(URL, {"recent_date": "2014-12-05"})
        assert (row["course_id"], row["recent_count_change"]) == (MINE, 50 - 3)


@pytest.mark.skipif(connections["analytics"].vendor != "mysql", reason="only MySQL's tables come with such collations")
def test_courses_that_a_table_takes_for_equal(api, tmp_path):
    with databases.empty("analytics", tmp_path):
        databases.migrate("analytics")
        two_courses.ignore_case("analytics")
        insert({MINE: (1, 3), THEIRS: (1, 2, 3, 4)})
        rows = api.rows(URL, {"recent_date": "2014-12-05"})
        assert {row["course_id"]: row["recent_count_change"] for row in rows} == {MINE: 47, THEIRS: 4600}
