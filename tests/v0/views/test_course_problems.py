"""courses/{course_id}/problems/, problems_and_tags/ and user_engagement/"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from tests.support import databases
from tests.support.factories import (
    DEMO_COURSE,
    ModuleEngagementFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
    ProblemResponseAnswerDistributionFactory,
    ProblemsAndTagsFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = f"/api/v0/courses/{DEMO_COURSE}"
LATER = datetime(2014, 12, 11, 5, 0, 59, 999999, tzinfo=UTC)

Answer = ProblemFirstLastResponseAnswerDistributionFactory


class TestProblems:
    url = f"{COURSE}/problems/"

    def test_problem(self, api):
        Answer(module_id="p", part_id="p_2", last_response_count=5, first_response_count=100, correct=True)
        Answer(module_id="p", part_id="p_1", last_response_count=4, correct=False)
        Answer(module_id="p", part_id="p_1", last_response_count=2, correct=None, created=LATER)
        Answer(module_id="elsewhere", course_id="another/course/run")
        assert api.rows(self.url) == [
            {
                "module_id": "p",
                "total_submissions": 5,
                "correct_submissions": 2,
                "part_ids": ["p_1", "p_2"],
                "created": "2014-12-11T050059",
            }
        ]

    def test_order_is_by_code_point(self, api):
        for module_id in ("b", "Z", "é", "a", "\U0001f600", "\uff5e"):
            Answer(module_id=module_id, part_id="x")
        assert [row["module_id"] for row in api.rows(self.url)] == ["Z", "a", "b", "é", "\uff5e", "\U0001f600"]
        for part_id in ("b", "Z", "é", "a,b"):
            Answer(module_id="p", part_id=part_id)
        [problem] = [row for row in api.rows(self.url) if row["module_id"] == "p"]
        assert problem["part_ids"] == ["Z", "a,b", "b", "é"]

    def test_more_parts_than_a_database_joins(self, api):
        parts = [f"{'x' * 200}-{number:03}" for number in range(50)]
        for part_id in parts:
            Answer(module_id="p", part_id=part_id)
        [problem] = api.rows(self.url)
        assert problem["part_ids"] == parts

    def test_csv(self, api):
        Answer(module_id="p", part_id="2", last_response_count=3)
        Answer(module_id="p", part_id="1", last_response_count=3)
        response = api.get(self.url, {"format": "csv"})
        assert response["Content-Disposition"] == "attachment; filename=edX-DemoX-Demo_Course--problems.csv"
        assert api.csv(self.url) == [
            "correct_submissions,created,module_id,part_ids,total_submissions",
            '3,2014-12-10T193146,p,"1, 2",3',
        ]


class TestProblemsOfOlderDatabases:
    def test_problem(self, api, tmp_path):
        with databases.empty("analytics", tmp_path) as connection:
            databases.migrate("analytics")
            databases.execute(
                connection,
                "ALTER TABLE answer_distribution DROP COLUMN first_response_count",
                "ALTER TABLE answer_distribution DROP COLUMN last_response_count",
                f"ALTER TABLE answer_distribution ADD COLUMN {connections['analytics'].ops.quote_name('count')} int",
            )
            ProblemResponseAnswerDistributionFactory(module_id="p", part_id="1", count=4)
            ProblemResponseAnswerDistributionFactory(module_id="p", part_id="2", count=3, correct=False)
            [problem] = api.rows(f"{COURSE}/problems/")
        assert (problem["total_submissions"], problem["correct_submissions"]) == (3, 2)


class TestProblemsAndTags:
    url = f"{COURSE}/problems_and_tags/"

    def test_problem(self, api):
        for name, value in [("topic", "Zeta"), ("topic", "Alpha"), ("difficulty", "Easy")]:
            ProblemsAndTagsFactory(module_id="p", tag_name=name, tag_value=value)
        ProblemsAndTagsFactory(module_id="P", created=LATER, total_submissions=2)
        assert api.rows(self.url) == [
            {
                "module_id": "P",
                "total_submissions": 2,
                "correct_submissions": 15,
                "tags": {"difficulty": ["Easy"]},
                "created": "2014-12-11T050059",
            },
            {
                "module_id": "p",
                "total_submissions": 24,
                "correct_submissions": 15,
                "tags": {"difficulty": ["Easy"], "topic": ["Alpha", "Zeta"]},
                "created": "2014-12-10T193146",
            },
        ]

    def test_csv(self, api):
        ProblemsAndTagsFactory(module_id="p", tag_name="topic", tag_value="=1+1")
        ProblemsAndTagsFactory(module_id="q", tag_name="@difficulty", tag_value="Easy")
        assert api.csv(self.url) == [
            "correct_submissions,created,module_id,tags.@difficulty,tags.topic,total_submissions",
            "15,2014-12-10T193146,p,,'=1+1,24",
            "15,2014-12-10T193146,q,Easy,,24",
        ]
        response = api.get(self.url, {"format": "csv", "fields": "tags.topic,module_id,unheard_of"})
        assert response.getvalue() == b"tags.topic,module_id\r\n'=1+1,p\r\n,q\r\n"
        assert response["Content-Disposition"] == "attachment; filename=edX-DemoX-Demo_Course--problems-and-tags.csv"


class TestUserEngagement:
    url = f"{COURSE}/user_engagement/"

    def test_last_week_goes_by_the_day_of_the_activity(self, api):
        today = datetime.now(UTC).date()
        ModuleEngagementFactory(date=today - timedelta(days=2), created=datetime(2014, 1, 1, tzinfo=UTC), count=4)
        ModuleEngagementFactory(date=date(2014, 12, 1), created=datetime.now(UTC), count=3, entity_id="p")
        [learner] = api.rows(self.url)
        assert learner == {
            "username": "ada",
            "videos_overall": 0,
            "videos_last_week": 0,
            "problems_overall": 7,
            "problems_last_week": 4,
            "correct_problems_overall": 0,
            "correct_problems_last_week": 0,
            "problems_attempts_overall": 7,
            "problems_attempts_last_week": 4,
            "forum_posts_overall": 0,
            "forum_posts_last_week": 0,
            "date_last_active": (today - timedelta(days=2)).isoformat(),
        }

    def test_order_is_by_code_point(self, api):
        for username in ("b", "Z", "é", "a", "=x"):
            ModuleEngagementFactory(username=username)
        assert [row["username"] for row in api.rows(self.url)] == ["=x", "Z", "a", "b", "é"]
        lines = api.csv(self.url, {"fields": "username,date_last_active"})
        assert lines[1].startswith("'=x,")

    def test_csv_name(self, api):
        ModuleEngagementFactory()
        response = api.get(self.url, {"format": "csv"})
        assert response["Content-Disposition"] == "attachment; filename=edX-DemoX-Demo_Course--user-engagement.csv"
