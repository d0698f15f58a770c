"""The script writes the committed rosters, and the endpoints return what the Learner API's document prints."""

import gzip

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSES, INVENTED_COURSE, ROSTER_PATHS, load_demo_data
from analytics_data_api.simulation.documented.write import roster_texts
from analytics_data_api.v0 import models
from analytics_data_api.v0.checks import KEYS
from tests.support.factories import DEMO_COURSE

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

DAN_FRIEDMAN = {
    "last_updated": "2015-11-09",
    "username": "dan-friedman",
    "name": "Daniel Friedman",
    "email": "dfriedman@edx.org",
    "account_url": "https://openedx-platform-instance.org/api/user/v1/accounts/dan-friedman",
    "enrollment_mode": "honor",
    "enrollment_date": "2015-10-26",
    "cohort": None,
    "segments": ["has_potential"],
    "engagements": {
        "date_range": {"start": "2015-10-19", "end": "2015-10-26"},
        "discussion_contributions": 24,
        "problems_attempted": 138,
        "problems_completed": 76,
        "videos_viewed": 26,
        "problem_attempts_per_completed": 4.5,
    },
}
COOL_COURSE = {"course_id": "my/cool/course"}


@pytest.fixture
def loaded():
    """Load the rows of ``make loaddata``."""
    load_demo_data("analytics", ROSTER_PATHS)


def printed(learner):
    return {key: learner[key] for key in DAN_FRIEDMAN}


def test_files_are_what_the_script_writes():
    def text(path):
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()

    assert {path.name: text(path) for path in ROSTER_PATHS} == roster_texts(), "run: make fixtures"
    folder = ROSTER_PATHS[0].parent
    assert sorted(ROSTER_PATHS) == sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])


def test_learner(api, loaded):
    assert printed(api.rows("/api/v0/learners/dan-friedman/", COOL_COURSE)) == DAN_FRIEDMAN


def test_learner_list(api, loaded):
    answer = api.rows("/api/v0/learners/", COOL_COURSE)
    assert (answer["count"], answer["previous"]) == (99, None)
    assert answer["next"] == "http://testserver/api/v0/learners/?course_id=my%2Fcool%2Fcourse&page=2"
    assert printed(answer["results"][0]) == DAN_FRIEDMAN


@pytest.mark.parametrize("path", ["engagement_timelines", "learners/engagement_timelines"])
def test_timeline(api, loaded, path):
    answer = api.rows(f"/api/v0/{path}/dan-friedman/", COOL_COURSE)
    first, second = [{key: day[key] for key in list(day)[:5]} for day in answer["days"][:2]]
    assert first == {
        "date": "2015-10-19",
        "discussion_contributions": 1,
        "problems_attempted": 5,
        "problems_completed": 2,
        "videos_viewed": 7,
    }
    assert second == {
        "date": "2015-10-20",
        "discussion_contributions": 5,
        "problems_attempted": 0,
        "problems_completed": 0,
        "videos_viewed": 1,
    }


@pytest.mark.parametrize("path", ["course_learner_metadata", "learners/courses"])
def test_metadata(api, loaded, path):
    answer = api.rows(f"/api/v0/{path}/my/course/id/")
    assert answer["cohorts"] == {"Cohort A": 1000, "Cohort B": 900}
    assert answer["segments"].items() >= {"low_grades": 4, "struggling": 12, "disengaging": 12, "inactive": 9}.items()
    assert answer["enrollment_modes"] == {"honor": 2000, "verified": 100}
    ranges = answer["engagement_ranges"]
    assert ranges["date_range"] == {"start": "2015-10-19", "end": "2015-10-26"}
    documented = {
        "problems_attempted": {"below_average": [0, 5], "average": [5, 15.2], "above_average": [15.2, None]},
        "problems_completed": {"below_average": [0, 5], "average": [5, 15.2], "above_average": None},
        "problem_attempts_per_completed": {"below_average": None, "average": [0, None], "above_average": None},
    }
    assert {
        metric: {name: ranges[metric][name] for name in names} for metric, names in documented.items()
    } == documented
    assert ranges["discussion_contributions"]["average"]


def test_documented_requests(api, loaded):
    """The calls of the document's last table, with its one-digit days."""
    timeline = "/api/v0/learners/engagement_timelines/dan-friedman/"
    days = api.rows(timeline, {**COOL_COURSE, "start_date": "2015-10-6", "end_date": "2015-10-27"})["days"]
    assert (len(days), days[0]["date"], days[-1]["date"]) == (21, "2015-10-06", "2015-10-26")
    days = api.rows(timeline, {**COOL_COURSE, "start_date": "2015-10-2", "end_date": "2015-11-3"})["days"]
    assert (len(days), sum(day["problem_attempts"] for day in days)) == (32, 345)
    week = {**COOL_COURSE, "start_date": "2015-10-20", "end_date": "2015-10-27"}
    assert api.rows("/api/v0/learners/dan-friedman/", week)["engagements"]["videos_viewed"] == 20


def test_every_learners_week_is_that_of_the_timeline(api, loaded):
    learners = [
        *api.rows("/api/v0/learners/", {**COOL_COURSE, "page_size": 100})["results"],
        *api.rows("/api/v0/learners/", {"course_id": DEMO_COURSE})["results"],
    ]
    assert len(learners) == 101
    for learner, course_id in zip(learners, ["my/cool/course"] * 99 + [DEMO_COURSE] * 2, strict=True):
        week = learner["engagements"]["date_range"]
        counted = api.rows(
            f"/api/v0/learners/{learner['username']}/",
            {"course_id": course_id, "start_date": week["start"], "end_date": week["end"]},
        )
        assert counted == learner


def test_the_catalog_lists_every_course_that_has_data(api, loaded):
    courses = {row["course_id"]: row for row in api.rows("/api/v0/course_summaries/")}
    with_data = {
        course_id
        for model in (*KEYS, models.Roster)
        if hasattr(model, "course_id")
        for course_id in model.objects.values_list("course_id", flat=True).distinct()
    }
    assert set(courses) == with_data == set(DEMO_COURSES) - {INVENTED_COURSE}
    totals = api.rows("/api/v0/course_totals/")
    assert totals["count"] == sum(row["count"] for row in courses.values())
    # The documents print an enrollment of the demo course that its roster of two learners cannot have.
    for course_id in with_data - {DEMO_COURSE}:
        modes = {mode: row["count"] for mode, row in courses[course_id]["enrollment_modes"].items() if row["count"]}
        assert modes == api.rows(f"/api/v0/course_learner_metadata/{course_id}/")["enrollment_modes"]
