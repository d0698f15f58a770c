"""Metadata of a course's learners: cohorts, segments, modes, ranges of engagement, and averages."""

from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest

from analytics_data_api.constants import METRICS, SEGMENTS
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    ModuleEngagementMetricRangesFactory,
)
from tests.support.rosters import COURSE, load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

PATHS = (f"course_learner_metadata/{COURSE}/", f"learners/courses/{COURSE}/")
URL = f"/api/v0/{PATHS[0]}"
NAMES = (
    "below_average",
    "average",
    "above_average",
    "class_rank_bottom",
    "class_rank_average",
    "class_rank_top",
)


def stored_range(metric, range_type, low, high, **columns):
    ModuleEngagementMetricRangesFactory(
        **{
            "course_id": COURSE,
            "metric": metric,
            "range_type": range_type,
            "low_value": low,
            "high_value": high,
            "start_date": date(2026, 3, 2),
            "end_date": date(2026, 3, 9),
            **columns,
        }
    )


@pytest.fixture
def roster():
    load_learners(
        COURSE,
        [
            {"username": "a", "cohort": "B", "enrollment_mode": "verified", "segments": "struggling,extra"},
            {"username": "b", "cohort": "A", "enrollment_mode": "audit", "segments": ["struggling"]},
            {"username": "c", "cohort": "B", "enrollment_mode": "zzz", "problem_attempts_per_completed": 3},
            {"username": "d", "problem_attempts_per_completed": 1.5, "videos_viewed": 2, "cohort": ""},
        ],
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("version", ["v0", "v1"])
def test_numbers_of_learners(api, path, version):
    load_learners(
        COURSE, [{"username": "a", "cohort": version}], using={"v0": "analytics", "v1": "analytics_v1"}[version]
    )
    assert api.rows(f"/api/{version}/{path}")["cohorts"] == {version: 1}


def test_keys_and_their_order(api, roster):
    answer = api.rows(URL)
    assert list(answer) == ["cohorts", "segments", "enrollment_modes", "engagement_ranges", "course_averages"]
    assert list(answer["cohorts"].items()) == [("A", 1), ("B", 2)]
    assert list(answer["segments"].items()) == [
        ("highly_engaged", 0),
        ("disengaging", 0),
        ("struggling", 2),
        ("inactive", 0),
        ("unenrolled", 0),
        ("extra", 1),
    ]
    assert list(answer["enrollment_modes"].items()) == [("audit", 1), ("verified", 1), ("zzz", 1)]
    assert list(answer["engagement_ranges"]) == ["date_range", *METRICS]
    assert METRICS == (
        "problem_attempts_per_completed",
        "problems_attempted",
        "problems_completed",
        "discussion_contributions",
        "videos_viewed",
    )
    for metric in METRICS:
        assert list(answer["engagement_ranges"][metric]) == list(NAMES)


def test_averages_are_over_those_who_have_the_metric(api, roster):
    assert api.rows(URL)["course_averages"] == {
        "problem_attempts_per_completed": 2.25,
        "problems_attempted": 0,
        "problems_completed": 0,
        "discussion_contributions": 0,
        "videos_viewed": 0.5,
    }
    load_learners(COURSE, [{"username": "a"}])
    assert api.rows(URL)["course_averages"]["problem_attempts_per_completed"] is None


class TestRanges:
    def test_by_size_and_by_merit(self, api, roster):
        for metric in METRICS:
            stored_range(metric, "low", 0, 5)
            stored_range(metric, "normal", 5, 15.2)
            stored_range(metric, "high", 15.2, None)
        ranges = api.rows(URL)["engagement_ranges"]
        assert ranges.pop("date_range") == {"start": "2026-03-02", "end": "2026-03-09"}
        low, normal, high = [0, 5], [5, 15.2], [15.2, None]
        for metric, found in ranges.items():
            merit = [high, normal, low] if metric == "problem_attempts_per_completed" else [low, normal, high]
            assert list(found.values()) == [low, normal, high, *merit]

    @pytest.mark.parametrize(
        "low, high, shown",
        [
            (None, None, [None, None]),
            (0, 1e300, [0, None]),
            (2.5, 1.7e308, [2.5, None]),
            (2.5, 9.9e299, [2.5, 9.9e299]),
            (-1, 0, [-1, 0]),
        ],
    )
    def test_bounds(self, api, roster, low, high, shown):
        stored_range("videos_viewed", "normal", low, high)
        found = api.rows(URL)["engagement_ranges"]["videos_viewed"]
        assert found == {**dict.fromkeys(NAMES), "average": shown, "class_rank_average": shown}

    def test_other_metrics_and_courses_are_left_out(self, api, roster):
        stored_range("problem_attempts", "normal", 0, 1)
        stored_range("videos_viewed", "unheard_of", 0, 1)
        stored_range("videos_viewed", "normal", 0, 1, course_id="edX/Other/2026")
        ranges = api.rows(URL)["engagement_ranges"]
        assert ranges.pop("date_range")["start"] == "2026-03-02"
        assert list(ranges) == list(METRICS)
        assert all(value is None for found in ranges.values() for value in found.values())

    def test_the_last_week_counts(self, api, roster):
        stored_range("videos_viewed", "normal", 1, 2)
        stored_range("videos_viewed", "low", 0, 1)
        newer = {"start_date": date(2026, 3, 9), "end_date": date(2026, 3, 16)}
        stored_range("videos_viewed", "normal", 30, 40, created=datetime(2026, 3, 18, tzinfo=UTC), **newer)
        stored_range("videos_viewed", "normal", 3, 4, created=datetime(2026, 3, 17, tzinfo=UTC), **newer)
        stored_range("videos_viewed", "high", 5, 6, start_date=date(2026, 2, 1), end_date=date(2026, 2, 8))
        ranges = api.rows(URL)["engagement_ranges"]
        assert ranges["date_range"] == {"start": "2026-03-09", "end": "2026-03-16"}
        assert list(ranges["videos_viewed"].values())[:3] == [None, [30, 40], None]

    def test_nothing_stored(self, api, roster):
        ranges = api.rows(URL)["engagement_ranges"]
        assert ranges == {"date_range": {"start": None, "end": None}} | {
            metric: dict.fromkeys(NAMES) for metric in METRICS
        }


def test_known_course_without_a_roster(api):
    CourseEnrollmentDailyFactory(course_id=COURSE)
    stored_range("videos_viewed", "normal", 1, 2)
    answer = api.rows(URL)
    assert (answer["cohorts"], answer["enrollment_modes"]) == ({}, {})
    assert answer["segments"] == dict.fromkeys(SEGMENTS, 0)
    assert answer["engagement_ranges"]["videos_viewed"]["average"] == [1, 2]
    assert answer["course_averages"] == dict.fromkeys(METRICS)


@pytest.mark.parametrize("path", ["course_learner_metadata", "learners/courses"])
def test_errors(api, path):
    for course_id, status, code in [
        ("edX/Other/2026", 404, "course_not_found"),
        ("nonsense", 400, "course_key_malformed"),
        ("course-v1:edX", 400, "course_key_malformed"),
    ]:
        for format in ("json", "csv"):
            response = api.get(f"/api/v0/{path}/{quote(course_id, safe='')}/", {"format": format})
            assert (response.status_code, response.json()["error_code"]) == (status, code)


def test_csv(api, roster):
    stored_range("videos_viewed", "normal", 1.5, None)
    header, row = api.csv(URL, {"fields": "cohorts.A,cohorts.B,segments.extra,enrollment_modes.zzz"})
    assert (header, row) == ("cohorts.A,cohorts.B,segments.extra,enrollment_modes.zzz", "1,2,1,1")
    columns = api.csv(URL)[0].split(",")
    assert columns == sorted(columns)
    assert columns[:2] == ["cohorts.A", "cohorts.B"]
    assert columns[-6:] == sorted(f"segments.{name}" for name in (*SEGMENTS, "extra"))
    assert {"enrollment_modes.audit", "enrollment_modes.credit", "enrollment_modes.zzz"} <= set(columns)
    names = "engagement_ranges.videos_viewed.average,course_averages.videos_viewed,enrollment_modes.masters"
    assert api.csv(URL, {"fields": names}) == [names, '"1.5, ",0.5,']
