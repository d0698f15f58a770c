"""A course's problems from rows per part and per tag, and the engagement of its learners."""

from datetime import date, timedelta

import pytest

from analytics_data_api.sql.conditions import Scope
from analytics_data_api.v0.queries.problems import problems_of_parts, tags_by_problem
from analytics_data_api.v0.queries.user_engagement import user_engagement
from tests.support.factories import DEMO_COURSE, ModuleEngagementFactory

DAY = "2014-12-10T193146"


class TestParts:
    def test_mean_of_the_parts_rounded_down(self):
        parts = [("a", "1", 10, 3, DAY), ("a", "2", 7, 2, "2014-12-11T000000"), ("b", "1", 1, 0, DAY)]
        assert list(problems_of_parts(parts)) == [
            ("a", 8, 2, ("1", "2"), "2014-12-11T000000"),
            ("b", 1, 0, ("1",), DAY),
        ]


class TestTags:
    def test_values_are_sorted_and_stand_once(self):
        rows = [
            ("b", "difficulty", "Hard", 1, 0, DAY),
            ("a", "topic", "Zeta", 5, 2, "2014-12-09T000000"),
            ("a", "topic", "Alpha", 6, 3, DAY),
            ("a", "topic", "Zeta", 6, 3, DAY),
            ("a", "difficulty", "Easy", 6, 3, DAY),
        ]
        assert list(tags_by_problem(rows)) == [
            ("a", 6, 3, {"difficulty": ["Easy"], "topic": ["Alpha", "Zeta"]}, DAY),
            ("b", 1, 0, {"difficulty": ["Hard"]}, DAY),
        ]


@pytest.mark.django_db(databases="__all__")
class TestUserEngagement:
    TODAY = date(2014, 12, 10)

    def rows(self):
        return list(user_engagement(course_id=DEMO_COURSE, today=self.TODAY, scope=Scope("analytics")))

    @pytest.mark.parametrize("days_ago, is_last_week", [(-1, False), (0, True), (6, True), (7, False)])
    def test_last_week_is_seven_days(self, days_ago, is_last_week):
        day = self.TODAY - timedelta(days=days_ago)
        ModuleEngagementFactory(entity_type="video", event="viewed", date=day, count=3)
        [row] = self.rows()
        assert row == ("ada", 3, 3 if is_last_week else 0, *[0] * 8, day.isoformat())

    def test_figures(self):
        def engaged(entity_type, event, count, entity="e", **columns):
            ModuleEngagementFactory(
                entity_type=entity_type, event=event, count=count, entity_id=entity, date=self.TODAY, **columns
            )

        engaged("video", "viewed", 1)
        engaged("problem", "attempted", 10)
        engaged("problem", "completed", 20)
        engaged("problem", "attempted", 30, entity="other")
        engaged("discussion", "contributed", 100)
        engaged("something else", "done", 1000, username="Zoë")
        engaged("video", "viewed", 1, course_id="another/course/run")
        day = self.TODAY.isoformat()
        assert self.rows() == [
            ("Zoë", *[0] * 10, day),
            ("ada", 1, 1, 60, 60, 20, 20, 40, 40, 100, 100, day),
        ]
        assert all(type(value) is int for row in self.rows() for value in row[1:-1])
