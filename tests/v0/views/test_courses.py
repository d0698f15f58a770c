"""courses/{course_id}/activity/ and recent_activity/."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.factories import DEMO_COURSE, CourseActivityWeeklyFactory
from tests.web.test_times import MALFORMED

pytestmark = pytest.mark.django_db(databases="__all__")

FIRST_WEEK = datetime(2014, 11, 24, tzinfo=UTC)
LABELS = {
    "any": "ACTIVE",
    "attempted_problem": "ATTEMPTED_PROBLEM",
    "played_video": "PLAYED_VIDEO",
    "posted_forum": "POSTED_FORUM",
}


def week(number, **columns):
    """Create a row of a week, counted from 0."""
    return CourseActivityWeeklyFactory(interval_start=FIRST_WEEK + timedelta(weeks=number), **columns)


class TestActivity:
    url = f"/api/v0/courses/{DEMO_COURSE}/activity/"

    def test_labels_of_a_week_are_one_row(self, api):
        week(0, label="ACTIVE", count=3013, created=datetime(2014, 12, 2, tzinfo=UTC))
        week(0, label="POSTED_FORUM", count=0, created=datetime(2014, 12, 3, 23, 59, 59, 999999, tzinfo=UTC))
        week(0, label="PLAYED_VIDEO", count=1049, created=datetime(2014, 12, 1, tzinfo=UTC))
        week(0, label="NEW_KIND", count=5, created=datetime(2014, 12, 9, tzinfo=UTC))
        week(0, label="ACTIVE", count=1, course_id="course-v1:edX+Another+2014")
        expected = {
            "interval_start": "2014-11-24T000000",
            "interval_end": "2014-12-01T000000",
            "course_id": DEMO_COURSE,
            "any": 3013,
            "played_video": 1049,
            "posted_forum": 0,
            "created": "2014-12-03T235959",
        }
        [row] = api.rows(self.url)
        assert list(row.items()) == list(expected.items())
        assert api.csv(self.url) == [
            "any,attempted_problem,course_id,created,interval_end,interval_start,played_video,posted_forum",
            "3013,,edX/DemoX/Demo_Course,2014-12-03T235959,2014-12-01T000000,2014-11-24T000000,1049,0",
        ]

    def test_of_several_rows_the_latest_created_counts_then_the_highest_id(self, api):
        early, late = datetime(2014, 12, 2, tzinfo=UTC), datetime(2014, 12, 2, 0, 0, 0, 1, tzinfo=UTC)
        for label, counts in {"ACTIVE": [(1, late), (2, early)], "PLAYED_VIDEO": [(3, late), (4, late)]}.items():
            for count, created in counts:
                week(0, label=label, count=count, created=created)
        [row] = api.rows(self.url)
        assert (row["any"], row["played_video"]) == (1, 4)

    @pytest.fixture
    def weeks(self, api):
        """Return the starts of the weeks that a query finds among four weeks."""
        for number in (2, 0, 3, 1):
            for label in ("ACTIVE", "PLAYED_VIDEO"):
                week(number, label=label)
        return lambda query="": [row["interval_start"] for row in api.rows(f"{self.url}{query}")]

    def test_latest_week(self, weeks):
        assert weeks() == ["2014-12-15T000000"]

    def test_latest_week_is_one_with_a_known_label(self, api):
        week(0, label="ACTIVE")
        week(1, label="NEW_KIND")
        assert [row["interval_start"] for row in api.rows(self.url)] == ["2014-11-24T000000"]

    @pytest.mark.parametrize(
        "query, days",
        [
            # A week must start at start_date or later …
            ("?start_date=2014-12-01", ["1201", "1208", "1215"]),
            ("?start_date=2014-12-01T000000", ["1201", "1208", "1215"]),
            ("?start_date=2014-12-01T000001", ["1208", "1215"]),
            ("?start_date=2014-12-01T01:00:00%2B01:00", ["1201", "1208", "1215"]),
            # … and to end before end_date.
            ("?end_date=2014-12-15", ["1124", "1201"]),
            ("?end_date=2014-12-15T00:00:01Z", ["1124", "1201", "1208"]),
            ("?start_date=2014-12-1&end_date=2014-12-16", ["1201", "1208"]),
            ("?start_date=0001-01-01&end_date=9999-12-31", ["1124", "1201", "1208", "1215"]),
        ],
    )
    def test_window(self, weeks, query, days):
        assert weeks(query) == [f"2014-{day[:2]}-{day[2:]}T000000" for day in days]

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_window_without_rows(self, api, weeks, accept):
        response = api.get(self.url, {"start_date": "2014-12-15T000001"}, HTTP_ACCEPT=accept)
        assert response.status_code == 404
        assert response.json()["error_code"] == "not_found"

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    @pytest.mark.parametrize("name", ["start_date", "end_date"])
    def test_malformed_times(self, api, weeks, name, accept):
        for text in MALFORMED if accept == "application/json" else MALFORMED[:5]:
            response = api.get(self.url, {name: text}, HTTP_ACCEPT=accept)
            assert (response.status_code, response["Content-Type"]) == (400, "application/json"), text
            assert response.json()["error_code"] == "illegal_parameter_values"
            for words in (name, repr(text)[:200], "YYYY-MM-DDTHHMMSS"):
                assert words in response.json()["developer_message"]

    def test_start_after_end(self, api, weeks):
        response = api.get(self.url, {"start_date": "2014-12-10T000001", "end_date": "2014-12-10"})
        assert response.status_code == 400
        assert response.json()["error_code"] == "illegal_parameter_values"
        for words in ("start_date", "end_date", "2014-12-10"):
            assert words in response.json()["developer_message"]

    def test_parameters_of_older_clients_are_ignored(self, api, weeks):
        assert len(api.rows(self.url, {"activity_type": "nonsense", "label": "nonsense"})) == 1

    def test_names_the_csv_file(self, api, weeks):
        response = api.get(self.url, {"format": "csv"})
        name = "edX-DemoX-Demo_Course--engagement-activity.csv"
        assert response["Content-Disposition"] == f"attachment; filename={name}"


class TestRecentActivity:
    url = f"/api/v0/courses/{DEMO_COURSE}/recent_activity/"

    @pytest.fixture
    def weeks(self):
        """Create weeks in which each label has its own counts and its own latest week."""
        for number, label in enumerate(LABELS.values()):
            week(number, label=label, count=100 + number)
            week(number - 1, label=label, count=1)
            week(5, label=label, count=7, course_id="course-v1:edX+Another+2014")

    def test_default(self, api, weeks):
        expected = {
            "interval_start": "2014-11-24T00:00:00Z",
            "interval_end": "2014-12-01T00:00:00Z",
            "activity_type": "any",
            "count": 100,
            "course_id": DEMO_COURSE,
        }
        assert list(api.rows(self.url).items()) == list(expected.items())

    @pytest.mark.parametrize("parameter", ["activity_type", "label"])
    @pytest.mark.parametrize("number, activity_type", list(enumerate(LABELS)))
    def test_types_and_labels_in_any_case(self, api, weeks, parameter, number, activity_type):
        for text in (activity_type, activity_type.upper(), LABELS[activity_type], LABELS[activity_type].lower()):
            row = api.rows(self.url, {parameter: text})
            assert (row["activity_type"], row["count"]) == (activity_type, 100 + number)

    def test_new_name_of_the_parameter_wins(self, api, weeks):
        row = api.rows(self.url, {"activity_type": "played_video", "label": "any"})
        assert row["activity_type"] == "played_video"

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    @pytest.mark.parametrize("parameter", ["activity_type", "label"])
    @pytest.mark.parametrize("text", ["nonsense", " any", "any ", "anyone", "ANY_", "\x00", "ａｎｙ"])
    def test_malformed(self, api, weeks, parameter, text, accept):
        response = api.get(self.url, {parameter: text}, HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (400, "application/json")
        assert response.json()["error_code"] == "illegal_parameter_values"
        for words in (parameter, repr(text)[:200], *LABELS):
            assert words in response.json()["developer_message"]

    def test_none_of_this_type(self, api):
        week(0, label="ACTIVE")
        assert api.get(self.url, {"activity_type": "played_video"}).status_code == 404

    def test_of_several_rows_the_latest_created_counts_then_the_highest_id(self, api):
        early, late = datetime(2014, 12, 2, tzinfo=UTC), datetime(2014, 12, 3, tzinfo=UTC)
        for label, counts in {"ACTIVE": [(1, late), (2, early)], "PLAYED_VIDEO": [(3, late), (4, late)]}.items():
            for count, created in counts:
                week(0, label=label, count=count, created=created)
        assert api.rows(self.url)["count"] == 1
        assert api.rows(self.url, {"activity_type": "played_video"})["count"] == 4

    def test_csv(self, api, weeks):
        assert api.csv(self.url) == [
            "activity_type,count,course_id,interval_end,interval_start",
            "any,100,edX/DemoX/Demo_Course,2014-12-01T00:00:00Z,2014-11-24T00:00:00Z",
        ]
