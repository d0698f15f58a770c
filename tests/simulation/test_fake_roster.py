"""The roster of the invented course agrees with the learners' timelines."""

from collections import Counter
from datetime import date
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command

from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.learners import invented_learners
from analytics_data_api.v0 import models

COURSE_ID = "course-v1:edX+DemoX+Demo_Course"
END = date(2026, 3, 3)
WEEK = {"start_date": "2026-02-24", "end_date": "2026-03-03"}
SUMMED = ("discussion_contributions", "problem_attempts")

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])


@pytest.fixture
def generated():
    call_command("generate_fake_course_data", end_date=END.isoformat(), no_progress=True, stdout=StringIO())


def roster(api, **parameters):
    """Return all learners of the course, page by page."""
    url = f"/api/v0/learners/?course_id={quote(COURSE_ID)}&page_size=100"
    answer = api.rows(url, parameters)
    learners = answer["results"]
    while answer["next"]:
        answer = api.rows(answer["next"])
        learners += answer["results"]
    assert len(learners) == answer["count"]
    return learners


def test_every_learner_is_in_the_roster(api, generated):
    people = invented_learners(FakeCourse(COURSE_ID, seed=1, end=END, num_weeks=10))
    learners = roster(api)
    assert [learner["username"] for learner in learners] == sorted(person.username for person in people)
    profiles = {learner["username"]: learner for learner in learners}
    for person in people:
        profile = profiles[person.username]
        assert (profile["name"], profile["email"], profile["country"]) == (person.name, person.email, person.country)
        assert (profile["enrollment_mode"], profile["cohort"]) == (person.enrollment_mode, person.cohort)
        assert profile["enrollment_date"] == person.enrollment_date.isoformat()
        assert ("unenrolled" in profile["segments"]) == (person.unenrollment_date is not None)


def test_a_learners_week_is_what_the_timeline_adds_up_to(api, generated):
    engaged = 0
    for learner in roster(api):
        figures = learner["engagements"]
        assert figures["date_range"] == {"start": WEEK["start_date"], "end": WEEK["end_date"]}
        username = learner["username"]
        response = api.get(f"/api/v0/engagement_timelines/{username}/", {"course_id": COURSE_ID, **WEEK})
        if response.status_code == 404:
            assert response.json()["error_code"] == "no_learner_engagement_timeline"
            days = []
        else:
            days = response.json()["days"]
            assert len(days) == 7
        assert figures["discussion_contributions"] == sum(day["discussion_contributions"] for day in days)
        if not days:
            assert set(list(figures.values())[1:]) == {0, None}
            continue
        engaged += 1
        # Checking the description for every learner would be slow.
        api.described = engaged < 20
        counted = api.rows(f"/api/v0/learners/{username}/", {"course_id": COURSE_ID, **WEEK})
        assert counted["engagements"] == figures
        attempts = sum(day["problem_attempts"] for day in days)
        ratio = figures["problem_attempts_per_completed"]
        assert ratio == (attempts / figures["problems_completed"] if figures["problems_completed"] else None)
        for name in ("problems_attempted", "problems_completed", "videos_viewed"):
            assert max(day[name] for day in days) <= figures[name] <= sum(day[name] for day in days)
    assert engaged > 100


def test_segments_follow_from_the_engagement(api, generated):
    learners = roster(api)
    metadata = api.rows(f"/api/v0/course_learner_metadata/{COURSE_ID}/")
    counts = Counter(segment for learner in learners for segment in learner["segments"])
    assert metadata["segments"] == dict(counts)
    assert all(metadata["segments"].values())
    videos = metadata["engagement_ranges"]["videos_viewed"]["class_rank_top"]
    for learner in learners:
        figures = learner["engagements"]
        did_something = figures["discussion_contributions"] + figures["problems_attempted"] + figures["videos_viewed"]
        assert bool({"inactive", "disengaging"} & set(learner["segments"])) == (not did_something)
        if did_something:
            if videos and figures["videos_viewed"] >= videos[0]:
                assert "highly_engaged" in learner["segments"]
            if not figures["problems_completed"]:
                assert "struggling" in learner["segments"]


def test_metric_ranges_are_of_the_same_week(api, generated):
    ranges = api.rows(f"/api/v0/course_learner_metadata/{COURSE_ID}/")["engagement_ranges"]
    assert ranges["date_range"] == {"start": WEEK["start_date"], "end": WEEK["end_date"]}


def test_order_of_ratios_tells_learners_of_one_ratio_apart(generated):
    rows = list(
        models.RosterLearner.objects.values_list("problems_completed", "problem_attempts", "attempt_ratio_order")
    )
    assert all(order == (attempts if completed else -attempts) for completed, attempts, order in rows)


def test_a_second_run_leaves_one_current_roster(generated):
    call_command("generate_fake_course_data", end_date=END.isoformat(), no_progress=True, stdout=StringIO())
    states = models.Roster.objects.filter(course_id=COURSE_ID).order_by("id").values_list("state", flat=True)
    assert list(states) == ["retired", "current"]
