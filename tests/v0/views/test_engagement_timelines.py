"""A learner's engagement day by day, and over any range of days."""

from datetime import date
from urllib.parse import quote

import pytest

from tests.support.factories import ModuleEngagementFactory
from tests.support.rosters import COURSE, load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

COURSES = {"course_id": COURSE}
TIMELINE = "/api/v0/engagement_timelines/ada/"
PATHS = ("engagement_timelines/ada/", "learners/engagement_timelines/ada/")


def engaged(day, entity_type, entity_id, event, count=1, **columns):
    ModuleEngagementFactory(
        **{
            "course_id": COURSE,
            "username": "ada",
            "date": date(2026, 3, day),
            "entity_type": entity_type,
            "entity_id": entity_id,
            "event": event,
            "count": count,
            **columns,
        }
    )


def of_day(day, *figures):
    names = (
        "discussion_contributions",
        "problems_attempted",
        "problems_completed",
        "videos_viewed",
        "problem_attempts",
    )
    return {"date": f"2026-03-{day:02}", **dict(zip(names, figures or (0,) * 5, strict=True))}


@pytest.fixture
def engagement():
    engaged(3, "problem", "p1", "attempted", 2)
    engaged(3, "problem", "p1", "attempted", 3)
    engaged(3, "problem", "p1", "completed")
    engaged(3, "problem", "p2", "attempted", 4)
    engaged(3, "video", "v1", "viewed", 9)
    engaged(3, "video", "v1", "viewed", 1)
    engaged(3, "discussion", "d1", "contributed", 2)
    engaged(3, "discussion", "d2", "contributed", 3)
    engaged(6, "problem", "p1", "attempted", 1)
    engaged(6, "problem", "p1", "completed", 5)
    engaged(6, "video", "v1", "viewed")
    engaged(6, "video", "v2", "viewed")
    engaged(6, "discussion", "d1", "contributed", 1)
    engaged(3, "problem", "p9", "attempted", 100, username="Ada")
    engaged(3, "problem", "p9", "attempted", 100, course_id="edX/Other/2026")
    engaged(3, "problem", "p9", "attempted", 100, using="analytics_v1")


DAY_3, DAY_6 = of_day(3, 5, 2, 1, 1, 9), of_day(6, 1, 1, 1, 2, 1)


class TestTimeline:
    @pytest.mark.parametrize("path", PATHS)
    def test_days(self, api, engagement, path):
        """Problems and videos count once a day, contributions and attempts are sums, and empty days are zeros."""
        answer = api.rows(f"/api/v0/{path}", COURSES)
        assert answer == {"days": [DAY_3, of_day(4), of_day(5), DAY_6]}
        assert list(answer["days"][0]) == list(DAY_3)

    def test_csv(self, api, engagement):
        header = ",".join(sorted(DAY_3))
        assert api.csv(TIMELINE, {**COURSES, "end_date": "2026-03-04"}) == [header, "2026-03-03,5,9,2,1,1"]
        assert api.csv(TIMELINE, {**COURSES, "fields": "problem_attempts,date"})[1] == "9,2026-03-03"

    @pytest.mark.parametrize(
        "start, end, days",
        [
            ("2026-03-02", "2026-03-05", [of_day(2), DAY_3, of_day(4)]),
            ("2026-3-3", "2026-3-4", [DAY_3]),
            ("2026-03-06", "2026-03-08", [DAY_6, of_day(7)]),
            ("2026-03-04", "2026-03-06", [of_day(4), of_day(5)]),
            ("2026-03-10", "2026-03-12", [of_day(10), of_day(11)]),
            ("2026-03-03T235959", "2026-03-04T000000", [DAY_3]),
            ("2026-03-05T10:00:00Z", "2026-03-07", [of_day(5), DAY_6]),
            ("2026-03-04", "2026-03-04", []),
            ("2026-03-05", None, [of_day(5), DAY_6]),
            (None, "2026-03-05", [DAY_3, of_day(4)]),
        ],
    )
    def test_ranges(self, api, engagement, start, end, days):
        """Each day has one entry. An open start or end is the first or last day with engagement."""
        parameters = {name: text for name, text in [("start_date", start), ("end_date", end)] if text}
        assert api.rows(TIMELINE, {**COURSES, **parameters})["days"] == days

    def test_version_1(self, api, engagement):
        for path in PATHS:
            assert api.rows(f"/api/v1/{path}", COURSES)["days"] == [of_day(3, 0, 1, 0, 0, 100)]

    def test_any_username(self, api):
        for username in ("a/b", "ü@x|y", "a b"):
            engaged(3, "video", "v", "viewed", username=username)
            for path in ("engagement_timelines", "learners/engagement_timelines"):
                assert len(api.rows(f"/api/v0/{path}/{quote(username, safe='')}/", COURSES)["days"]) == 1

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("format", ["json", "csv"])
    def test_no_engagement(self, api, path, format):
        load_learners(COURSE, [{"username": "ada"}])
        engaged(3, "video", "v", "viewed", username="grace")
        for dates in ({}, {"start_date": "2026-03-01", "end_date": "2026-03-08"}, {"start_date": "2026-03-01"}):
            response = api.get(f"/api/v0/{path}", {**COURSES, **dates, "format": format})
            assert (response.status_code, response.json()["error_code"]) == (404, "no_learner_engagement_timeline")
            assert "ada" in response.json()["developer_message"]

    def test_no_roster_is_needed(self, api, engagement):
        assert api.get("/api/v0/learners/ada/", COURSES).json()["error_code"] == "course_not_found"
        assert api.rows(TIMELINE, COURSES)["days"]

    def test_few_queries(self, api, engagement, query_counter):
        with query_counter() as queries:
            api.rows(TIMELINE, COURSES)
        assert len(queries) == 2


BAD_DATES = [
    ({"start_date": "yesterday"}, "start_date"),
    ({"end_date": "2026-02-30"}, "end_date"),
    ({"start_date": "2026-03-05", "end_date": "2026-03-04"}, "start_date"),
    ({"start_date": "2026-03-05T10", "end_date": "x"}, "end_date"),
]


@pytest.mark.parametrize("path", [*PATHS, "learners/ada/"])
@pytest.mark.parametrize("dates, name", BAD_DATES)
def test_bad_dates(api, engagement, path, dates, name):
    load_learners(COURSE, [{"username": "ada"}])
    response = api.get(f"/api/v0/{path}", {**COURSES, **dates})
    assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
    assert name in response.json()["developer_message"]


@pytest.mark.parametrize("path", PATHS)
def test_a_range_that_is_too_long(api, engagement, path):
    response = api.get(f"/api/v0/{path}", {**COURSES, "start_date": "0001-01-01", "end_date": "9999-12-31"})
    assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")


class TestEngagementOfALearner:
    """``learners/{username}/`` with start_date and end_date."""

    URL = "/api/v0/learners/ada/"
    OWN = {"discussion_contributions": 77, "start_date": "2026-02-01", "end_date": "2026-02-08"}

    @pytest.fixture(autouse=True)
    def roster(self, engagement):
        load_learners(COURSE, [{"username": "ada", "cohort": "A", "segments": "x", **self.OWN}])

    def test_without_dates_it_is_the_rosters(self, api):
        engagements = api.rows(self.URL, COURSES)["engagements"]
        assert engagements["discussion_contributions"] == 77
        assert engagements["date_range"] == {"start": "2026-02-01", "end": "2026-02-08"}

    @pytest.mark.parametrize(
        "start, end, figures",
        [
            ("2026-03-03", "2026-03-07", (6, 2, 1, 2, 10.0)),
            ("2026-03-03", "2026-03-06", (5, 2, 1, 1, 9.0)),
            ("2026-03-04", "2026-03-20", (1, 1, 1, 2, 1.0)),
            ("2026-03-04", "2026-03-06", (0, 0, 0, 0, None)),
            ("2026-03-04", "2026-03-04", (0, 0, 0, 0, None)),
            ("2026-03-04", None, (1, 1, 1, 2, 1.0)),
            (None, "2026-03-06", (5, 2, 1, 1, 9.0)),
        ],
    )
    def test_counted_afresh(self, api, start, end, figures):
        """Counts distinct problems and videos of the whole range, and attempts per completed problem."""
        parameters = {name: text for name, text in [("start_date", start), ("end_date", end)] if text}
        answer = api.rows(self.URL, {**COURSES, **parameters})
        names = (
            "discussion_contributions",
            "problems_attempted",
            "problems_completed",
            "videos_viewed",
            "problem_attempts_per_completed",
        )
        assert answer["engagements"] == {
            "date_range": {"start": start, "end": end},
            **dict(zip(names, figures, strict=True)),
        }
        without = api.rows(self.URL, COURSES)
        assert {**answer, "engagements": None} == {**without, "engagements": None}

    def test_no_such_learner(self, api):
        response = api.get("/api/v0/learners/grace/", {**COURSES, "start_date": "2026-03-03"})
        assert (response.status_code, response.json()["error_code"]) == (404, "no_learner_for_course")
